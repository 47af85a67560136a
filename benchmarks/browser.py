"""``python browser.py WHAT URL CONTENDER``: open a page in Debian's Chromium, several times, and print what it took.

Each time is a browser of its own, with nothing cached.  Times are the page's own clock from the beginning of the
navigation.  *Interactive* is the end of the last long task (over 50 ms, w3.org/TR/longtasks) or answer before a second
in which there was neither.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

OPENINGS = 5
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
_FLAGS += ["--disable-component-update", "--disable-sync", "--enable-precise-memory-info"]

ROWS = {
    "runstone": '[role="grid"] [role="row"] a[href^="/runs/"]',
    "mlflow": 'a[href*="/runs/"]',
    "aim": 'a[href*="/runs/"]',
}
CHARTS = {
    "runstone": '[role="img"][aria-label^="loss: 100 lines"] canvas',
    "mlflow": ".js-plotly-plot .scatterlayer .trace path.js-line",
}
_WATCH = """(selector) => {
  window.__bench = {first: null, last: 0};
  new PerformanceObserver(list => { for (const e of list.getEntries())
    window.__bench.last = Math.max(window.__bench.last, e.startTime + e.duration) }).observe({type: 'longtask', buffered: true});
  new PerformanceObserver(list => { for (const e of list.getEntries())
    if (!e.name.includes('/events')) window.__bench.last = Math.max(window.__bench.last, e.responseEnd) }).observe({type: 'resource', buffered: true});
  const look = () => {
    if (document.querySelector(selector)) requestAnimationFrame(() => { window.__bench.first = performance.now() });
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
_AT_REST = """() => window.__bench?.first != null
  && performance.now() - Math.max(window.__bench.last, window.__bench.first) > 1000"""
_SCRIPTS = """() => performance.getEntriesByType('resource')
  .filter(e => new URL(e.name).pathname.endsWith('.js')).reduce((sum, e) => sum + e.encodedBodySize, 0)"""
_FRAMES = """() => { window.__frames = []; let before = performance.now(); window.__watching = true;
  const next = now => { window.__frames.push(now - before); before = now; if (window.__watching) requestAnimationFrame(next) };
  requestAnimationFrame(next) }"""


def _opened(browser: Browser, url: str, selector: str) -> Page:
    """Return a page at rest."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.set_default_timeout(180_000)
    page.add_init_script(f"({_WATCH})({json.dumps(selector)})")
    page.goto(url, wait_until="commit")
    give_up = time.monotonic() + 180
    # Asked from outside: the pages' policy lets no text become a function.
    while not page.evaluate(_AT_REST):
        assert time.monotonic() < give_up, "the page did not come to rest"
        time.sleep(0.1)
    return page


def _frames(page: Page, work: Callable[[], None]) -> tuple[float, float]:
    """Return median and 99th percentile of the times between frames while something is done."""
    page.evaluate(_FRAMES)
    work()
    taken = sorted(page.evaluate("() => { window.__watching = false; return window.__frames.slice(2) }"))
    return statistics.median(taken), taken[int(0.99 * (len(taken) - 1))]


def _table(browser: Browser, url: str, contender: str) -> dict[str, float]:
    page = _opened(browser, url, ROWS[contender])
    bench = page.evaluate("window.__bench")
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")["usedSize"]
    row = page.locator(ROWS[contender]).nth(3).bounding_box()
    assert row
    page.mouse.move(row["x"] + 40, row["y"] + 8)

    def scroll() -> None:
        for _ in range(100):
            page.mouse.wheel(0, 700)

    frame, frame_p99 = _frames(page, scroll)
    return {
        "rows_ms": bench["first"],
        "interactive_ms": max(bench["first"], bench["last"]),
        "script_kib": page.evaluate(_SCRIPTS) / 1024,
        "heap_mib": heap / 2**20,
        "frame_ms": frame,
        "frame_p99_ms": frame_p99,
    }


def _chart(browser: Browser, url: str, contender: str) -> dict[str, float]:
    page = _opened(browser, url, CHARTS[contender])
    bench = page.evaluate("window.__bench")
    figures = {"chart_ms": bench["first"], "interactive_ms": max(bench["first"], bench["last"])}
    place = page.locator(".u-over" if contender == "runstone" else ".js-plotly-plot .nsewdrag").first
    place.scroll_into_view_if_needed()
    area = place.bounding_box()
    assert area
    y = area["y"] + area["height"] / 2

    def hover() -> None:
        for at in range(150):
            page.mouse.move(area["x"] + area["width"] * (0.1 + 0.8 * at / 150), y + at % 20)

    figures["hover_frame_ms"], figures["hover_frame_p99_ms"] = _frames(page, hover)
    if contender != "runstone":
        return figures
    page.mouse.move(area["x"] + area["width"] * 0.4, y)
    page.mouse.down()
    page.mouse.move(area["x"] + area["width"] * 0.5, y, steps=5)
    page.evaluate("window.__began = performance.now()")
    with page.expect_response(lambda answer: answer.url.endswith("/series/read")):
        page.mouse.up()
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    figures["zoom_ms"] = page.evaluate("performance.now() - window.__began")
    page.keyboard.down("Shift")
    page.mouse.move(area["x"] + area["width"] * 0.3, y)
    page.mouse.down()

    def pan() -> None:
        for at in range(100):
            page.mouse.move(area["x"] + area["width"] * (0.3 + 0.4 * at / 100), y)

    figures["pan_frame_ms"], figures["pan_frame_p99_ms"] = _frames(page, pan)
    page.mouse.up()
    page.keyboard.up("Shift")
    return figures


def main() -> None:
    """Measure, and print medians as JSON."""
    what, url, contender = sys.argv[1:]
    measure: Any = {"table": _table, "chart": _chart}[what]
    taken: list[dict[str, float]] = []
    with sync_playwright() as playwright:
        for _ in range(OPENINGS):
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=_FLAGS)
            taken.append(measure(browser, url, contender))
            browser.close()
    print(json.dumps({name: statistics.median(one[name] for one in taken) for name in taken[0]}))


if __name__ == "__main__":
    main()
