"""SqlStore: the sum of the noun modules over one database."""

from __future__ import annotations

from runstone.store.sql.artifacts import Artifacts
from runstone.store.sql.console import Console
from runstone.store.sql.database import Database
from runstone.store.sql.datasets import Datasets
from runstone.store.sql.dialect.base import Dialect
from runstone.store.sql.experiments import Experiments
from runstone.store.sql.ingest import Ingest
from runstone.store.sql.lineage import Lineage
from runstone.store.sql.logged_models import LoggedModels
from runstone.store.sql.maintenance import Maintenance
from runstone.store.sql.registry import Registry
from runstone.store.sql.runs import Runs
from runstone.store.sql.series import Series
from runstone.store.sql.webhooks import Webhooks


class SqlStore(
    Experiments,
    Runs,
    Ingest,
    Series,
    Console,
    Artifacts,
    Datasets,
    LoggedModels,
    Registry,
    Webhooks,
    Lineage,
    Maintenance,
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

    def close(self) -> None:
        """Release connections; calling anything afterwards opens them anew."""
        self._database.close()
