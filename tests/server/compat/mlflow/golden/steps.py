"""Calls of MLflow's API as data, and what makes two servers' answers comparable."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from copy import deepcopy
from string import Template
from typing import Any, NamedTuple
from urllib.parse import urlencode

import urllib3

_ROOT = "/api/2.0/mlflow/"


class Answer(NamedTuple):
    """What a server answered."""

    status: int
    body: Any


class Step(NamedTuple):
    """One call.

    Attributes:
        verb: HTTP verb.
        path: From the server's root, or below ``/api/2.0/mlflow``; ``$name`` stands for what an earlier step kept.
        given: The query of a GET, the JSON body of the rest; bytes are sent as they are.
        keep: Names for what is found in the answer under a dotted path, for later steps.
        kind: The content type of the body.
        why: The name of a reason in ``differences``, where ours answers otherwise on purpose.
        ours: What ours answers then, normalised.
        but: Or what ours answers otherwise under dotted paths of the same answer.
    """

    verb: str
    path: str
    given: Any = None
    keep: Mapping[str, str] = {}
    kind: str = "application/json"
    why: str | None = None
    ours: Answer | None = None
    but: Mapping[str, Any] = {}

    def expected(self, theirs: Answer) -> Answer:
        """Return what ours is to answer where MLflow answers this."""
        if self.ours is not None:
            return self.ours
        body = deepcopy(theirs.body)
        for path, value in self.but.items():
            above, _, name = path.rpartition(".")
            within = _within(body, above) if above else body
            if value is ABSENT:
                del within[name]
            else:
                within[name] = value
        return Answer(theirs.status, body)


ABSENT = object()
"""Where ours leaves out what MLflow answers."""


class Scenario(NamedTuple):
    """Calls that belong together; what they name is theirs alone."""

    name: str
    steps: tuple[Step, ...]


def get(path: str, query: Any = None, **more: Any) -> Step:
    """Return a GET."""
    return Step("GET", path, query, **more)


def post(path: str, body: Any = None, **more: Any) -> Step:
    """Return a POST."""
    return Step("POST", path, body, **more)


def patch(path: str, body: Any = None, **more: Any) -> Step:
    """Return a PATCH."""
    return Step("PATCH", path, body, **more)


def put(path: str, body: Any = None, **more: Any) -> Step:
    """Return a PUT."""
    return Step("PUT", path, body, **more)


def delete(path: str, body: Any = None, **more: Any) -> Step:
    """Return a DELETE."""
    return Step("DELETE", path, body, **more)


def refused(why: str, step: Step, code: str = "INVALID_PARAMETER_VALUE", status: int = 400) -> Step:
    """Return a step that ours refuses, and MLflow does not, or otherwise."""
    return step._replace(why=why, ours=Answer(status, {"error_code": code}))


def taken(why: str, step: Step, body: Any) -> Step:
    """Return a step that ours answers with this body, and MLflow does not."""
    return step._replace(why=why, ours=Answer(200, body))


def but(why: str, step: Step, paths: Mapping[str, Any]) -> Step:
    """Return a step that ours answers as MLflow does but for what is under some paths."""
    return step._replace(why=why, but=paths)


class Player:
    """Plays steps against one server.

    Args:
        uri: The server's address.
    """

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._pool = urllib3.PoolManager(retries=False, timeout=60.0)
        self._kept: dict[str, str] = {}
        self._normal = Normal()

    def play(self, step: Step) -> Answer:
        """Return a server's answer to a step, normalised."""
        given = self._filled(step.given)
        url = self._uri + self._filled(step.path if step.path.startswith("/") else _ROOT + step.path)
        body = None
        if step.verb == "GET":
            url += f"?{urlencode(list(_pairs(given)), doseq=True)}" if given else ""
        elif given is not None:
            body = given if isinstance(given, bytes) else json.dumps(given).encode()
        headers = {"Content-Type": step.kind} if body is not None else {}
        sent = self._pool.request(step.verb, url, body=body, headers=headers)
        found = _read(sent.data)
        for name, path in step.keep.items():
            self._kept[name] = _within(found, path)
        return Answer(sent.status, self._normal(found))

    def _filled(self, value: Any) -> Any:
        """Return a value with what was kept in place of its names."""
        if isinstance(value, str):
            return Template(value).safe_substitute(self._kept)
        if isinstance(value, dict):
            return {self._filled(key): self._filled(item) for key, item in value.items()}
        return [self._filled(item) for item in value] if isinstance(value, list) else value


def _pairs(query: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in query.items():
        yield name, str(value).lower() if isinstance(value, bool) else value


def _read(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return data.decode("utf-8", "replace")


def _within(found: Any, path: str) -> Any:
    for part in path.split("."):
        found = found[int(part)] if isinstance(found, list) else found[part]
    return found


_IDS = {
    "experiment_id": "experiment",
    "run_id": "run",
    "run_uuid": "run",
    "source_run_id": "run",
    "model_id": "model",
    "webhook_id": "webhook",
}
_TIMES = frozenset(
    (
        "creation_time",
        "last_update_time",
        "creation_timestamp",
        "last_updated_timestamp",
        "creation_timestamp_ms",
        "last_updated_timestamp_ms",
        "start_time",
        "end_time",
        "timestamp",
    )
)
_URIS = frozenset(("artifact_uri", "artifact_location", "root_uri", "source"))
_UNORDERED = frozenset(("tags", "params", "aliases", "latest_versions"))
_LONG = 16
"""An id as long as this is not part of a text by chance."""

_DAY_MS = 86_400_000


class Normal:
    """Replaces what no two servers can have in common: ids, the present, tokens, and names made up."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def __call__(self, found: Any) -> Any:
        """Return an answer without what is a server's own."""
        if isinstance(found, dict) and "error_code" in found:
            assert isinstance(found.get("message"), str), found
            return {"error_code": found["error_code"]}
        if isinstance(found, str) and found.startswith("<!doctype html>"):
            return "<page>"
        self._collect(found)
        return self._normal(found, "", "")

    def _collect(self, value: Any) -> None:
        """Give the ids in an answer numbers, in the order in which they come."""
        if isinstance(value, list):
            for item in value:
                self._collect(item)
        elif isinstance(value, dict):
            for name, item in sorted(value.items()):
                if name in _IDS and isinstance(item, str) and item and item not in self._ids:
                    kind = _IDS[name]
                    number = self._counts[kind] = self._counts.get(kind, 0) + 1
                    self._ids[item] = f"<{kind} {number}>"
                self._collect(item)

    def _normal(self, value: Any, name: str, above: str) -> Any:
        if isinstance(value, dict):
            return {key: self._normal(item, key, name) for key, item in sorted(value.items())}
        if isinstance(value, list):
            items = [self._normal(item, name, above) for item in value]
            unordered = name in _UNORDERED or (name == "metrics" and above == "data")
            return sorted(items, key=json.dumps) if unordered else items
        if name in _TIMES and isinstance(value, int) and abs(value - time.time() * 1000) < _DAY_MS:
            return "<now>"
        if isinstance(value, str):
            return self._text(value, name)
        return value

    def _text(self, value: str, name: str) -> str:
        if name in _IDS:
            return self._ids.get(value, value)
        if name in _URIS:
            return "/".join(self._ids.get(part, part) for part in value.split("/"))
        if name == "next_page_token":
            return "<token>"
        for known, shown in self._ids.items():
            if len(known) >= _LONG:
                value = value.replace(known, shown)
        return value
