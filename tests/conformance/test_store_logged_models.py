from __future__ import annotations

from runstone.testing.store.logged_models import LoggedModelConformance


class TestLoggedModels(LoggedModelConformance):
    pass
