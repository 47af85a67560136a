from __future__ import annotations

from runstone.testing.store.ingest import IngestSuite, LostRunSuite


class TestIngest(IngestSuite):
    pass


class TestLostRuns(LostRunSuite):
    pass
