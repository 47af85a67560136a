"""A store that somebody filled to harm who looks at it."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.ui.conftest import Filled, Sight

ATTACK = "odd/<script>window.__pwned = 1</script>"


def _is_unharmed(sight: Sight) -> None:
    assert [frame.evaluate("typeof window.__pwned") for frame in sight.page.frames] == ["undefined"] * len(
        sight.page.frames
    )
    assert "/pwned" not in sight.page.url
    wider = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert sight.page.evaluate(wider) is False


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
