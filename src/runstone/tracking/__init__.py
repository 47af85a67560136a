"""The active run: what it captures, its journal's writer, and the drain that brings journals to the store.

From outside: ``fluent`` (functions on the active run), ``client.Client`` (the same by id) and ``location`` (where the
store is).  Invariant: the way from ``import`` to the first logged value loads the standard library and msgspec only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runstone.tracking.client import Client as Client
    from runstone.tracking.client import Client as MlflowClient

__all__ = ["Client", "MlflowClient"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from runstone.tracking.client import Client

        return Client
    raise AttributeError(f"module 'runstone.tracking' has no attribute {name!r}")
