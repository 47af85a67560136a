"""Parts of artifacts: what a browser asks for to seek in a video or read a header."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from tests.server.conftest import Served
from tests.server.test_security import ask

from runstone.core.clock import now_ms
from runstone.core.entities import ArtifactEntry
from runstone.server.bodies import BLOCK
from runstone.testing.store.samples import make_run

DATA = bytes(range(256)) * 12_000


class Held(NamedTuple):
    """An artifact of a run, where it is read."""

    uri: str
    path: str
    digest: str


@pytest.fixture
def held(served: Served) -> Held:
    """An artifact of several blocks."""
    assert len(DATA) > 2 * BLOCK
    run_id = make_run(served.backend.store)
    stored = served.backend.blobs.put_bytes(DATA)
    entry = ArtifactEntry(path="film.mp4", digest=stored.digest, size_bytes=stored.size_bytes, created_ms=now_ms())
    served.backend.store.put_artifacts(run_id, [entry])
    return Held(served.uri, f"/api/v1/artifacts/{run_id}/content?path=film.mp4", stored.digest)


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-99", 0, 100),
        ("bytes=100-", 100, len(DATA)),
        ("bytes=-7", len(DATA) - 7, len(DATA)),
        (f"bytes={BLOCK - 3}-{BLOCK + 3}", BLOCK - 3, BLOCK + 4),
        (f"bytes={2 * BLOCK + 1}-99999999999", 2 * BLOCK + 1, len(DATA)),
        (f"bytes=-{len(DATA) + 5}", 0, len(DATA)),
    ],
)
def test_a_range_is_sent_alone(held: Held, asked: str, start: int, end: int) -> None:
    status, headers, body = ask(held.uri, "GET", held.path, headers={"Range": asked})

    assert status == 206
    assert headers["content-range"] == f"bytes {start}-{end - 1}/{len(DATA)}"
    assert headers["content-length"] == str(end - start)
    assert headers["x-content-type-options"] == "nosniff"
    assert body == DATA[start:end]


@pytest.mark.parametrize("asked", [f"bytes={len(DATA)}-", "bytes=-0"])
def test_a_range_that_is_not_there_is_refused(held: Held, asked: str) -> None:
    status, headers, body = ask(held.uri, "GET", held.path, headers={"Range": asked})

    assert (status, body) == (416, b"")
    assert headers["content-range"] == f"bytes */{len(DATA)}"


@pytest.mark.parametrize(
    "asked", ["", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "bytes=1-2,4-5", "rows=1-2", "bytes=1-" + "9" * 30]
)
def test_a_range_that_makes_no_sense_is_passed_over(held: Held, asked: str) -> None:
    status, headers, body = ask(held.uri, "GET", held.path, headers={"Range": asked})

    assert status == 200
    assert headers["accept-ranges"] == "bytes"
    assert body == DATA


def test_what_the_asker_has_is_not_sent_again(held: Held) -> None:
    tag = f'"{held.digest}"'
    status, headers, body = ask(held.uri, "GET", held.path, headers={"If-None-Match": f'"other", {tag}'})
    assert (status, headers["etag"], body) == (304, tag, b"")

    status, _, body = ask(held.uri, "GET", held.path, headers={"Range": "bytes=0-1", "If-Range": tag})
    assert (status, body) == (206, DATA[:2])
    status, _, body = ask(held.uri, "GET", held.path, headers={"Range": "bytes=0-1", "If-Range": '"older"'})
    assert (status, body) == (200, DATA)
