from __future__ import annotations

import pytest

from runstone.testing.store.announcements import AnnouncementSuite

# What is in the outbox is seen where the store is.
pytestmark = pytest.mark.parametrize("store", ["direct"], indirect=True)


class TestAnnouncements(AnnouncementSuite):
    pass
