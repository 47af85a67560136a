"""A POST to a stranger is bounded in time and size, leads nowhere else, and says nothing of secrets."""

from __future__ import annotations

import logging
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.server.webhooks.conftest import Receiver

from runstone.core.entities import WebhookEvent
from runstone.server.webhooks import posting
from runstone.server.webhooks.addresses import Allowed
from runstone.server.webhooks.posting import NoReply, Reply, post
from runstone.server.webhooks.sender import Sender
from runstone.store.sql.store import SqlStore

Serve = Callable[..., int]
_HERE = Allowed(["127.0.0.1"])


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers that take one connection each, and send it what they are told in whatever pieces."""
    threads: list[threading.Thread] = []

    def start(*pieces: bytes, pause_s: float = 0.0, tls: ssl.SSLContext | None = None, got: Any = None) -> int:
        listener = socket.create_server(("127.0.0.1", 0))

        def run() -> None:
            with listener, suppress(OSError):
                connection, _ = listener.accept()
                with tls.wrap_socket(connection, server_side=True) if tls else connection as speaker:
                    asked = speaker.recv(1 << 20)
                    if got is not None:
                        got.append(asked)
                    for piece in pieces:
                        speaker.sendall(piece)
                        time.sleep(pause_s)

        threads.append(threading.Thread(target=run))
        threads[-1].start()
        return int(listener.getsockname()[1])

    yield start
    for thread in threads:
        thread.join(30)


def test_what_is_asked_is_what_the_url_says(serve: Serve) -> None:
    got: list[bytes] = []
    port = serve(b"HTTP/1.1 204 No Content\r\n\r\n", got=got)

    reply = post(f"http://127.0.0.1:{port}/ab%20é;x?q=%2F&ü#no", b"", {"X-A": "1"}, _HERE)

    assert reply == Reply(204, b"", "")
    assert got[0].split(b"\r\n")[0] == b"POST /ab%20%C3%A9;x?q=%2F&%C3%BC HTTP/1.1"
    assert f"\r\nHost: 127.0.0.1:{port}\r\n".encode() in got[0]
    assert b"\r\nX-A: 1\r\n" in got[0]


@pytest.mark.parametrize(
    "answer",
    [
        [b"H", *[b"T"] * 200],
        [b"HTTP/1.1 100 Continue\r\n\r\n"] * 200,
        [b""] * 200,
    ],
    ids=["status", "continue", "silence"],
)
def test_a_receiver_that_drips_is_left_when_its_time_is_over(serve: Serve, answer: list[bytes]) -> None:
    port = serve(*answer, pause_s=0.05)
    begun = time.monotonic()

    with pytest.raises(NoReply, match=r"127\.0\.0\.1 did not answer within"):
        post(f"http://127.0.0.1:{port}/", b"", {}, _HERE, total_s=0.5)

    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    "rest",
    [[b"X-A: 1\r\n"] * 99, [b"Content-Length: 99\r\n\r\n", *[b"x"] * 99], [b"\r\n", *[b"x"] * 99]],
    ids=["headers", "body", "body-without-length"],
)
def test_an_answer_is_one_by_its_status_however_the_rest_drips(serve: Serve, rest: list[bytes]) -> None:
    port = serve(b"HTTP/1.1 503 Busy\r\n", *rest, pause_s=0.05)
    begun = time.monotonic()

    assert post(f"http://127.0.0.1:{port}/", b"", {}, _HERE, total_s=0.5).status == 503

    assert time.monotonic() - begun < 5


def test_a_body_without_end_is_cut(serve: Serve) -> None:
    port = serve(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *[b"10000\r\n" + b"x" * 65536 + b"\r\n"] * 99
    )

    assert len(post(f"http://127.0.0.1:{port}/", b"", {}, _HERE).body) == 64 << 10


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.9 secret\r\n",
        b"",
        b"\0\0\0\0\0\0\0",
        b"HTTP/1.1 99999 \r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA" * 70_000,
    ],
    ids=["ssh", "nothing", "nul", "status", "line"],
)
def test_what_is_no_answer_is_told_in_words_that_give_nothing_away(serve: Serve, answer: bytes) -> None:
    port = serve(answer)

    with pytest.raises(NoReply) as refused:
        post(f"http://127.0.0.1:{port}/T0KEN?key=T0KEN", b"", {}, _HERE)

    assert not [word for word in ("T0KEN", "secret", "OpenSSH") if word in str(refused.value)]


@pytest.mark.parametrize(
    "url",
    [
        "http://ada:T0KEN@127.0.0.1/",
        "http://T0KEN@127.0.0.1/",
        "ftp://127.0.0.1/T0KEN",
        "http:///T0KEN",
        "http://127.0.0.1:99999/T0KEN",
        "http://[::1/T0KEN",
        "http://a..b/T0KEN",
        "http://" + "a" * 70 + ".com/T0KEN",
        "http://nobody.invalid/T0KEN",
        "http://127.0.0.1:1/T0KEN",
        "file:///etc/T0KEN",
    ],
)
def test_urls_that_lead_nowhere_are_not_repeated_in_what_is_said(url: str) -> None:
    with pytest.raises(NoReply) as refused:
        post(url, b"", {}, _HERE, total_s=5)

    assert "T0KEN" not in str(refused.value)


def test_no_proxy_of_the_environment_comes_in_between(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert post(receiver.uri, b"", {}, _HERE).status == 200


def test_nothing_that_is_logged_or_kept_holds_the_secret_or_the_path(
    store: SqlStore, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    port = serve(b"HTTP/1.1 200 OK\r\n no colon\r\nfoo\r\n\r\nx")
    event = WebhookEvent("run", "created")
    hook = store.create_webhook("ci", f"http://127.0.0.1:{port}/T0KEN?key=T0KEN", [event], secret="h0sh-h0sh")
    sender = Sender(store, ["127.0.0.1"])

    outcomes = [sender.test(hook.webhook_id), sender.test(hook.webhook_id), Sender(store).test(hook.webhook_id)]

    assert [outcome.success for outcome in outcomes] == [True, False, False]
    assert "T0KEN" not in caplog.text + repr(outcomes)
    assert "h0sh" not in caplog.text + repr(outcomes) + repr(store.get_webhook(hook.webhook_id))


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for hooks.example.com, with its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl to make a certificate with")
    made = tmp_path / "both.pem"
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"),
            *("-subj", "/CN=x", "-addext", "subjectAltName=DNS:hooks.example.com"),
            *("-keyout", str(made), "-out", str(tmp_path / "cert.pem")),
        ],
        check=True,
        capture_output=True,
    )
    made.write_text(made.read_text() + (tmp_path / "cert.pem").read_text())
    return made


@pytest.mark.parametrize(
    ("host", "fault"),
    [("hooks.example.com", None), ("HOOKS.example.com.", None), ("other.example.com", "has no valid certificate")],
)
def test_over_tls_it_is_the_name_that_must_be_right(
    host: str, fault: str | None, serve: Serve, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(posting, "_tls", lambda: known)
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *args, **kw: real("127.0.0.1", *args, **kw))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    got: list[bytes] = []
    url = f"https://{host}:{serve(b'HTTP/1.1 200 OK' + bytes([13, 10, 13, 10]), tls=server, got=got)}/x"

    if fault is None:
        assert post(url, b"", {}, Allowed([host])).status == 200
        assert b"\r\nHost: hooks.example.com:" in got[0]
    else:
        with pytest.raises(NoReply, match=fault):
            post(url, b"", {}, Allowed([host]))


def test_a_certificate_that_nobody_knows_is_refused(
    serve: Serve, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *args, **kw: real("127.0.0.1", *args, **kw))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)

    with pytest.raises(NoReply, match="has no valid certificate"):
        post(f"https://hooks.example.com:{serve(b'', tls=server)}/", b"", {}, Allowed(["hooks.example.com"]))
