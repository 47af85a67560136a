"""``runstone.core.errors`` under the name that MLflow's scripts import it by."""

from runstone.core.errors import *  # noqa: F403
