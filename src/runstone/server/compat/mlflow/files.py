"""Single files, under the addresses that MLflow's pages fetch them from and send them to."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as HttpRoute

from runstone.core.errors import InvalidArgument, Unsupported
from runstone.core.paths import check_artifact_path
from runstone.server.backend import Backend
from runstone.server.bodies import with_body
from runstone.server.compat.mlflow.answers import json_answer, telling
from runstone.server.compat.mlflow.artifacts import put_artifact, send_artifact
from runstone.server.compat.mlflow.wire import missing
from runstone.tracking.artifacts import split_uri

_MOST_BYTES = 10 * 1024 * 1024
"""What MLflow takes from a page at once."""


def routes(backend: Backend) -> Iterator[HttpRoute]:
    """Yield the routes, none of which MLflow has below ``/api``."""

    async def of_run(request: Request) -> Response:
        run_id = request.query_params.get("run_id") or _given(request, "run_uuid", "run_id")
        return await send_artifact(backend, run_id, _given(request, "path"))

    async def of_version(request: Request) -> Response:
        name, version = _given(request, "name"), _given(request, "version")
        path = check_artifact_path(_given(request, "path"))
        owner_id, folder = await run_in_threadpool(_home, backend, name, version)
        return await send_artifact(backend, owner_id, f"{folder}/{path}" if folder else path)

    async def of_model(request: Request) -> Response:
        path = check_artifact_path(_given(request, "artifact_file_path"))
        model = await run_in_threadpool(backend.store.get_logged_model, request.path_params["model_id"])
        return await send_artifact(backend, model.model_id, path)

    async def take(request: Request) -> Response:
        query = request.query_params
        for name in ("run_uuid", "path"):
            if not query.get(name):
                raise InvalidArgument(f"Request must specify {name}.", field=name)
        run_id, path = query["run_uuid"], check_artifact_path(query["path"])
        length = int(request.headers.get("content-length", "0"))
        if not length:
            raise InvalidArgument("Request must specify data.")
        if length > _MOST_BYTES:
            raise InvalidArgument("Artifact size is too large. Max size is 10MB.")
        await run_in_threadpool(backend.store.find_artifact, run_id, path)
        await with_body(request, lambda stream: put_artifact(backend, run_id, path, stream))
        return json_answer({})

    yield HttpRoute("/get-artifact", telling(of_run), methods=["GET"])
    yield HttpRoute("/model-versions/get-artifact", telling(of_version), methods=["GET"])
    ours = "/ajax-api/2.0/mlflow"
    yield HttpRoute(f"{ours}/logged-models/{{model_id}}/artifacts/files", telling(of_model), methods=["GET"])
    yield HttpRoute(f"{ours}/upload-artifact", telling(take), methods=["POST"])


def _given(request: Request, name: str, called: str | None = None) -> str:
    """Return a field of the query.

    Raises:
        InvalidArgument: It is not there.
    """
    found = request.query_params.get(name)
    if not found:
        raise missing(called or name)
    return found


def _home(backend: Backend, name: str, version: str) -> tuple[str, str]:
    """Return the run or logged model that has a version's files, and the folder in which it has them.

    Raises:
        NotFound: There is no such version.
        Unsupported: Its files are somewhere else.
    """
    uri = backend.store.get_model_version_download_uri(name, version)
    try:
        return split_uri(uri)
    except InvalidArgument as error:
        raise Unsupported(f"the files of version {version} of {name!r} are not kept by this server") from error
