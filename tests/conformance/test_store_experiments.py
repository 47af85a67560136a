from __future__ import annotations

from runstone.testing.store.experiments import ExperimentSearchSuite, ExperimentSuite


class TestExperiments(ExperimentSuite):
    pass


class TestExperimentSearch(ExperimentSearchSuite):
    pass
