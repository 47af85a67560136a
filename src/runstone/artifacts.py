"""``runstone.tracking.artifact_uris`` under the name that MLflow's scripts import it by."""

from runstone.tracking.artifact_uris import *  # noqa: F403
