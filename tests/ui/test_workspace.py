"""A workspace: its filter completed and built, views that are kept, names and notes changed in the table, keys."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from tests.ui.conftest import Filled, Sight, violations


def _open(sight: Sight, filled: Filled, experiment: str, search: str = "") -> Page:
    page = sight.go(f"/experiments/{filled.experiments[experiment]}{search}")
    expect(page.get_by_role("grid", name="Runs").get_by_role("checkbox").first).to_be_visible()
    return page


def test_a_filter_is_completed_while_it_is_typed(sight: Sight, filled: Filled) -> None:
    page = _open(sight, filled, "vision/digits")
    box = page.get_by_role("combobox", name="Filter runs")

    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.type("opt")
    expect(page.get_by_role("option", name="params.optimizer")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box).to_have_value("params.optimizer ")
    page.keyboard.type("= s")
    page.get_by_role("option", name="'sgd'").click()
    assert violations(page) == []
    page.keyboard.press("Enter")

    expect(page.get_by_role("grid", name="Runs")).to_have_attribute("aria-rowcount", "5")
    expect(box).to_have_value("params.optimizer = 'sgd'")


def test_a_condition_is_built(sight: Sight, filled: Filled) -> None:
    page = _open(sight, filled, "vision/digits")

    page.get_by_role("button", name="Add a condition").click()
    form = page.get_by_role("dialog", name="Add a condition")
    form.get_by_label("Of").select_option("params.seed")
    form.get_by_label("Is").select_option(">=")
    form.get_by_label("Value").fill("2")
    form.get_by_role("button", name="Add").click()

    expect(page.get_by_role("grid", name="Runs")).to_have_attribute("aria-rowcount", "7")


def test_a_view_is_kept_for_everybody_and_shared_by_its_address(sight: Sight, filled: Filled) -> None:
    page = _open(sight, filled, "vision/digits", "?filter=params.seed+%3D+0&logY=true")
    page.get_by_role("button", name="Views").click()
    page.get_by_role("textbox", name="Name of the view").fill("first seeds")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_role("button", name="Remove the view first seeds")).to_be_visible()

    page = _open(sight, filled, "vision/digits")
    page.get_by_role("button", name="Views").click()
    page.get_by_role("button", name="first seeds", exact=True).click()
    expect(page.get_by_role("grid", name="Runs")).to_have_attribute("aria-rowcount", "4")
    expect(page).to_have_url(re.compile("logY=true"))

    page.get_by_role("button", name="first seeds", exact=True).click()
    page.get_by_role("button", name="Remove the view first seeds").click()
    expect(page.get_by_text("No view of this experiment is kept yet")).to_be_visible()


def test_runs_are_renamed_coloured_and_written_about_in_the_table(sight: Sight, filled: Filled) -> None:
    page = _open(sight, filled, "vision/media", "?columns=%5B%22tags.mlflow.note.content%22%5D")
    row = page.get_by_role("row", name=re.compile("m0"))

    row.hover()
    row.get_by_role("button", name="Rename m0").click()
    page.get_by_role("textbox", name="Name of m0").fill("m0 again")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="m0 again")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="m0", exact=True)).to_be_visible()

    row.get_by_role("button", name="Write about m0").click()
    page.get_by_role("textbox", name="Notes, in Markdown").fill("the one to keep\nsince it is small")
    page.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("the one to keep")

    row.get_by_role("button", name="Colour of m0").click()
    page.get_by_role("button", name="#aa3377").click()
    expect(row.get_by_role("button", name="Colour of m0").locator("span")).to_have_css(
        "background-color", "rgb(170, 51, 119)"
    )


def test_everything_in_the_table_is_done_by_keys(sight: Sight, filled: Filled) -> None:
    page = _open(sight, filled, "vision/digits")
    table = page.get_by_role("grid", name="Runs")
    expect(table.get_by_role("link", name="lr0.001-s1")).to_be_visible()

    table.focus()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_role("toolbar", name="Selected runs")).to_contain_text("1 run")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="lr0.001-s1")).to_be_visible()

    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Go to the models")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_have_count(0)
    page.keyboard.type("gm")
    expect(page.get_by_role("heading", name="Models")).to_be_visible()


def test_table_and_charts_share_the_width(sight: Sight, filled: Filled) -> None:
    page = _open(sight, filled, "vision/digits")
    before = page.get_by_role("grid", name="Runs").bounding_box()

    page.get_by_role("separator").focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"split=0\.45"))

    after = page.get_by_role("grid", name="Runs").bounding_box()
    assert before
    assert after
    assert after["width"] > before["width"]


def test_a_phone_shows_all_of_it_without_scrolling_sideways(sight: Sight, filled: Filled) -> None:
    sight.page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/", f"/experiments/{filled.experiments['vision/digits']}", "/models/churn", "/settings", "/lineage"):
        page = sight.go(path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        sight.shoot(path.strip("/").replace("/", "-") or "home")
