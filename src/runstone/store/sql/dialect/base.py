"""What the store asks of a database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from runstone.store.protocol.changes import Watcher

Row = tuple[Any, ...]


class Connection(Protocol):
    """One connection, used by one thread at a time.  SQL is written with ``?`` for parameters."""

    for_update: str
    """Ends a SELECT whose rows nobody else may change before the transaction ends."""
    for_key_share: str
    """Ends a SELECT whose rows nobody may remove before the transaction ends; others may do the same with them."""
    skip_locked: str
    """Ends a SELECT that does the same, and leaves out rows that somebody else holds instead of waiting for them."""

    has_news: bool
    """Whether the transaction has put deliveries into the outbox."""

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """Return all rows."""

    def one(self, sql: str, params: Sequence[Any] = ()) -> Row | None:
        """Return the first row, or None."""

    def iterate(self, sql: str, params: Sequence[Any] = ()) -> Iterator[Row]:
        """Yield rows without holding all of them."""

    def run(self, sql: str, params: Sequence[Any] = ()) -> int:
        """Execute a statement and return how many rows it changed."""

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Execute a statement for each row of parameters."""

    def script(self, sql: str) -> None:
        """Execute a file of statements."""

    def roll_back(self) -> bool:
        """End the transaction, if there is one, and say whether the connection can be used again."""

    def close(self) -> None:
        """Close the connection."""


class Dialect(Protocol):
    """The answers of one database."""

    name: str
    """Names its folder of migrations."""
    begin_read: str
    begin_write: str
    one_writer: bool
    """Whether only one transaction writes at a time; SQLite would have the others ask again and again."""
    like: str
    """Case-sensitive LIKE without an escape character; ``{}`` is the column, as in all templates here."""
    ilike: str
    regexp: str
    gather: str
    """All numbers of a column in one text, with commas between them; NULL where there are none."""
    among: str
    """Whether ``{}`` is among numbers, which are written as ``gather`` joins them."""
    unindexed: str
    """A column, in such a way that no index is chosen for it alone."""

    announce: str
    """Tells other processes that something was committed; empty where they see it without being told."""

    @property
    def uri(self) -> str:
        """Where the database is, without secrets."""

    def connect(self) -> Connection:
        """Open a connection.

        Raises:
            Unavailable, PermissionDenied, StoreCorrupt, MissingExtra.
        """

    def watch(self) -> Watcher:
        """Return what waits for changes, made by whichever process.

        Raises:
            Unavailable.
        """

    def schema_version(self, connection: Connection) -> int:
        """Return the number of the last migration applied; 0 for an empty database.

        Raises:
            StoreCorrupt: The database is somebody else's.
        """

    def set_schema_version(self, connection: Connection, version: int) -> None:
        """Note the number of the last migration applied."""

    def prepare_file(self, connection: Connection) -> None:
        """Set what must be set before the first migration and outside a transaction."""

    def lock_schema(self, connection: Connection) -> None:
        """Keep other processes from migrating until the end of the transaction."""

    def translate(self, error: Exception) -> Exception:
        """Return the error to raise for one of the driver's; errors that are not the driver's come back as they are."""

    def is_retryable(self, error: Exception) -> bool:
        """Say whether the transaction was rolled back for a reason that another try may not meet."""

    def reserve_id(self, connection: Connection, table: str, column: str, number: int) -> None:
        """See to it that a number which is about to be written is given to no row that asks for any."""

    def size_bytes(self, connection: Connection) -> int:
        """Return the size of the database."""

    def check(self, connection: Connection) -> list[str]:
        """Return what the database itself finds wrong with its files."""

    def backup(self, connection: Connection, destination: str) -> None:
        """Copy the database consistently to a new file.

        Raises:
            Unsupported: The database has tools of its own for this.
        """

    def reclaim(self, connection: Connection) -> None:
        """Give freed space back to the file system, outside a transaction."""
