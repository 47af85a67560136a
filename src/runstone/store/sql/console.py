"""What programs printed, in pieces numbered from 1 within each run."""

from __future__ import annotations

from collections.abc import Sequence

from runstone.core import limits
from runstone.core.events import ConsoleWritten
from runstone.store import rules
from runstone.store.sql.database import Database
from runstone.store.sql.dialect.base import Connection
from runstone.store.sql.runs import require_run


class Console:
    """Console output in a SQL database."""

    _database: Database

    def read_console(self, run_id: str, *, after: int = 0, max_pieces: int = 1000) -> list[tuple[int, ConsoleWritten]]:
        """Return pieces of output with their sequence numbers, those greater than ``after`` in order."""
        rules.check_run_id(run_id)
        limit = rules.check_max_results(max_pieces, limits.MAX_SEARCH_RESULTS)
        return self._database.read(lambda c: read(c, require_run(c, run_id).run_no, after, limit))


def append(c: Connection, run_no: int, pieces: Sequence[ConsoleWritten]) -> None:
    """Add pieces of output to a run that the transaction has locked."""
    last = c.query("SELECT COALESCE(MAX(piece_no), 0) FROM console WHERE run_no = ?", (run_no,))[0][0]
    c.many(
        "INSERT INTO console (run_no, piece_no, stream, timestamp_ms, text) VALUES (?, ?, ?, ?, ?)",
        [
            # PostgreSQL keeps no NUL in text, and nobody can see one.
            (run_no, number, piece.stream, piece.timestamp_ms, piece.text.replace("\0", "\ufffd"))
            for number, piece in enumerate(pieces, last + 1)
        ],
    )


def read(c: Connection, run_no: int, after: int, limit: int) -> list[tuple[int, ConsoleWritten]]:
    """Return up to ``limit`` pieces numbered above ``after``."""
    rows = c.query(
        "SELECT piece_no, stream, timestamp_ms, text FROM console WHERE run_no = ? AND piece_no > ? "
        "ORDER BY piece_no LIMIT ?",
        (run_no, after, limit),
    )
    return [(number, ConsoleWritten(stream, timestamp_ms, text)) for number, stream, timestamp_ms, text in rows]
