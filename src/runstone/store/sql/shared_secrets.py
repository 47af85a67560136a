"""Secrets that the servers of one store share: what one signs, another one can check."""

from __future__ import annotations

import secrets

from runstone.store.sql.database import Database
from runstone.store.sql.dialect.base import Connection

_BYTES = 32
_READ = "SELECT secret FROM shared_secrets WHERE purpose = ?"


class SharedSecrets:
    """Shared secrets in a SQL database."""

    _database: Database

    def shared_secret(self, purpose: str) -> bytes:
        """Return the secret for a purpose; the first who asks makes it."""
        row = self._database.read(lambda c: c.one(_READ, (purpose,)))
        return bytes(row[0]) if row is not None else self._database.write(lambda c: _make(c, purpose))


def _make(c: Connection, purpose: str) -> bytes:
    """Make a secret unless somebody else has made it meanwhile, and return the one that is kept."""
    c.run(
        "INSERT INTO shared_secrets (purpose, secret) VALUES (?, ?) ON CONFLICT (purpose) DO NOTHING",
        (purpose, secrets.token_bytes(_BYTES)),
    )
    return bytes(c.query(_READ, (purpose,))[0][0])
