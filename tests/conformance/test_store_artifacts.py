from __future__ import annotations

from runstone.testing.store.artifacts import ArtifactSuite


class TestArtifacts(ArtifactSuite):
    pass
