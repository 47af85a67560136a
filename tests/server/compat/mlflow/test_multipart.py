"""Files that come in parts: from MLflow's own client, and from whoever tries what that client never does."""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from runstone.blobs.local import LocalBlobs
from runstone.blobs.open import open_blobs
from runstone.blobs.protocol import RENEWED_WITHIN_MS, BlobStore
from runstone.core.clock import now_ms
from runstone.core.entities.team import Grant
from runstone.core.settings import load
from runstone.server.access.authentication import Authenticator
from runstone.server.app import create_app
from runstone.server.backend import Backend, open_backend
from runstone.server.compat.mlflow import multipart
from runstone.server.guard import LOOPBACK, Guard
from runstone.store.open import open_store
from runstone.testing.serving import serving
from runstone.testing.store.samples import make_run
from runstone.tracking.location import locate
from runstone.tracking.session import Session
from runstone.transfer import gc

if TYPE_CHECKING:
    from tests.s3 import S3Server
    from tests.server.compat.mlflow.conftest import RunClient

    from runstone.store.protocol import Store

_ROOT = "/api/2.0/mlflow-artifacts/mpu"


class Served(NamedTuple):
    """A running server.

    Attributes:
        seen: Verb and path of each request that came.
    """

    uri: str
    backend: Backend
    seen: list[str]


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: Any

    @property
    def why(self) -> str:
        """The message of an error."""
        return str(self.body["message"])


@contextmanager
def serve(folder: Path, blobs: BlobStore | None = None, *, has_login: bool = False) -> Iterator[Served]:
    """Serve the store in a folder, which other servers may serve as well."""
    store = open_store(str(folder / "store"))
    backend = open_backend(store, blobs or LocalBlobs(folder / "store" / "blobs"))
    app = Guard(create_app(backend, authenticator=Authenticator(store) if has_login else None), LOOPBACK)
    seen: list[str] = []

    async def noting(scope: Any, receive: Any, send: Any) -> None:
        seen.append(f"{scope['method']} {scope['path']}")
        await app(scope, receive, send)

    with serving(noting) as front:
        yield Served(front.uri, backend, seen)
    store.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A server that knows its name."""
    with serve(tmp_path) as server:
        yield server


def ask(uri: str, verb: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
    connection = http.client.HTTPConnection(urlsplit(uri).netloc, timeout=60)
    try:
        connection.request(verb, path, body, headers or {})
        answer = connection.getresponse()
        data = answer.read()
        named = {name.lower(): text for name, text in answer.getheaders()}
        return Answer(answer.status, named, json.loads(data) if data else None)
    finally:
        connection.close()


def call(uri: str, name: str, run_id: str, given: dict[str, Any], token: str | None = None) -> Answer:
    """Make one of the three calls for a folder of a run."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    return ask(uri, "POST", f"{_ROOT}/{name}/0/{run_id}/artifacts/models", json.dumps(given).encode(), headers)


def begin(uri: str, run_id: str, parts: int, *, path: str = "/home/ada/w.bin", token: str | None = None) -> Any:
    answer = call(uri, "create", run_id, {"path": path, "num_parts": parts}, token)
    assert answer.status == 200, answer
    return answer.body


def put(credential: dict[str, Any], data: bytes, *, uri: str | None = None, **headers: str) -> Answer:
    """Send a part as MLflow's client does, with changed headers if there are some."""
    parts = urlsplit(credential["url"])
    return ask(uri or credential["url"], "PUT", f"{parts.path}?{parts.query}", data, credential["headers"] | headers)


def send_all(upload: Any, pieces: list[bytes]) -> list[dict[str, Any]]:
    """Send all parts, and return what is to be said of them."""
    answers = [put(credential, piece) for credential, piece in zip(upload["credentials"], pieces, strict=True)]
    return [{"part_number": number, "etag": answer.headers["etag"]} for number, answer in enumerate(answers, 1)]


def finish(
    uri: str, run_id: str, upload: Any, parts: list[dict[str, Any]], *, path: str = "w.bin", token: str | None = None
) -> Answer:
    return call(uri, "complete", run_id, {"path": path, "upload_id": upload["upload_id"], "parts": parts}, token)


def held(backend: Backend, run_id: str, path: str = "models/w.bin") -> bytes | None:
    """Return what a run has at a path."""
    entry = backend.store.find_artifact(run_id, path)
    return None if entry is None else backend.blobs.get_bytes(entry.digest)


