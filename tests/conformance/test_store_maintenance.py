from __future__ import annotations

import pytest

from runstone.testing.store.maintenance import MaintenanceSuite

# Its operations are done where the store is.
pytestmark = pytest.mark.parametrize("store", ["direct"], indirect=True)


class TestMaintenance(MaintenanceSuite):
    pass
