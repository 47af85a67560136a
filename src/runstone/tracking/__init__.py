"""The active run: what it captures, its journal's writer, and the drain that brings journals to the store.

From outside: ``fluent`` (functions on the active run), ``client.Client`` (the same by id) and ``location`` (where the
store is).  Invariant: the way from ``import`` to the first logged value loads the standard library and msgspec only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runstone.tracking.client import Client as Client
    from runstone.tracking.client import Client as MlflowClient
    from runstone.tracking.fluent.location import get_registry_uri as get_registry_uri
    from runstone.tracking.fluent.location import get_tracking_uri as get_tracking_uri
    from runstone.tracking.fluent.location import is_tracking_uri_set as is_tracking_uri_set
    from runstone.tracking.fluent.location import set_registry_uri as set_registry_uri
    from runstone.tracking.fluent.location import set_tracking_uri as set_tracking_uri

__all__ = [
    "Client",
    "MlflowClient",
    "get_registry_uri",
    "get_tracking_uri",
    "is_tracking_uri_set",
    "set_registry_uri",
    "set_tracking_uri",
]


def __getattr__(name: str) -> Any:
    if name in ("Client", "MlflowClient"):
        from runstone.tracking.client import Client

        return Client
    if name in __all__:
        from runstone.tracking.fluent import location

        return getattr(location, name)
    raise AttributeError(f"module 'runstone.tracking' has no attribute {name!r}")
