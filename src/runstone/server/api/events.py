"""Live updates: server-sent events (html.spec.whatwg.org, "Server-sent events")."""

from __future__ import annotations

import hashlib
import time
from collections.abc import AsyncIterator, Iterator

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Scope

from runstone.core.errors import InvalidArgument
from runstone.server.api.answers import telling
from runstone.server.api.described import TEXT, Paths, call, parameter
from runstone.server.backend import Backend
from runstone.server.live import RESYNC, Change, Hub, Listener
from runstone.server.protocol import STOPPING
from runstone.store.protocol import Store
from runstone.store.protocol.changes import Marks
from runstone.wire.connection import PREFIX

_MOST_RUNS = 1000
_MOST_EXPERIMENTS = 100
_BEAT_S = 15.0
_LOOK_UP_S = 1.0
"""How often a stream sees whether the server stops."""

_LONGEST_S = 900.0
"""Then the stream ends, and the client comes again: whoever may not see these things any longer is sent away."""

_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


_PATH = f"{PREFIX}/events"
_TEXTS = {"type": "array", "items": TEXT}
DESCRIBED = Paths(
    {
        _PATH: {
            "get": call(
                "listen",
                "Hear of changes to runs, experiments and the registry, as server-sent events",
                "events",
                {"description": "A stream.", "content": {"text/event-stream": {"schema": TEXT}}},
                parameters=[
                    parameter("run_id", "query", _TEXTS),
                    parameter("experiment_id", "query", _TEXTS),
                    parameter("registry", "query", {"type": "boolean", "default": False}),
                    parameter("Last-Event-ID", "header"),
                ],
                description=(
                    "At least one parameter is needed. The events run, experiment and registry have data like "
                    '{"id": "…", "what": ["metrics", "status"]}: of which run or experiment, and for a run which parts '
                    "of it changed (artifacts, console, inputs, metrics, models, params, status, tags). What it is now "
                    "is for the client to read. The event resync says that changes may have been missed: read "
                    "everything again. The stream ends after a while; a client comes again with the last id that it "
                    "got, as browsers do, and hears whether it missed something."
                ),
            )
        }
    }
)


def routes(backend: Backend, store: Store) -> Iterator[Route]:
    """Yield the route of the stream.

    Args:
        backend: What is asked whether somebody may see what he wants to hear of.
        store: The store itself.
    """
    hub = Hub(store)

    async def events(request: Request) -> Response:
        query = request.query_params
        run_ids, experiment_ids = query.getlist("run_id"), query.getlist("experiment_id")
        registry = query.get("registry", "").lower() in ("1", "true")
        if not (run_ids or experiment_ids or registry):
            raise InvalidArgument("say what to hear of: run_id, experiment_id, registry=true", field="run_id")
        if len(run_ids) > _MOST_RUNS or len(experiment_ids) > _MOST_EXPERIMENTS:
            raise InvalidArgument(
                f"at most {_MOST_RUNS} runs and {_MOST_EXPERIMENTS} experiments in one stream", field="run_id"
            )
        await run_in_threadpool(_check, backend.store, run_ids, experiment_ids, registry=registry)
        marks = await run_in_threadpool(store.read_marks, run_ids, experiment_ids)
        listener = Listener(run_ids, experiment_ids, registry=registry, marks=marks)
        hub.join(listener)
        last = request.headers.get("last-event-id", "")
        begun = [RESYNC] if last and last != _id(listener, marks) else []
        return StreamingResponse(
            _stream(hub, listener, begun, request.scope), media_type="text/event-stream", headers=_HEADERS
        )

    yield Route(_PATH, telling(events), methods=["GET"])


def _check(store: Store, run_ids: list[str], experiment_ids: list[str], *, registry: bool) -> None:
    """Refuse to tell of what somebody may not see, or what there is not."""
    if run_ids:
        store.read_series(run_ids, [])
    for experiment_id in experiment_ids:
        store.get_experiment(experiment_id)
    if registry:
        store.search_registered_models(max_results=1)


async def _stream(hub: Hub, listener: Listener, changes: list[Change], scope: Scope) -> AsyncIterator[str]:
    begun = beat_at = time.monotonic()
    try:
        yield "retry: 1000\n\n"
        while (now := time.monotonic()) < begun + _LONGEST_S and not scope.get(STOPPING):
            if changes:
                yield "".join(map(_event, changes)) + f"id: {_id(listener, listener.marks)}\n\n"
            elif now >= beat_at + _BEAT_S:
                yield ": still here\n\n"
            if changes or now >= beat_at + _BEAT_S:
                beat_at = now
            changes = await listener.next(_LOOK_UP_S)
    finally:
        hub.leave(listener)


def _event(change: Change) -> str:
    data = msgspec.json.encode({"id": change.id, "what": change.what}).decode()
    return f"event: {change.kind}\ndata: {data}\n\n"


def _id(listener: Listener, marks: Marks) -> str:
    """Return what a client says when it comes again: if nothing looks different then, it has missed nothing."""
    seen = (
        [sorted(marks.runs.get(run_id, {}).items()) for run_id in listener.run_ids],
        [marks.experiments.get(one) for one in listener.experiment_ids],
        marks.registry if listener.registry else "",
    )
    return hashlib.blake2b(repr(seen).encode(), digest_size=12).hexdigest()
