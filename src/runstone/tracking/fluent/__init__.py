"""The fluent API: functions on the active run, which is begun where there is none.

Names, arguments and return values follow MLflow's fluent functions, so that ``import runstone as mlflow`` runs its
scripts; what goes beyond is keyword-only.  Each function is the active run and one call of ``Client``; the hottest,
``log_metric``, goes to the run's writer directly.

From outside, ``import runstone`` is the door to these.  Inside, import the defining module: a training program loads
what it calls.  What a signal handler may call on an active run is loaded before a run can be: a handler that comes in
the middle of an import would find half a module.
"""

from runstone.tracking.fluent import runs as runs
from runstone.tracking.fluent import values as values
