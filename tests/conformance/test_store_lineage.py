from __future__ import annotations

from runstone.testing.store.lineage import LineageSuite


class TestLineage(LineageSuite):
    pass
