"""A real browser before a real server on a store that the SDK filled."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright
from tests.faults.server_processes import Server

from runstone.store.open import open_store

ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "build" / "test-results" / "ui"
AXE = ROOT / "ui" / "node_modules" / "axe-core" / "axe.min.js"
# Safe as root, and silent: a browser of tests looks nothing up and calls nobody.
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_VIEWPORT = {"width": 1280, "height": 800}
_PATIENCE_MS = 20_000
# A busy machine is slow, not wrong.
expect.set_options(timeout=_PATIENCE_MS)


class Filled(NamedTuple):
    """A server on the store, and what is in that."""

    uri: str
    folder: Path
    experiments: dict[str, str]


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """A server on a filled store; tests that change it make runs and experiments of their own."""
    folder = tmp_path_factory.mktemp("ui") / "store"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("RUNSTONE_", "MLFLOW_"))}
    environment["RUNSTONE_CAPTURE"] = "console"
    subprocess.run(
        [sys.executable, str(Path(__file__).with_name("filling.py")), str(folder)], check=True, env=environment
    )
    store = open_store(str(folder))
    experiments = {one.name: one.experiment_id for one in store.search_experiments()}
    store.close()
    server = Server(folder)
    server.start()
    yield Filled(server.uri, folder, experiments)
    server.kill()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; not for longer than a file, since no event loop can run in this thread meanwhile."""
    path = shutil.which("chromium")
    assert path, "the tests of the web interface need Chromium: install the package chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


class Watch:
    """What must not happen while a page is open."""

    def __init__(self, page: Page) -> None:
        self.wrong: list[str] = []
        self.allowed: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        page.on("requestfailed", self._failed)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.wrong.append(f"console: {message.text} ({message.location['url']})")

    def _failed(self, request: Request) -> None:
        # What a page does not want any more, it gives up.
        if request.failure != "net::ERR_ABORTED":
            self.wrong.append(f"request: {request.url} {request.failure}")

    def allow(self, pattern: str) -> None:
        """Let messages pass that a test provokes."""
        self.allowed.append(pattern)

    def check(self) -> None:
        """Fail if anything went wrong."""
        left = [one for one in self.wrong if not any(re.search(pattern, one) for pattern in self.allowed)]
        assert left == []


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    """Both sets of colours, for tests that look at them."""
    return str(request.param)


class Sight(NamedTuple):
    """An open page with what watches it."""

    page: Page
    watch: Watch
    uri: str
    name: str

    def go(self, path: str) -> Page:
        """Open an address of the server."""
        self.page.goto(self.uri + path)
        return self.page

    def shoot(self, what: str = "") -> None:
        """Keep a picture of the page."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.wait_for_load_state()
        self.page.screenshot(path=str(SHOTS / f"{self.name}{what and '-' + what}.png"))


@pytest.fixture
def sight(browser: Browser, filled: Filled, request: pytest.FixtureRequest) -> Iterator[Sight]:
    """A page of a browser on which nothing may go wrong; its picture is kept."""
    chosen = request.node.callspec.params.get("scheme", "light") if hasattr(request.node, "callspec") else "light"
    context = browser.new_context(viewport=_VIEWPORT, color_scheme=chosen)  # type: ignore[arg-type]  # one of two
    page = context.new_page()
    page.set_default_timeout(_PATIENCE_MS)
    watch = Watch(page)
    name = re.sub(r"[^\w.-]+", "_", request.node.name)
    seen = Sight(page, watch, filled.uri, name)
    yield seen
    seen.shoot()
    context.close()
    watch.check()


def violations(page: Page) -> list[str]:
    """Return what axe-core finds seriously wrong with how a page can be used."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {one['help']}: {json.dumps([node['html'][:200] for node in one['nodes'][:3]])}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
