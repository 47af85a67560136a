"""``runstone.tracking.client`` under the name that MLflow's scripts import it by."""

from runstone.tracking.client import Client as Client
from runstone.tracking.client import Client as MlflowClient

__all__ = ["Client", "MlflowClient"]
