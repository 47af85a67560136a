"""What differs between SQLite and PostgreSQL, as data and a few named functions."""
