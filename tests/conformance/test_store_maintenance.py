from __future__ import annotations

from runstone.testing.store.maintenance import MaintenanceSuite


class TestMaintenance(MaintenanceSuite):
    pass
