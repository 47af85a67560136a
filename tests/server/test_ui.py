"""The files of the web interface as the server answers them."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from runstone.blobs.local import LocalBlobs
from runstone.server import ui
from runstone.server.app import create_app
from runstone.server.backend import open_backend
from runstone.server.guard import LOOPBACK, Guard
from runstone.store.open import open_store
from runstone.testing.serving import serving

ROUTER = Path(__file__).parents[2] / "ui" / "src" / "app" / "router.tsx"


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "web"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Built</title>")
    (folder / "assets" / "index-1234.js").write_text("console.log('x')" * 100)
    monkeypatch.setattr(ui, "BUILT", folder)
    ui._files.cache_clear()
    yield folder
    ui._files.cache_clear()


@pytest.fixture
def uri(tmp_path: Path) -> Iterator[str]:
    store = open_store(str(tmp_path / "store"))
    app = create_app(open_backend(store, LocalBlobs(tmp_path / "store" / "blobs")))
    with serving(Guard(app, LOOPBACK)) as front:
        yield front.uri
    store.close()


def _get(url: str, encoding: str = "identity") -> urllib3.BaseHTTPResponse:
    return urllib3.request("GET", url, headers={"Accept-Encoding": encoding}, decode_content=False, retries=False)


@pytest.mark.parametrize("path", ["/", "/experiments/1", "/runs/x?tab=charts", "/models/a%2Fb/3", "/settings"])
def test_a_page_is_one_document_under_a_strict_policy(built: Path, uri: str, path: str) -> None:
    answer = _get(uri + path)

    assert answer.status == 200
    assert answer.data == (built / "index.html").read_bytes()
    assert answer.headers["Content-Type"].startswith("text/html")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-cache"


def test_an_asset_is_kept_by_browsers_and_comes_packed(built: Path, uri: str) -> None:
    plain, packed = _get(f"{uri}/assets/index-1234.js"), _get(f"{uri}/assets/index-1234.js", "gzip, br")

    assert plain.data == gzip.decompress(packed.data) == (built / "assets" / "index-1234.js").read_bytes()
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "immutable" in plain.headers["Cache-Control"]
    assert plain.headers["Content-Type"].startswith("text/javascript")


@pytest.mark.parametrize("name", ["other.js", "..%2Findex.html", "%2e%2e/index.html", "..%2f..%2fui.py", "index.html"])
def test_only_what_the_build_made_is_there(built: Path, uri: str, name: str) -> None:
    answer = _get(f"{uri}/assets/{name}")

    assert answer.status == 404
    assert b"Built" not in answer.data
    assert b"import" not in answer.data


def test_without_a_build_a_page_says_how_to_log(tmp_path: Path, uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui, "BUILT", tmp_path / "nowhere")
    ui._files.cache_clear()

    answer = _get(f"{uri}/")
    ui._files.cache_clear()

    assert answer.status == 200
    assert b"RUNSTONE_TRACKING_URI" in answer.data


def test_every_page_of_the_interface_has_an_address_here() -> None:
    paths = re.findall(r'path: "/([^/"]*)', ROUTER.read_text("utf-8"))

    assert set(paths) - {""} == set(ui.SECTIONS)
