"""A store that somebody filled to harm who looks at it."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect
from tests.ui.conftest import Filled, Sight
from tests.ui.filling import ATTACK_MODEL

ATTACK = "odd/<script>window.__pwned = 1</script>"


def _is_unharmed(sight: Sight) -> None:
    assert [frame.evaluate("typeof window.__pwned") for frame in sight.page.frames] == ["undefined"] * len(
        sight.page.frames
    )
    assert "/pwned" not in sight.page.url
    handlers = """[...document.querySelectorAll("*")]
        .flatMap(element => element.getAttributeNames()).filter(name => name.startsWith("on"))"""
    assert sight.page.evaluate(handlers) == []
    wider = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert sight.page.evaluate(wider) is False


@pytest.fixture(autouse=True)
def _what_is_sanitized_is_reported(sight: Sight) -> None:
    # Chromium says of a handler that it is blocked as soon as the text is parsed to be sanitized.
    sight.watch.allow("Executing inline event handler violates")


def test_names_values_and_numbers_are_only_shown(sight: Sight, filled: Filled) -> None:
    page = sight.go("/")
    expect(page.get_by_role("heading", name="Experiments")).to_be_visible()
    _is_unharmed(sight)

    sight.go(f"/experiments/{filled.experiments[ATTACK]}")
    expect(page.get_by_role("grid", name="Runs")).to_have_attribute("aria-rowcount", "3")
    page.get_by_role("link", name="onerror").wait_for()
    _is_unharmed(sight)
    sight.shoot("workspace")

    page.get_by_role("link", name="onerror").click()
    expect(page.get_by_role("region", name="Params")).to_contain_text("a long key")
    _is_unharmed(sight)


def test_a_page_that_was_uploaded_cannot_act(sight: Sight, filled: Filled) -> None:
    page = sight.go(f"/experiments/{filled.experiments[ATTACK]}")
    page.get_by_role("link", name="onerror").click()
    expect(page.get_by_role("region", name="Params")).to_be_visible()
    run_id = page.url.rpartition("/")[2].partition("?")[0]
    # The browser says what it did not let the page do.
    sight.watch.allow("Blocked|Refused|blocked|violates|sandbox|ERR_| csp$")

    for name in ("page.html", "picture.svg"):
        page.evaluate(
            "src => { const frame = document.createElement('iframe'); frame.src = src; document.body.append(frame) }",
            f"/api/v1/artifacts/{run_id}/content?path={name}",
        )
    page.wait_for_load_state("networkidle")

    assert len(page.frames) == 3
    _is_unharmed(sight)


def test_every_other_page_only_shows_what_is_hostile(sight: Sight, filled: Filled) -> None:
    page = sight.go(f"/experiments/{filled.experiments[ATTACK]}")
    table = page.get_by_role("grid", name="Runs")
    expect(table.get_by_role("checkbox").first).to_be_visible()
    page.get_by_role("button", name=re.compile("^(Views|kept)$")).click()
    _is_unharmed(sight)
    page.keyboard.press("Escape")

    for check in table.get_by_role("checkbox").all():
        check.check()
    page.get_by_role("button", name="Compare").or_(page.get_by_role("link", name="Compare")).click()
    expect(page.get_by_role("heading", name="Compare 2 runs")).to_be_visible()
    _is_unharmed(sight)

    sight.go(f"/models/{quote(ATTACK_MODEL, safe='')}")
    expect(page.get_by_role("table", name="Versions")).to_contain_text("Version 1")
    _is_unharmed(sight)
    page.get_by_role("link", name="Version 1").click()
    expect(page.get_by_role("region", name="What it is")).to_be_visible()
    _is_unharmed(sight)
    sight.go(f"/lineage?kind=model_version&id={quote(ATTACK_MODEL + '/1', safe='')}")
    expect(page.get_by_role("region", name="Graph")).to_be_visible()
    _is_unharmed(sight)

    page.keyboard.press("Control+k")
    page.get_by_role("dialog").get_by_role("combobox").fill("onerror")
    expect(page.get_by_role("dialog").get_by_role("option").first).to_be_visible()
    _is_unharmed(sight)


@pytest.mark.parametrize(
    "path",
    [
        "/compare?runs=a,b&all=3",
        "/compare?runs=%5B1%2C%7B%7D%5D",
        "/experiments/1?columns=a&zoom=4&extra=9&group=3&sort=%7B%7D&own=%5B%5D&split=NaN&widths=7",
        "/lineage?kind=nonsense&id=4",
        "/settings?tab=nonsense&of=4",
        "/runs/%3Cscript%3E?tab=9",
    ],
)
def test_an_address_that_makes_no_sense_breaks_nothing(sight: Sight, path: str) -> None:
    sight.watch.allow("status of 40[04]")
    page = sight.go(path)
    page.wait_for_load_state("networkidle")

    expect(page.get_by_text("This page failed")).to_have_count(0)
    expect(page.get_by_role("main")).not_to_be_empty()
