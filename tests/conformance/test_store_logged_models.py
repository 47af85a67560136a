from __future__ import annotations

from runstone.testing.store.logged_models import LoggedModelSuite


class TestLoggedModels(LoggedModelSuite):
    pass
