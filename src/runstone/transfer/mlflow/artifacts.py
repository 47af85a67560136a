"""Files of runs and models, wherever MLflow was told to keep them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol
from urllib.parse import quote, unquote, urlsplit

import msgspec

from runstone.core.errors import InvalidArgument, NotFound, RunstoneError, Unavailable, Unsupported
from runstone.core.paths import check_artifact_path, walk_files

_PROXY = "mlflow-artifacts"
_OBJECTS = ("s3", "gs", "az", "abfs", "abfss", "wasbs")


class File(NamedTuple):
    """A file below a root, and what opens it."""

    path: str
    open: Callable[[], BinaryIO]


class Artifacts(Protocol):
    """How the files of a source are reached."""

    def files(self, uri: str) -> Iterator[File]:
        """Yield the files below an artifact URI, by safe relative paths; nothing is there if nothing was logged.

        Raises:
            Unsupported: URIs of that kind cannot be read from here.
            Unavailable, InvalidArgument.
        """


class LocalArtifacts:
    """Files on this machine and in object stores, for sources that are on this machine.

    Args:
        proxied: The folder whose files a server gave out as ``mlflow-artifacts:``; None if that is not known.
    """

    def __init__(self, proxied: Path | None = None) -> None:
        self._proxied = proxied

    def files(self, uri: str) -> Iterator[File]:
        """Yield the files below an artifact URI."""
        parts = urlsplit(uri)
        if parts.scheme in ("", "file"):
            if parts.netloc not in ("", "localhost"):
                raise Unsupported(f"{uri} is on another machine")
            return _walk(Path(unquote(parts.path)))
        if parts.scheme == _PROXY:
            if self._proxied is None:
                raise Unsupported(f"{uri} was served by MLflow's server; say where its files are with --artifact-root")
            below = check_artifact_path(unquote(parts.path).strip("/"))
            return _walk(self._proxied / below)
        if parts.scheme in _OBJECTS:
            return _in_object_store(uri)
        raise Unsupported(f"{uri} cannot be read")


def _walk(root: Path) -> Iterator[File]:
    if not root.is_dir():
        return
    for path, relative in walk_files(root):
        yield File(check_artifact_path(relative), lambda path=path: path.open("rb"))  # type: ignore[misc]  # its own


def _in_object_store(uri: str) -> Iterator[File]:
    import obstore
    from obstore.store import from_url

    parts = urlsplit(uri)
    folder = unquote(parts.path).strip("/")
    try:
        store = from_url(f"{parts.scheme}://{parts.netloc}")
        for page in obstore.list(store, prefix=folder):
            for found in page:
                key = str(found["path"])
                relative = key[len(folder) :].lstrip("/")
                yield File(check_artifact_path(relative), lambda key=key: _fetched(store, key))  # type: ignore[misc]  # its own
    except (obstore.exceptions.BaseError, ValueError) as error:
        raise Unavailable(f"{uri} cannot be read: {str(error).partition(chr(10))[0]}") from error


def _fetched(store: Any, key: str) -> BinaryIO:
    import obstore

    return io.BytesIO(bytes(obstore.get(store, key).bytes()))


class ProxiedArtifacts:
    """Files that a tracking server gives out.

    Args:
        request: Sends a GET to a path of the server, perhaps for a stream.
    """

    def __init__(self, request: Callable[..., Any]) -> None:
        self._request = request

    def files(self, uri: str) -> Iterator[File]:
        """Yield the files below an artifact URI."""
        parts = urlsplit(uri)
        if parts.scheme in _OBJECTS:
            yield from _in_object_store(uri)
            return
        if parts.scheme != _PROXY:
            # A path on the server's machine is none on this one.
            raise Unsupported(f"{uri} is not given out by the server")
        root = unquote(parts.path).strip("/")
        yield from self._below(root, "")

    def _below(self, root: str, folder: str) -> Iterator[File]:
        inside = f"{root}/{folder}".rstrip("/")
        answer = self._request(f"/api/2.0/mlflow-artifacts/artifacts?path={quote(inside, safe='')}")
        listed = msgspec.json.decode(answer.data)
        for found in listed.get("files", ()):
            name = check_artifact_path(str(found.get("path", "")))
            path = f"{folder}/{name}".lstrip("/")
            if found.get("is_dir"):
                yield from self._below(root, path)
            else:
                yield File(path, lambda path=path: self._open(f"{root}/{path}"))  # type: ignore[misc]  # its own

    def _open(self, path: str) -> BinaryIO:
        stream: BinaryIO = self._request(f"/api/2.0/mlflow-artifacts/artifacts/{quote(path)}", stream=True)
        return stream


def put_files(
    artifacts: Artifacts, uri: str, put: Callable[[BinaryIO], Any], known: set[str], notes: list[str], whose: str
) -> Iterator[tuple[str, Any]]:
    """Store the files below a URI that are not known yet, and yield their paths with what storing returned."""
    try:
        for file in artifacts.files(uri):
            if file.path not in known:
                with closing(file.open()) as stream:
                    yield file.path, put(stream)
    except (RunstoneError, OSError) as error:
        if not isinstance(error, NotFound):
            notes.append(f"files of {whose} were left out: {error}")
    except InvalidArgument as error:
        notes.append(f"files of {whose} were left out: {error}")
