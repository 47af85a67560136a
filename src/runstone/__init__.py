"""Every run, set in stone."""
