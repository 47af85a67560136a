"""``runstone.core.entities`` under the name that MLflow's scripts import it by."""

from runstone.core.entities import *  # noqa: F403
