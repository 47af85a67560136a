"""Artifacts by URI, as MLflow's ``mlflow.artifacts`` has them."""

from __future__ import annotations

import os
from typing import Any

from runstone.core.entities import FileInfo
from runstone.core.errors import InvalidArgument
from runstone.tracking.artifacts import split_uri
from runstone.tracking.client import Client

__all__ = ["download_artifacts", "list_artifacts", "load_dict", "load_image", "load_text"]


def download_artifacts(
    artifact_uri: str | None = None,
    run_id: str | None = None,
    artifact_path: str | None = None,
    dst_path: str | os.PathLike[str] | None = None,
    tracking_uri: str | None = None,
    registry_uri: str | None = None,
) -> str:
    """Copy an artifact to a local folder (a temporary one if ``dst_path`` is None) and return where it is.

    Raises:
        InvalidArgument: Not exactly one of URI and run id is given.
        NotFound: Nothing is there.
    """
    owner_id, path = _named(artifact_uri, run_id, artifact_path)
    return Client(tracking_uri).download_artifacts(owner_id, path, dst_path)


def list_artifacts(
    artifact_uri: str | None = None,
    run_id: str | None = None,
    artifact_path: str | None = None,
    tracking_uri: str | None = None,
) -> list[FileInfo]:
    """Return the direct children of a folder of artifacts.

    Raises:
        InvalidArgument: Not exactly one of URI and run id is given.
        NotFound: There is no such run.
    """
    owner_id, path = _named(artifact_uri, run_id, artifact_path)
    return Client(tracking_uri).list_artifacts(owner_id, path)


def load_text(artifact_uri: str) -> str:
    """Return a text artifact.

    Raises:
        NotFound: Nothing is there.
        InvalidArgument: It is not text.
    """
    try:
        return _read(artifact_uri).decode()
    except UnicodeDecodeError as error:
        raise InvalidArgument(f"{artifact_uri} is not text in UTF-8: {error}", field="artifact_uri") from error


def load_dict(artifact_uri: str) -> Any:
    """Return what a JSON artifact holds.

    Raises:
        NotFound: Nothing is there.
        InvalidArgument: It is not JSON.
    """
    import json

    try:
        return json.loads(_read(artifact_uri))
    except ValueError as error:
        raise InvalidArgument(f"{artifact_uri} is not JSON: {error}") from error


def load_image(artifact_uri: str) -> Any:
    """Return an image artifact as a PIL image.

    Raises:
        NotFound: Nothing is there.
        MissingExtra: Pillow is not installed.
    """
    import io

    from runstone.core.errors import MissingExtra

    try:
        from PIL import Image
    except ImportError as error:
        raise MissingExtra("loading an image", "media") from error
    return Image.open(io.BytesIO(_read(artifact_uri)))


def _read(artifact_uri: str) -> bytes:
    return Client().read_artifact(*split_uri(artifact_uri))


def _named(artifact_uri: str | None, run_id: str | None, artifact_path: str | None) -> tuple[str, str]:
    if (artifact_uri is None) == (run_id is None):
        raise InvalidArgument("Exactly one of `run_id` or `artifact_uri` must be specified")
    if artifact_uri is None:
        return run_id or "", artifact_path or ""
    owner_id, path = split_uri(artifact_uri)
    return owner_id, "/".join(filter(None, (path, artifact_path)))
