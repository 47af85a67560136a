"""Every page, looked at by axe-core in light and in dark."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.ui.conftest import Filled, Sight, violations


@pytest.mark.usefixtures("scheme")
def test_the_first_page(sight: Sight) -> None:
    page = sight.go("/")
    expect(page.get_by_role("region", name="Recent").get_by_role("link").first).to_be_visible()

    assert violations(page) == []


@pytest.mark.usefixtures("scheme")
def test_a_workspace(sight: Sight, filled: Filled) -> None:
    page = sight.go(f"/experiments/{filled.experiments['vision/digits']}")
    expect(page.get_by_role("img", name="train/loss: ").locator("canvas")).to_be_visible()

    assert violations(page) == []


@pytest.mark.usefixtures("scheme")
@pytest.mark.parametrize("tab", ["", "?tab=charts"])
def test_a_run(sight: Sight, filled: Filled, tab: str) -> None:
    page = sight.go(f"/experiments/{filled.experiments['vision/digits']}")
    page.get_by_role("link", name="lr0.1-s0", exact=True).click()
    expect(page.get_by_role("region", name="Params")).to_be_visible()
    if tab:
        page.goto(page.url + tab)
        expect(page.get_by_role("img", name="train/loss: ").locator("canvas")).to_be_visible()

    assert violations(page) == []


@pytest.mark.usefixtures("scheme")
def test_the_palette(sight: Sight) -> None:
    page = sight.go("/")
    page.get_by_role("button", name=re.compile("Search")).click()
    expect(page.get_by_role("dialog").get_by_role("option").first).to_be_visible()

    assert violations(page) == []
