"""What ``--json`` prints of runs and experiments: the entities' own shapes, with summaries of metrics spelled out.

Times are Unix milliseconds, as everywhere in the API.
"""

from __future__ import annotations

from typing import Any

import msgspec

from runstone.core.entities import Experiment, MetricSummary, Run


def run_shape(run: Run, experiment_name: str | None = None) -> dict[str, Any]:
    """Return a run as JSON shows it."""
    shape: dict[str, Any] = msgspec.to_builtins(run)
    shape["info"]["experiment_name"] = experiment_name
    shape["metrics"] = {key: summary_shape(summary) for key, summary in run.metrics.items()}
    return shape


def summary_shape(summary: MetricSummary) -> dict[str, Any]:
    """Return the summary of a series as JSON shows it."""
    fields = {name: getattr(summary, name) for name in summary.__struct_fields__}
    return {**fields, "mean": summary.mean}


def experiment_shape(experiment: Experiment, runs: int) -> dict[str, Any]:
    """Return an experiment as JSON shows it, with how many active runs it has."""
    return {**msgspec.to_builtins(experiment), "runs": runs}
