from __future__ import annotations

from runstone.testing.store.datasets import DatasetSuite


class TestDatasets(DatasetSuite):
    pass
