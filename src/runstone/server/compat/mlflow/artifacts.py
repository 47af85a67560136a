"""Artifacts: a listing, and the proxy through which MLflow's clients send and fetch bytes.

A path of the proxy is ``<experiment>/<run>/artifacts/<path>``, or ``<experiment>/models/<model>/artifacts/<path>``.  It
is only ever looked up in a manifest, and the bytes by their digest: no path of a client's comes near a file system.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import quote

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as HttpRoute

from runstone.core.clock import now_ms
from runstone.core.entities import ArtifactEntry
from runstone.core.errors import InvalidArgument, NotFound, Unsupported
from runstone.core.paths import check_artifact_path
from runstone.server.backend import Backend
from runstone.server.bodies import sent, with_body
from runstone.server.compat.mlflow.answers import json_answer, telling
from runstone.server.compat.mlflow.wire import Empty, Message, Route, artifact_uri, missing
from runstone.tracking.artifacts import split_uri

PROXY = "/2.0/mlflow-artifacts"
"""Where the proxy is, below ``/api`` and ``/ajax-api``."""

_AS_FILE = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}


class ListArtifacts(Message, frozen=True):
    """List the files of a run, or of a folder among them."""

    run_id: str | None = None
    run_uuid: str | None = None
    path: str = ""
    page_token: str | None = None


class FileMessage(Message, frozen=True):
    """A file or folder."""

    path: str
    is_dir: bool
    file_size: int | None = None


class ListArtifactsAnswer(Message, frozen=True):
    """Files and folders, by paths below the root."""

    root_uri: str
    files: tuple[FileMessage, ...] = ()


class Listing(Message, frozen=True):
    """Files and folders, by their names in the folder that was asked for."""

    files: tuple[FileMessage, ...] = ()


def _list(backend: Backend, request: ListArtifacts) -> ListArtifactsAnswer:
    run_id = request.run_id or request.run_uuid
    if not run_id:
        raise missing("run_id")
    root = artifact_uri(backend.store.get_run(run_id).info.artifact_uri)
    return ListArtifactsAnswer(root_uri=root, files=files_in(backend, run_id, request.path))


def files_in(backend: Backend, owner_id: str, path: str) -> tuple[FileMessage, ...]:
    """Return the files and folders in a folder of a run or model, by paths below its root."""
    found = backend.store.list_artifacts(owner_id, check_artifact_path(path.rstrip("/"), allow_empty=True))
    return tuple(FileMessage(path=info.path, is_dir=info.is_dir, file_size=info.file_size) for info in found)


def _sign(backend: Backend, request: Empty) -> Empty:
    raise InvalidArgument("Presigned URLs are not supported for artifacts that go through the server")


ROUTES = (
    Route("GET", "/2.0/mlflow/artifacts/list", ListArtifacts, _list),
    Route("POST", "/2.0/mlflow/artifacts/presigned-upload-url", Empty, _sign),
    Route("POST", "/2.0/mlflow/artifacts/presigned-download-url", Empty, _sign),
)


def routes(backend: Backend) -> Iterator[HttpRoute]:
    """Yield the routes whose bodies are bytes."""

    async def listing(request: Request) -> Response:
        return json_answer(await run_in_threadpool(_list_folder, backend, request.query_params.get("path", "")))

    async def get(request: Request) -> Response:
        owner_id, path = named(request.path_params["path"])
        return await send_artifact(backend, owner_id, path)

    async def put(request: Request) -> Response:
        owner_id, path = named(request.path_params["path"])

        def take(stream: BinaryIO) -> None:
            backend.store.find_artifact(owner_id, check_artifact_path(path))  # No bytes for a run that is not there.
            put_artifact(backend, owner_id, path, stream)

        await with_body(request, take)
        return json_answer({})

    async def delete(request: Request) -> Response:
        owner_id, path = named(request.path_params["path"])
        await run_in_threadpool(backend.store.delete_artifacts, owner_id, check_artifact_path(path, allow_empty=True))
        return json_answer({})

    async def presigned(request: Request) -> Response:
        raise Unsupported("Presigned URLs are not supported for artifacts that go through the server")

    for prefix in ("/api", "/ajax-api"):
        root = prefix + PROXY
        yield HttpRoute(f"{root}/artifacts", telling(listing), methods=["GET"])
        for verb, endpoint in (("GET", get), ("PUT", put), ("DELETE", delete)):
            yield HttpRoute(root + "/artifacts/{path:path}", telling(endpoint), methods=[verb])
        yield HttpRoute(root + "/presigned/{path:path}", telling(presigned), methods=["GET"])


def named(path: str) -> tuple[str, str]:
    """Return the run or model, and the path below it, that a path of the proxy names.

    Raises:
        InvalidArgument: It names none.
    """
    try:
        return split_uri(f"runstone-artifacts:/{quote(path)}")
    except InvalidArgument as error:
        raise InvalidArgument(f"Invalid path: {path!r}", field="path") from error


def _list_folder(backend: Backend, folder: str) -> Listing:
    try:
        owner_id, path = named(folder)
        files = files_in(backend, owner_id, path)
    except NotFound:
        return Listing()
    return Listing(files=tuple(msgspec.structs.replace(file, path=file.path.rpartition("/")[2]) for file in files))


def put_artifact(backend: Backend, owner_id: str, path: str, stream: BinaryIO) -> None:
    """Store what a stream gives as an artifact of a run or model."""
    stored = backend.blobs.put_stream(stream)
    entry = ArtifactEntry(path=path, digest=stored.digest, size_bytes=stored.size_bytes, created_ms=now_ms())
    backend.store.put_artifacts(owner_id, [entry])


async def send_artifact(backend: Backend, owner_id: str, path: str) -> Response:
    """Return an answer with the bytes of an artifact of a run or model.

    Raises:
        NotFound: There is none.
        InvalidArgument: There is a folder, or the path is no safe relative one.
    """
    checked = check_artifact_path(path, allow_empty=True)
    entry = await run_in_threadpool(backend.store.find_artifact, owner_id, checked) if checked else None
    if entry is None:
        if await run_in_threadpool(backend.store.list_artifacts, owner_id, path):
            raise InvalidArgument(f"Artifact path refers to a directory, not a file: {path!r}", field="path")
        raise NotFound(f"No such artifact: {path!r}")
    return sent(await run_in_threadpool(backend.blobs.open, entry.digest), entry.size_bytes, _AS_FILE)
