"""What experiment trackers have been broken by, tried on ours: ``docs/security.md`` says which test is for what."""

from __future__ import annotations

import http.client
import json
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from runstone.blobs.local import LocalBlobs
from runstone.core.clock import now_ms
from runstone.core.entities import ArtifactEntry
from runstone.server import bounds
from runstone.server.api.files import headers_of
from runstone.server.app import create_app
from runstone.server.backend import Backend
from runstone.server.bounds import MAX_BODY, Bounds
from runstone.server.guard import Guard
from runstone.testing.serving import serving
from runstone.testing.store.samples import make_run

if TYPE_CHECKING:
    from tests.server.conftest import Served

_SECRET = b"a secret of this machine"


def ask(
    uri: str, verb: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Send a request whose path is not made tidy on the way."""
    connection = http.client.HTTPConnection(uri.removeprefix("http://"), timeout=60)
    try:
        connection.putrequest(verb, path, skip_host="Host" in (headers or {}))
        for name, text in (headers or {}).items():
            connection.putheader(name, text)
        if body is not None and "Content-Length" not in (headers or {}):
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def post(uri: str, path: str, given: Any) -> tuple[int, Any]:
    status, _, body = ask(uri, "POST", path, json.dumps(given).encode(), {"Content-Type": "application/json"})
    return status, json.loads(body) if body else None


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_bytes(_SECRET)
    return path


_TRAVERSALS = [
    "../secret.txt",
    "..%2fsecret.txt",
    "%2e%2e/secret.txt",
    "%252e%252e%252fsecret.txt",
    "..\\secret.txt",
    "..%5csecret.txt",
    "/etc/passwd",
    "//etc/passwd",
    "C:\\secret.txt",
    "a/../../secret.txt",
    "a/..;/../secret.txt",
    "....//secret.txt",
    "..%00/secret.txt",
    "a%00.txt",
    "file:///etc/passwd",
    "%c0%ae%c0%ae/secret.txt",
    "..%u2215secret.txt",
    "~/secret.txt",
    "a#/../secret.txt",
]


class TestTraversal:
    """Paths in artifacts."""

    @pytest.mark.parametrize("path", _TRAVERSALS)
    @pytest.mark.parametrize("verb", ["GET", "PUT", "DELETE"])
    def test_no_path_of_the_proxy_leads_outside(self, served: Served, secret: Path, path: str, verb: str) -> None:
        run_id = make_run(served.backend.store)
        before = sorted(secret.parent.rglob("*"))

        for root in (f"0/{run_id}/artifacts", "0", "", "..", run_id):
            url = f"/api/2.0/mlflow-artifacts/artifacts/{root}/{quote(path, safe='%/;#')}"
            status, _, body = ask(served.uri, verb, url, b"x" if verb == "PUT" else None)
            assert status < 500
            assert _SECRET not in body
            assert b"root:" not in body

        assert secret.read_bytes() == _SECRET
        assert {path.name for path in before} <= {path.name for path in secret.parent.rglob("*")}
        for entry in served.backend.store.iter_artifacts(run_id):
            assert ".." not in entry.path.split("/")
            assert not entry.path.startswith("/")

    @pytest.mark.parametrize("path", _TRAVERSALS)
    def test_no_reading_or_listing_leads_outside(self, served: Served, secret: Path, path: str) -> None:
        run_id = make_run(served.backend.store)
        for url in (
            f"/get-artifact?run_id={run_id}&path=",
            f"/api/v1/artifacts/{run_id}/content?path=",
            f"/api/v1/artifacts/{run_id}/list?path=",
            f"/api/2.0/mlflow/artifacts/list?run_id={run_id}&path=",
            "/api/2.0/mlflow-artifacts/artifacts?path=",
        ):
            status, _, body = ask(served.uri, "GET", url + quote(path, safe="%"))

            assert status < 500
            assert _SECRET not in body

    @pytest.mark.parametrize("path", _TRAVERSALS)
    def test_a_blob_is_named_by_its_digest_and_nothing_else(self, served: Served, secret: Path, path: str) -> None:
        status, _, body = ask(served.uri, "GET", f"/api/v1/blobs/{quote(path, safe='%')}")

        assert status in (400, 404, 405)
        assert _SECRET not in body


class TestSources:
    """What a model version says that its files are."""

    @pytest.mark.parametrize(
        "source",
        [
            "file:///etc",
            "file://localhost/etc",
            "FILE:///etc",
            "/etc",
            "//etc",
            "\\\\server\\share",
            "C:\\windows",
            "runs:/{run_id}/../../etc",
            "runs:/{run_id}/%2e%2e/%2e%2e/etc",
            "s3://bucket/../../etc",
            "mlflow-artifacts:/0/{run_id}/artifacts/../../../etc",
            "http://host/a;/../../etc",
            "models:/m/1/../../etc",
            "./etc",
            "",
        ],
    )
    def test_a_source_opens_nothing_of_the_server(self, served: Served, secret: Path, source: str) -> None:
        run_id = make_run(served.backend.store)
        post(served.uri, "/api/2.0/mlflow/registered-models/create", {"name": "m"})
        given = {"name": "m", "source": source.format(run_id=run_id), "run_id": run_id}

        status, made = post(served.uri, "/api/2.0/mlflow/model-versions/create", given)

        assert status < 500
        if status == 200:
            uri = made["model_version"]["source"]
            assert not re.match(r"(?i)file:|[/\\]|[a-z]:", uri)
            _, _, body = ask(served.uri, "GET", f"/get-artifact?run_id={run_id}&path=passwd")
            assert b"root:" not in body

    @pytest.mark.parametrize("place", ["file:///etc", "/etc", "..", "s3://b/../x", "http://h/x#frag", "x\0y"])
    def test_an_artifact_location_is_never_a_path_of_the_server(self, served: Served, place: str) -> None:
        status, made = post(served.uri, "/api/2.0/mlflow/experiments/create", {"name": "e", "artifact_location": place})

        assert status < 500
        if status == 200:
            _, run = post(served.uri, "/api/2.0/mlflow/runs/create", {"experiment_id": made["experiment_id"]})
            run_id = run["run"]["info"]["run_id"]
            _, _, body = ask(served.uri, "GET", f"/get-artifact?run_id={run_id}&path=passwd")
            assert b"root:" not in body


class TestPages:
    """What a browser is given."""

    @pytest.mark.parametrize("name", ["page.html", "image.svg", "page.HTM", "x.xhtml", "x.xml", "noending", "x.pdf"])
    def test_an_uploaded_page_cannot_act_as_the_site(self, served: Served, name: str) -> None:
        run_id = make_run(served.backend.store)
        stored = served.backend.blobs.put_bytes(b"<script>alert(document.cookie)</script>")
        entry = ArtifactEntry(path=name, digest=stored.digest, size_bytes=stored.size_bytes, created_ms=now_ms())
        served.backend.store.put_artifacts(run_id, [entry])

        for url in (
            f"/api/v1/artifacts/{run_id}/content?path={name}",
            f"/get-artifact?run_id={run_id}&path={name}",
            f"/api/v1/blobs/{stored.digest}",
        ):
            status, headers, _ = ask(served.uri, "GET", url)
            assert status == 200
            assert headers["x-content-type-options"] == "nosniff"
            policy = headers.get("content-security-policy", "")
            is_sandboxed = policy.startswith("sandbox;") and "script" not in policy
            assert is_sandboxed or headers["content-disposition"].startswith("attachment")

    def test_a_name_adds_no_header(self) -> None:
        headers = headers_of('a/x\r\nSet-Cookie: a=b".html', download=True)

        assert all("\r" not in text and "\n" not in text for text in headers.values())
        assert '"' not in headers["Content-Disposition"]

    def test_answers_do_nothing_in_a_browser_unless_they_say_so(self, served: Served) -> None:
        with serving(Guard(create_app(served.backend), None)) as front:
            for path in ("/api/v1/info", "/health", "/nothing", "/api/2.0/mlflow/experiments/get?experiment_id=9"):
                _, headers, _ = ask(front.uri, "GET", path)
                assert "sandbox" in headers["content-security-policy"]
                assert headers["x-frame-options"] == "DENY"
                assert headers["x-content-type-options"] == "nosniff"
                assert headers["cache-control"] == "no-store"

    @pytest.mark.parametrize("text", ["<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>"])
    def test_an_error_is_data_and_no_page(self, served: Served, text: str) -> None:
        for path in (f"/{quote(text)}", f"/api/v1/runs/{quote(text, safe='')}", f"/get-artifact?run_id={quote(text)}"):
            _, headers, _ = ask(served.uri, "GET", path, headers={"Accept": "text/html"})
            assert headers["content-type"] == "application/json"


class TestBodies:
    """Too much, too slow, compressed, or not what it says."""

    def test_a_body_that_says_it_is_too_large_is_refused_unread(self, served: Served) -> None:
        headers = {"Content-Type": "application/json", "Content-Length": str(MAX_BODY + 1)}

        status, _, body = ask(served.uri, "POST", "/api/v1/runs/search", b"{", headers)

        assert status == 413
        assert json.loads(body)["error"]["code"] == "too_large"

    def test_a_body_that_does_not_say_how_large_it_is_is_counted(
        self, served: Served, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bounds, "MAX_BODY", 1000)
        chunk = b"3e8\r\n" + b" " * 1000 + b"\r\n"
        host, _, port = served.uri.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=30) as sender:
            sender.sendall(
                b"POST /api/2.0/mlflow/runs/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 3 + b"0\r\n\r\n"
            )
            answer = sender.recv(1000)

        assert answer.startswith(b"HTTP/1.1 413")

    @pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
    def test_nothing_is_unpacked(self, served: Served, encoding: str) -> None:
        headers = {"Content-Type": "application/json", "Content-Encoding": encoding}

        status, _, _ = ask(served.uri, "POST", "/api/v1/runs/search", b"x", headers)

        assert status == 501

    def test_a_body_that_does_not_come_is_not_waited_for(self, served: Served) -> None:
        with serving(Bounds(create_app(served.backend), silence_s=0.1)) as front:
            host, _, port = front.uri.removeprefix("http://").partition(":")
            with socket.create_connection((host, int(port)), timeout=30) as slow:
                slow.sendall(
                    b"POST /api/v1/runs/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    b"Content-Length: 100\r\n\r\n{"
                )
                answer = slow.recv(1000)

        assert answer.startswith(b"HTTP/1.1 503")

    @pytest.mark.parametrize(
        "body",
        [b"[" * 100_000, b'{"a":' * 50_000, b"\xff\xfe", b"\x00", b'{"filter": "' + b"(" * 90_000 + b'"}', b"null"],
        ids=["arrays", "objects", "bytes", "nul", "filter", "null"],
    )
    def test_no_nesting_or_rubbish_breaks_the_server(self, served: Served, body: bytes) -> None:
        for path in ("/api/v1/runs/search", "/api/2.0/mlflow/runs/search", "/api/2.0/mlflow/runs/log-batch"):
            status, _, _ = ask(served.uri, "POST", path, body, {"Content-Type": "application/json"})
            assert 400 <= status < 500

    @pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
    def test_what_a_foreign_form_can_send_changes_nothing(self, served: Served, kind: str) -> None:
        for path in ("/api/v1/experiments", "/api/2.0/mlflow/experiments/create"):
            status, _, _ = ask(served.uri, "POST", path, b'{"name": "forged"}', {"Content-Type": kind} if kind else {})
            assert status == 400

        assert served.backend.store.find_experiment("forged") is None


class TestWords:
    """Texts that are more than texts somewhere else."""

    @pytest.mark.parametrize(
        "text", ["'; DROP TABLE runs; --", "' OR '1'='1", "\\'; --", "%27", "1); DELETE FROM runs; --", "\u02bc OR 1=1"]
    )
    def test_no_text_becomes_sql(self, served: Served, text: str) -> None:
        run_id = make_run(served.backend.store)
        quoted = text.replace("'", "''")
        for given in (
            {"experiment_ids": None, "filter": f"tags.`{text}` = 'x'"},
            {"experiment_ids": None, "filter": f"params.a = '{text}'"},
            {"experiment_ids": None, "filter": f"params.a = '{quoted}'"},
            {"experiment_ids": None, "filter": text},
            {"experiment_ids": None, "order_by": [text]},
            {"experiment_ids": None, "page_token": text},
            {"experiment_ids": [text]},
        ):
            status, answer = post(served.uri, "/api/v1/runs/search", given)
            assert status in (200, 400)
            assert status == 400 or answer["items"] == []

        assert served.backend.store.get_run(run_id)

    def test_fields_nobody_asked_for_are_refused(self, served: Served) -> None:
        for extra in ({"lifecycle_stage": "deleted"}, {"last_update_time": 1}, {"is_admin": True}):
            status, answer = post(served.uri, "/api/v1/experiments", {"name": "a", **extra})
            assert status == 400
            assert "unknown field" in answer["error"]["message"]

    def test_fields_nobody_asked_for_change_nothing_by_mlflows_api(self, served: Served) -> None:
        given = {"name": "a", "lifecycle_stage": "deleted", "experiment_id": "77", "creation_time": 1}

        _, made = post(served.uri, "/api/2.0/mlflow/experiments/create", given)

        found = served.backend.store.get_experiment(made["experiment_id"])
        assert (found.experiment_id != "77", found.lifecycle_stage) == (True, "active")


_DANGEROUS = ("pickle", "cloudpickle", "joblib", "dill", "marshal", "shelve", "torch", "sklearn", "yaml", "subprocess")


def test_the_server_loads_nothing_that_unpickles_or_starts_programs(tmp_path: Path) -> None:
    program = (
        "import sys; import runstone.server.launch, runstone.server.app, runstone.store.sql.webhooks\n"
        f"print([name for name in {_DANGEROUS!r} if name in sys.modules])"
    )
    bare = f"import sys, asyncio, logging, ssl, uvicorn, numpy; print([n for n in {_DANGEROUS!r} if n in sys.modules])"

    loaded, without = (
        set(eval(subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True).stdout))
        for text in (program, bare)
    )

    assert loaded - without == set()


def test_no_code_of_ours_unpickles_or_runs_a_shell() -> None:
    source = Path(create_app.__code__.co_filename).parents[1]
    found = [
        f"{path.name}: {line.strip()}"
        for path in source.rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if re.search(r"pickle\.loads?\(|yaml\.load\(|shell=True|os\.system\(|\beval\(|\bexec\(", line)
    ]

    assert found == []


def test_the_backend_of_a_request_is_not_the_store_itself_once_there_is_a_login(served: Served) -> None:
    from runstone.core.errors import Unauthenticated
    from runstone.server.access.guarded import guarded
    from runstone.server.access.principal import current

    allowed: Backend = guarded(served.backend, lambda: None)

    with pytest.raises(Unauthenticated):
        current()
    with pytest.raises(Unauthenticated):
        allowed.store.get_info()
    with pytest.raises(Unauthenticated):
        allowed.blobs.open("x")
    assert isinstance(served.backend.blobs, LocalBlobs)
