from __future__ import annotations

from runstone.testing.store.registry import RegistryConformance


class TestRegistry(RegistryConformance):
    pass
