from __future__ import annotations

from runstone.testing.store.series import SeriesSuite


class TestSeries(SeriesSuite):
    pass
