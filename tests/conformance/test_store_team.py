from __future__ import annotations

import pytest

from runstone.testing.store.team import TeamSuite

# Letting people in is done where the store is.
pytestmark = pytest.mark.parametrize("store", ["direct"], indirect=True)


class TestTeam(TeamSuite):
    pass
