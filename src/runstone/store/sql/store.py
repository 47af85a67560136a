"""SqlStore: the sum of the noun modules over one database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from runstone.store.sql.artifacts import Artifacts
from runstone.store.sql.console import Console
from runstone.store.sql.database import Database
from runstone.store.sql.datasets import Datasets
from runstone.store.sql.dialect.base import Dialect
from runstone.store.sql.experiments import Experiments
from runstone.store.sql.ingest import Ingest
from runstone.store.sql.runs import Runs
from runstone.store.sql.series import Series

T = TypeVar("T")

if TYPE_CHECKING:
    from runstone.store.sql.audit import Audit
    from runstone.store.sql.changes import Changes
    from runstone.store.sql.lineage import Lineage
    from runstone.store.sql.logged_models import LoggedModels
    from runstone.store.sql.maintenance import Maintenance
    from runstone.store.sql.outbox import Outbox
    from runstone.store.sql.registry import Registry
    from runstone.store.sql.run_tables import RunTables
    from runstone.store.sql.shared_secrets import SharedSecrets
    from runstone.store.sql.tokens import Tokens
    from runstone.store.sql.users import Users
    from runstone.store.sql.webhooks import Webhooks

    class _Later(
        RunTables,
        LoggedModels,
        Registry,
        Webhooks,
        Outbox,
        Users,
        Tokens,
        SharedSecrets,
        Audit,
        Changes,
        Lineage,
        Maintenance,
    ):
        """Nouns that no training program needs on its way to the first log."""

else:
    _NOUNS = (
        ("runstone.store.sql.maintenance", "Maintenance"),
        ("runstone.store.sql.run_tables", "RunTables"),
        ("runstone.store.sql.logged_models", "LoggedModels"),
        ("runstone.store.sql.registry", "Registry"),
        ("runstone.store.sql.webhooks", "Webhooks"),
        ("runstone.store.sql.outbox", "Outbox"),
        ("runstone.store.sql.users", "Users"),
        ("runstone.store.sql.tokens", "Tokens"),
        ("runstone.store.sql.shared_secrets", "SharedSecrets"),
        ("runstone.store.sql.audit", "Audit"),
        ("runstone.store.sql.changes", "Changes"),
        ("runstone.store.sql.lineage", "Lineage"),
    )

    class _Later:
        """The same, each loaded when one of its methods is first used."""

        def __getattr__(self, name: str) -> Any:
            if not name.startswith("__"):
                for module, noun in _NOUNS:
                    method = vars(getattr(import_module(module), noun)).get(name)
                    if method is not None:
                        return method.__get__(self)
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


class SqlStore(
    Experiments,
    Runs,
    Ingest,
    Series,
    Console,
    Artifacts,
    Datasets,
    _Later,
):
    """The store that keeps data; safe to use from many threads and after a fork.

    Args:
        dialect: Which database, and where.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._database = Database(dialect)

    @property
    def uri(self) -> str:
        """Where this store is, without secrets."""
        return self._database.dialect.uri

    def do_together(self, calls: Sequence[Callable[[], T]]) -> list[T]:
        return self._database.write_together(calls)

    def close(self) -> None:
        """Release connections; calling anything afterwards opens them anew."""
        self._database.close()
