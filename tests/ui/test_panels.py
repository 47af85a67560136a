"""Panels that somebody adds to a workspace."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Locator, expect
from tests.ui.conftest import Filled, Sight, violations

OF_NUMBERS: list[dict[str, Any]] = [
    {"id": "a", "kind": "spread", "shape": "bar", "y": "metrics.score", "by": "params.lr"},
    {"id": "b", "kind": "spread", "shape": "violin", "y": "metrics.score", "by": "params.lr", "title": "Violins"},
    {"id": "c", "kind": "scatter", "x": "params.lr", "y": "metrics.score", "logX": True, "colour": "params.optimizer"},
    {"id": "d", "kind": "parallel", "axes": ["params.lr", "params.optimizer", "metrics.score"]},
    {"id": "e", "kind": "importance", "y": "metrics.score"},
    {"id": "f", "kind": "markdown", "text": "# Seen\n\nA *spike* at 200. <img src=x onerror=window.__pwned=1>"},
    {"id": "g", "kind": "vega", "spec": '{"mark": "point", "encoding": {"x": {"field": "params.lr"}}}'},
]
OF_FILES: list[dict[str, Any]] = [
    {"id": "a", "kind": "histogram", "path": "histograms/weights/*.json", "style": "ridges"},
    {"id": "b", "kind": "media", "media": "image", "path": "images/samples/digit/*.png"},
    {"id": "c", "kind": "media", "media": "audio", "path": "sound/tone.wav"},
    {"id": "d", "kind": "media", "media": "table", "path": "predictions.json"},
    {"id": "e", "kind": "media", "media": "plot", "path": "plots/bars.vl.json"},
]


def _address(experiment_id: str, panels: list[dict[str, Any]]) -> str:
    return f"/experiments/{experiment_id}?layout=charts&extra={quote(json.dumps(panels))}"


def _panel(sight: Sight, kind: str, at: int = 0) -> Locator:
    found = sight.page.locator(f"[data-extra-panel={kind}]").nth(at)
    found.scroll_into_view_if_needed()
    return found


def test_numbers_of_runs_as_bars_violins_points_lines_and_importance(sight: Sight, filled: Filled) -> None:
    sight.go(_address(filled.experiments["vision/digits"], OF_NUMBERS))

    expect(_panel(sight, "spread")).to_contain_text("95 % interval by Student’s t · 12 runs")
    expect(_panel(sight, "spread", 1).locator("canvas")).to_be_visible()
    expect(_panel(sight, "scatter")).to_contain_text("adam")
    expect(_panel(sight, "parallel").locator("canvas").first).to_be_visible()
    expect(_panel(sight, "importance").get_by_role("row", name=re.compile("^lr"))).to_be_visible()
    expect(_panel(sight, "markdown").get_by_role("heading", name="Seen")).to_be_visible()
    expect(_panel(sight, "vega").locator("canvas").first).to_be_visible()
    assert sight.page.evaluate("typeof window.__pwned") == "undefined"
    assert violations(sight.page) == []


def test_what_runs_logged_stands_side_by_side_at_a_step(sight: Sight, filled: Filled) -> None:
    sight.go(_address(filled.experiments["vision/media"], OF_FILES))

    pictures = _panel(sight, "media").get_by_role("img")
    expect(pictures).to_have_count(3)
    last = pictures.first.get_attribute("src")
    slider = _panel(sight, "media").get_by_role("slider")
    slider.fill("0")
    expect(pictures.first).not_to_have_attribute("src", last or "")
    expect(_panel(sight, "histogram").locator("canvas").first).to_be_visible()
    expect(_panel(sight, "media", 1).locator("audio")).to_have_count(3)
    expect(_panel(sight, "media", 2).get_by_role("columnheader", name="score")).to_have_count(3)
    expect(_panel(sight, "media", 3).locator("canvas").first).to_be_visible()


@pytest.mark.parametrize(
    ("panels", "kind", "at", "says"),
    [
        (OF_NUMBERS, "spread", 0, "0.1"),
        (OF_NUMBERS, "scatter", 0, "0.01"),
        (OF_NUMBERS, "parallel", 0, "optimizer"),
        (OF_NUMBERS, "vega", 0, "params.lr"),
        (OF_FILES, "histogram", 0, "40"),
    ],
)
def test_a_panel_becomes_a_drawing(
    sight: Sight, filled: Filled, panels: list[dict[str, Any]], kind: str, at: int, says: str
) -> None:
    experiment = "vision/digits" if panels is OF_NUMBERS else "vision/media"
    page = sight.go(_address(filled.experiments[experiment], panels))
    panel = _panel(sight, kind, at)
    expect(panel.locator("canvas").first).to_be_visible()

    with page.expect_download() as saved:
        panel.get_by_role("button", name="Panel menu").click()
        page.get_by_role("menuitem", name="Save as SVG").click()

    svg = saved.value.path().read_text("utf-8")
    texts = [element.text or "" for element in ElementTree.fromstring(svg).iter() if element.tag.endswith("}text")]
    assert any(says in text for text in texts[1:]), texts


def test_a_panel_is_added_edited_moved_removed_and_brought_back(sight: Sight, filled: Filled) -> None:
    page = sight.go(f"/experiments/{filled.experiments['vision/digits']}?layout=charts")

    page.get_by_role("button", name="Add panel").click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Scatter")).click()
    page.get_by_role("combobox", name="X").select_option("params.lr")
    page.get_by_role("combobox", name="Y").select_option("metrics.score")
    page.get_by_role("button", name="Add", exact=True).click()
    panel = page.get_by_role("article", name="score over lr")
    expect(panel.locator("canvas")).to_be_visible()
    page.reload()
    expect(panel.locator("canvas")).to_be_visible()

    panel.get_by_role("button", name="Panel menu").click()
    page.get_by_role("menuitem", name="Remove").click()
    expect(panel).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(panel).to_be_visible()

    with page.expect_download() as saved:
        panel.get_by_role("button", name="Panel menu").click()
        page.get_by_role("menuitem", name="Save as CSV").click()
    lines = saved.value.path().read_text("utf-8").splitlines()
    assert lines[0] == "run_id,run_name,params.lr,metrics.score"
    assert len(lines) == 13
