"""Which store the functions here speak to."""

from __future__ import annotations

import os

from runstone.core.errors import InvalidArgument
from runstone.tracking import active
from runstone.tracking.session import (
    current_location,
    flush_all,
    is_uri_set,
    set_uri,
)


def set_tracking_uri(uri: str | os.PathLike[str] | None) -> None:
    """Choose the store: a folder, a ``sqlite:`` or a ``postgresql:`` URI; None goes back to looking for one."""
    set_uri(uri)


def get_tracking_uri() -> str:
    """Return where the store is."""
    return current_location().uri


def is_tracking_uri_set() -> bool:
    """Say whether the store was chosen by a call or by the environment."""
    return is_uri_set()


def set_registry_uri(uri: str | None) -> None:
    """Accept a registry URI for MLflow's sake: the registry is in the store.

    Raises:
        InvalidArgument: It is another place than the store.
    """
    if uri is not None and os.fspath(uri) != get_tracking_uri():
        raise InvalidArgument(
            "the registry is in the store; call set_tracking_uri to choose another store", field="uri"
        )


def get_registry_uri() -> str:
    """Return where the registry is: in the store."""
    return get_tracking_uri()


def get_artifact_uri(artifact_path: str | None = None) -> str:
    """Return the URI of the active run's artifacts, or of a path below."""
    uri = active.current_or_new().info.artifact_uri
    return f"{uri}/{artifact_path}" if artifact_path else uri


def flush() -> bool:
    """Bring everything this process logged to the store, and say whether all of it arrived."""
    return flush_all()


def flush_async_logging() -> None:
    """Do what ``flush`` does, under MLflow's name."""
    flush_all()