CLIENT = """
import os, filecmp
os.environ |= {{
    "MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD": "true",
    "MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE": str(6 << 20),
    "MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE": str(5 << 20),
    "MLFLOW_TRACKING_URI": {uri!r},
}}
if {token!r}:
    os.environ["MLFLOW_TRACKING_TOKEN"] = {token!r}
import mlflow
with open("large weights.bin", "wb") as file:
    file.write(os.urandom(12 << 20))
with open("small.txt", "w") as file:
    file.write("small")
with mlflow.start_run() as run:
    mlflow.log_artifact("large weights.bin", "models/a")
    mlflow.log_artifact("small.txt")
    mlflow.log_artifact("large weights.bin")
for path in ("models/a/large weights.bin", "large weights.bin"):
    found = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path=path)
    assert filecmp.cmp("large weights.bin", found, shallow=False), path
assert mlflow.artifacts.load_text(f"runs:/{{run.info.run_id}}/small.txt") == "small"
"""


def _parts_in(seen: list[str]) -> tuple[int, int]:
    """Return how many parts came, and how many uploads were completed."""
    return seen.count(f"PUT {_ROOT}/part"), sum(line.startswith(f"POST {_ROOT}/complete/") for line in seen)


def test_mlflows_client_sends_a_large_file_in_parts(served: Served, run_client: RunClient) -> None:
    run_client(CLIENT.format(uri=served.uri, token=""))

    assert _parts_in(served.seen) == (6, 2)


def test_mlflows_client_does_so_where_one_logs_in(tmp_path: Path, run_client: RunClient) -> None:
    with serve(tmp_path / "team", has_login=True) as server:
        server.backend.store.create_user("ada", grants=[Grant("editor")])
        token = server.backend.store.create_token("ada", "test").secret

        run_client(CLIENT.format(uri=server.uri, token=token))

    assert _parts_in(server.seen) == (6, 2)


def test_parts_are_kept_in_a_bucket(tmp_path: Path, s3_server: S3Server) -> None:
    blobs = open_blobs(f"s3://{s3_server.bucket}/{tmp_path.name}", **s3_server.options)
    with serve(tmp_path, blobs) as server:
        run_id = make_run(server.backend.store)
        pieces = [os.urandom(3 << 20), os.urandom(3 << 20), b"the end"]
        upload = begin(server.uri, run_id, 3)

        assert finish(server.uri, run_id, upload, send_all(upload, pieces)).status == 200

        assert held(server.backend, run_id) == b"".join(pieces)


def test_any_server_of_a_store_answers_any_call(tmp_path: Path) -> None:
    with serve(tmp_path) as one, serve(tmp_path) as other:
        run_id = make_run(one.backend.store)
        upload = begin(one.uri, run_id, 2)
        sent = [
            {"part_number": number, "etag": put(credential, piece, uri=uri).headers["etag"]}
            for number, credential, piece, uri in zip(
                (1, 2), upload["credentials"], (b"one", b"two"), (other.uri, one.uri), strict=True
            )
        ]

        assert finish(other.uri, run_id, upload, sent).body == {}

        assert held(one.backend, run_id) == b"onetwo"


@pytest.mark.parametrize("pieces", [[], [b""], [b"", b"x", b""]])
def test_parts_may_be_empty_and_none(served: Served, pieces: list[bytes]) -> None:
    run_id = make_run(served.backend.store)
    upload = begin(served.uri, run_id, len(pieces))

    assert finish(served.uri, run_id, upload, send_all(upload, pieces)).status == 200

    assert held(served.backend, run_id) == b"".join(pieces)


def test_parts_come_in_any_order_and_again(served: Served) -> None:
    run_id = make_run(served.backend.store)
    upload = begin(served.uri, run_id, 2)
    first, second = upload["credentials"]
    etags = [
        put(second, b"two").headers["etag"],
        put(first, b"lost").headers["etag"],
        put(first, b"one").headers["etag"],
    ]
    parts = [{"part_number": 2, "etag": etags[0]}, {"part_number": "1", "etag": etags[2].strip('"')}]

    assert finish(served.uri, run_id, upload, parts).status == 200

    assert held(served.backend, run_id) == b"onetwo"


