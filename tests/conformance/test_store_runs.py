from __future__ import annotations

from runstone.testing.store.run_search import RunSearchSuite
from runstone.testing.store.run_tables import RunTablesSuite
from runstone.testing.store.runs import RunSuite


class TestRuns(RunSuite):
    pass


class TestRunSearch(RunSearchSuite):
    pass


class TestRunTables(RunTablesSuite):
    pass
