"""Whether, and how often, the use of the machine is sampled; under MLflow's names.

It is sampled unless ``RUNSTONE_CAPTURE`` leaves it out; ``start_run(log_system_metrics=…)`` decides for one run.
"""

from __future__ import annotations

from runstone.core.errors import InvalidArgument
from runstone.tracking import active


def enable_system_metrics_logging() -> None:
    """Sample the use of the machine in runs begun from now on."""
    active.choose_usage(wanted=True)


def disable_system_metrics_logging() -> None:
    """Do not sample the use of the machine in runs begun from now on."""
    active.choose_usage(wanted=False)


def set_system_metrics_sampling_interval(interval: float | None) -> None:
    """Set how many seconds lie between samples, in runs begun from now on; None goes back to the settings.

    Raises:
        InvalidArgument: It is not greater than zero.
    """
    if interval is not None and not interval > 0:
        raise InvalidArgument(f"a sampling interval is greater than 0 seconds, not {interval!r}", field="interval")
    active.choose_usage(interval_s=interval)