@pytest.mark.parametrize("count", [-1, multipart.MOST_PARTS + 1, "x"])
def test_the_number_of_parts_has_bounds(served: Served, count: object) -> None:
    answer = call(served.uri, "create", make_run(served.backend.store), {"path": "w.bin", "num_parts": count})

    assert (answer.status, answer.body["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


@pytest.mark.parametrize("path", ["..", "a/..", "", "a\\..", "a/", "%2e%2e"])
def test_a_file_needs_a_safe_name(served: Served, path: str) -> None:
    run_id = make_run(served.backend.store)

    assert call(served.uri, "create", run_id, {"path": path, "num_parts": 1}).status == 400


def test_the_file_is_named_by_the_end_of_a_path_of_windows_too(served: Served) -> None:
    run_id = make_run(served.backend.store)
    upload = begin(served.uri, run_id, 1, path="C:\\work\\w.bin")

    finish(served.uri, run_id, upload, send_all(upload, [b"x"]))

    assert held(served.backend, run_id) == b"x"


def test_no_upload_begins_where_there_is_no_run(served: Served) -> None:
    answer = call(served.uri, "create", "0" * 32, {"path": "w.bin", "num_parts": 1})

    assert (answer.status, answer.body["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")


def test_a_run_that_is_deleted_meanwhile_takes_no_file(served: Served) -> None:
    run_id = make_run(served.backend.store)
    upload = begin(served.uri, run_id, 1)
    sent = send_all(upload, [b"x"])
    served.backend.store.delete_run(run_id)

    assert finish(served.uri, run_id, upload, sent).status == 400

    served.backend.store.restore_run(run_id)
    assert held(served.backend, run_id) is None
    served.backend.store.delete_run(run_id)
    assert call(served.uri, "create", run_id, {"path": "w.bin", "num_parts": 1}).status == 400


class TestProof:
    """What lets a part in."""

    def test_nothing_is_taken_without_one(self, served: Served) -> None:
        upload = begin(served.uri, make_run(served.backend.store), 2)
        first, second = upload["credentials"]
        proof = first["headers"]["X-Runstone-Proof"]
        digits = ("0" if proof[0] != "0" else "1") + proof[1:]

        for wrong in ("", "x", "\xe9", digits, second["headers"]["X-Runstone-Proof"]):
            answer = put(first, b"of a stranger", **{"X-Runstone-Proof": wrong})
            assert (answer.status, answer.body["error_code"]) == (403, "PERMISSION_DENIED")

        assert ask(served.uri, "PUT", f"{_ROOT}/part", b"of a stranger").status == 403
        assert list(served.backend.blobs.iter_digests()) == []

    def test_it_is_of_one_part_of_one_upload(self, served: Served) -> None:
        run_id = make_run(served.backend.store)
        ours, other = (begin(served.uri, run_id, 2) for _ in range(2))
        [url, headers] = ours["credentials"][0]["url"], ours["credentials"][0]["headers"]

        for place in (
            ours["credentials"][1]["url"],
            other["credentials"][0]["url"],
            url.replace("part_number=1", "part_number=3"),
            url.replace("part_number=1", "part_number=01"),
            url.replace("upload_id=", "upload_id=9"),
        ):
            assert put({"url": place, "headers": headers}, b"x").status == 403

    def test_it_ends(self, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
        run_id = make_run(served.backend.store)
        upload = begin(served.uri, run_id, 1)
        sent = send_all(upload, [b"x"])
        later = now_ms() + int(multipart.VALID.total_seconds() * 1000) + 1
        monkeypatch.setattr(multipart, "now_ms", lambda: later)

        late = put(upload["credentials"][0], b"x"), finish(served.uri, run_id, upload, sent)

        assert [(answer.status, "longer than 50 minutes" in answer.why) for answer in late] == [(400, True)] * 2
        assert held(served.backend, run_id) is None

    def test_a_part_has_a_length_and_it_has_a_bound(self, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
        [credential] = begin(served.uri, make_run(served.backend.store), 1)["credentials"]
        monkeypatch.setattr(multipart, "MOST_PART_BYTES", 3)

        answers = put(credential, b"1234"), put(credential, b"123")

        assert [answer.status for answer in answers] == [413, 200]
        assert "MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE" in answers[0].why
        connection = http.client.HTTPConnection(urlsplit(served.uri).netloc, timeout=60)
        connection.request("PUT", credential["url"], iter([b"1"]), credential["headers"], encode_chunked=True)
        assert connection.getresponse().status == 400
        connection.close()

    def test_a_part_is_larger_than_other_bodies_may_be(self, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("runstone.server.bounds.MAX_BODY", 1000)
        upload = begin(served.uri, make_run(served.backend.store), 1)

        assert put(upload["credentials"][0], b"x" * 1001).status == 200


class TestParts:
    """What `complete` is told of the parts."""

    @pytest.fixture
    def run_id(self, served: Served) -> str:
        return make_run(served.backend.store)

    @pytest.mark.parametrize("numbers", [[1], [2, 3], [1, 2], [1, 2, 2], [1, 2, 3, 3], [0, 1, 2], []])
    def test_each_is_there_once(self, served: Served, run_id: str, numbers: list[int]) -> None:
        upload = begin(served.uri, run_id, 3)
        sent = {part["part_number"]: part for part in send_all(upload, [b"1", b"2", b"3"])}
        parts = [sent.get(number, {"part_number": number, "etag": sent[1]["etag"]}) for number in numbers]

        answer = finish(served.uri, run_id, upload, parts)

        assert (answer.status, answer.body["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
        assert "parts 1 to 3" in answer.why
        assert held(served.backend, run_id) is None

    def test_each_is_named_by_its_own_etag(self, served: Served, run_id: str) -> None:
        known = served.backend.blobs.put_bytes(b"somebody's")
        ours, other = begin(served.uri, run_id, 1), begin(served.uri, run_id, 2)
        [right] = send_all(ours, [b"1"])
        foreign = send_all(other, [b"1", b"1"])
        digest, size, seal = right["etag"].strip('"').split(".")

        for wrong in (
            foreign[0]["etag"],
            foreign[1]["etag"],
            f"{known.digest}.{known.size_bytes}.{seal}",
            f"{digest}.{int(size) + 1}.{seal}",
            f"{digest}.{size}.{'0' * 64}",
            digest,
            "",
            "\ud800",
        ):
            answer = finish(served.uri, run_id, ours, [{"part_number": 1, "etag": wrong}])
            assert (answer.status, answer.body["error_code"]) == (400, "INVALID_PARAMETER_VALUE"), wrong

        assert held(served.backend, run_id) is None
        assert finish(served.uri, run_id, ours, [right]).status == 200

    def test_an_upload_is_to_one_file_of_one_run(self, served: Served, run_id: str) -> None:
        another = make_run(served.backend.store)
        upload = begin(served.uri, run_id, 1)
        sent = send_all(upload, [b"x"])
        longer = upload | {"upload_id": f"9{upload['upload_id']}"}

        answers = [
            finish(served.uri, another, upload, sent),
            finish(served.uri, run_id, upload, sent, path="v.bin"),
            finish(served.uri, run_id, longer, sent),
            finish(served.uri, run_id, {"upload_id": ""}, sent),
        ]

        assert [(answer.status, "no upload" in answer.why) for answer in answers] == [(400, True)] * 4

    def test_a_part_that_was_removed_is_missed(self, served: Served, run_id: str) -> None:
        upload = begin(served.uri, run_id, 2)
        sent = send_all(upload, [b"1", b"2"])
        for fact in list(served.backend.blobs.iter_digests())[:1]:
            served.backend.blobs.delete(fact.digest)

        answer = finish(served.uri, run_id, upload, sent)

        assert (answer.status, "not there any more" in answer.why) == (400, True)
        assert held(served.backend, run_id) is None

    def test_an_upload_is_given_up(self, served: Served, run_id: str) -> None:
        upload = begin(served.uri, run_id, 1)

        answer = call(served.uri, "abort", run_id, {"path": "w.bin", "upload_id": upload["upload_id"]})

        assert (answer.status, answer.body) == (200, {})


class TestRights:
    """Who may send files in parts, where one logs in."""

    @pytest.fixture
    def team(self, tmp_path: Path) -> Iterator[Served]:
        with serve(tmp_path, has_login=True) as server:
            yield server

    @staticmethod
    def token_of(store: Store, name: str, *grants: Grant) -> str:
        store.create_user(name, grants=grants)
        return store.create_token(name, "test").secret

    def test_only_who_may_write(self, team: Served) -> None:
        store = team.backend.store
        run_id = make_run(store)
        viewer = self.token_of(store, "vic", Grant("viewer"), Grant("editor", "experiment", "other/*"))
        editor = self.token_of(store, "ada", Grant("editor"))
        upload = begin(team.uri, run_id, 1, token=editor)
        sent = send_all(upload, [b"x"])

        assert call(team.uri, "create", run_id, {"path": "w.bin"}, viewer).status == 403
        assert call(team.uri, "create", run_id, {"path": "w.bin"}).status == 401
        assert finish(team.uri, run_id, upload, sent, token=viewer).status == 403
        assert finish(team.uri, run_id, upload, sent).status == 401
        assert held(team.backend, run_id) is None
        assert finish(team.uri, run_id, upload, sent, token=editor).status == 200

    def test_who_may_no_longer_write_completes_nothing(self, team: Served) -> None:
        store = team.backend.store
        run_id = make_run(store)
        token = self.token_of(store, "ada", Grant("editor"))
        upload = begin(team.uri, run_id, 1, token=token)
        sent = send_all(upload, [b"x"])
        store.update_user("ada", grants=[Grant("viewer")])
        fresh = store.create_token("ada", "again").secret

        assert finish(team.uri, run_id, upload, sent, token=fresh).status == 403

        assert held(team.backend, run_id) is None


class TestAddress:
    """Where clients are told to send parts."""

    def test_it_is_the_host_by_which_the_server_was_asked(self, served: Served) -> None:
        port = urlsplit(served.uri).port
        run_id = make_run(served.backend.store)
        given = json.dumps({"path": "w.bin", "num_parts": 1}).encode()

        def place(host: str) -> Answer:
            headers = {"Content-Type": "application/json", "Host": host}
            return ask(served.uri, "POST", f"{_ROOT}/create/0/{run_id}/artifacts", given, headers)

        for host in (f"localhost:{port}", "localhost", "[::1]:80"):
            assert place(host).body["credentials"][0]["url"].startswith(f"http://{host}{_ROOT}/part?")
        assert place("evil.example").status == 403
        for odd in ("localhost/x", "localhost#@evil.example", "evil.example@localhost", 'localhost"'):
            assert place(odd).status in (400, 403, 501)

    def test_a_server_without_a_name_has_the_file_sent_in_one_piece(
        self, served: Served, run_client: RunClient
    ) -> None:
        seen: list[str] = []
        nameless = create_app(served.backend)

        async def noting(scope: Any, receive: Any, send: Any) -> None:
            seen.append(f"{scope['method']} {scope['path']}")
            await nameless(scope, receive, send)

        with serving(noting) as front:
            run_client(CLIENT.format(uri=front.uri, token=""))

        assert sum(line.startswith(f"POST {_ROOT}/create/") for line in seen) == 2
        assert _parts_in(seen) == (0, 0)


class TestGarbage:
    """Parts, to `runstone gc`."""

    @pytest.fixture
    def session(self, tmp_path: Path, served: Served) -> Iterator[Session]:
        """The store that is served."""
        session = Session(locate(str(tmp_path / "store"), "test"), load())
        yield session
        session.close()

    @staticmethod
    def collect(session: Session) -> set[str]:
        freed = gc.collect(session, progress=lambda what, done, total: None)
        return set(freed.garbage.blob_digests)

    @staticmethod
    def age(blobs_folder: Path, by: timedelta) -> None:
        """Make all bytes that old."""
        then = now_ms() / 1000 - by.total_seconds()
        for path in blobs_folder.glob("sha256/*/*"):
            os.utime(path, (then, then))

    def test_parts_of_an_upload_under_way_stay(self, served: Served, session: Session, tmp_path: Path) -> None:
        run_id = make_run(served.backend.store)
        upload = begin(served.uri, run_id, 2)
        sent = send_all(upload, [b"one", b"two"])
        # Bytes that were there already may be a little older than the part.
        self.age(tmp_path / "store" / "blobs", multipart.VALID + timedelta(milliseconds=RENEWED_WITHIN_MS))

        assert self.collect(session) == set()

        assert finish(served.uri, run_id, upload, sent).status == 200
        assert held(served.backend, run_id) == b"onetwo"

    def test_completing_makes_its_parts_young(self, served: Served, session: Session, tmp_path: Path) -> None:
        run_id = make_run(served.backend.store)
        upload = begin(served.uri, run_id, 2)
        sent = send_all(upload, [b"one", b"two"])
        self.age(tmp_path / "store" / "blobs", timedelta(days=2))

        assert finish(served.uri, run_id, upload, sent).status == 200

        assert self.collect(session) == set()

    def test_parts_go_in_the_end_and_the_file_stays(self, served: Served, session: Session, tmp_path: Path) -> None:
        run_id = make_run(served.backend.store)
        done, given_up = begin(served.uri, run_id, 2), begin(served.uri, run_id, 1, path="v.bin")
        send_all(given_up, [b"in vain"])
        finish(served.uri, run_id, done, send_all(done, [b"one", b"two"]))
        self.age(tmp_path / "store" / "blobs", timedelta(days=2))

        assert len(self.collect(session)) == 3

        assert held(served.backend, run_id) == b"onetwo"
