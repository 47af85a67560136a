from __future__ import annotations

from runstone.testing.store.registry import RegistrySuite


class TestRegistry(RegistrySuite):
    pass
