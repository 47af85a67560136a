"""The page of a run."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from tests.ui.conftest import Filled, Sight


def _open(sight: Sight, filled: Filled, experiment: str, run: str) -> Page:
    page = sight.go(f"/experiments/{filled.experiments[experiment]}")
    page.get_by_role("link", name=run, exact=True).click()
    expect(page.get_by_role("heading", name=run, exact=True)).to_be_visible()
    return page


def test_what_a_run_was_and_how_to_make_it_again(sight: Sight, filled: Filled) -> None:
    page = _open(sight, filled, "vision/digits", "lr0.1-s1")

    expect(page.get_by_role("region", name="Params")).to_contain_text("optimizer")
    expect(page.get_by_role("region", name="Metrics")).to_contain_text("train/loss")
    expect(page.get_by_role("region", name=re.compile("Make it again|Reproduce"))).to_be_visible()


def test_notes_and_tags_are_written_and_stay(sight: Sight, filled: Filled) -> None:
    page = _open(sight, filled, "fraud", "failed")

    page.get_by_role("button", name="Edit the notes").click()
    page.get_by_role("textbox", name="Notes, in Markdown").fill("# Why\n\nThe *disk* was full.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Why")).to_be_visible()
    page.get_by_role("button", name=re.compile("Add a tag")).click()
    page.get_by_role("textbox", name="Key").fill("cause")
    page.get_by_role("textbox", name="Value", exact=True).fill("disk")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Tags")).to_contain_text("cause")

    page.reload()
    expect(page.get_by_role("heading", name="Why")).to_be_visible()
    page.get_by_role("button", name="Remove the tag cause").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("region", name="Tags")).to_contain_text("disk")


def test_a_run_is_deleted_and_brought_back(sight: Sight, filled: Filled) -> None:
    page = _open(sight, filled, "fraud", "killed")

    page.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.get_by_text("This run is deleted.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_text("This run is deleted.")).to_have_count(0)


def test_what_it_printed_is_searched(sight: Sight, filled: Filled) -> None:
    page = _open(sight, filled, "vision/digits", "lr0.01-s2")
    page.get_by_role("link", name="Console").click()

    printed = page.get_by_label("What was printed", exact=True)
    expect(printed).to_contain_text("rate 0.01 seed 2")
    page.get_by_role("searchbox", name="Search what was printed").fill("seed 2")
    expect(page.get_by_text("1 of 1")).to_be_visible()


def test_files_are_shown_as_what_they_are(sight: Sight, filled: Filled) -> None:
    page = _open(sight, filled, "vision/media", "m1")
    page.get_by_role("link", name="Artifacts").click()

    page.get_by_role("searchbox", name="Find a file").fill("rows.csv")
    page.get_by_role("button", name=re.compile("rows.csv")).click()
    expect(page.get_by_role("grid", name="Rows")).to_contain_text("4")
    page.get_by_role("searchbox", name="Find a file").fill("tone")
    page.get_by_role("button", name=re.compile("tone.wav")).click()
    expect(page.locator("audio")).to_be_visible()
    page.get_by_role("searchbox", name="Find a file").fill("predictions")
    page.get_by_role("button", name=re.compile("predictions.json")).click()
    expect(page.get_by_text("columns")).to_be_visible()

    page.reload()
    expect(page.get_by_text("columns")).to_be_visible()


def test_runs_below_a_run(sight: Sight, filled: Filled) -> None:
    page = _open(sight, filled, "vision/media", "sweep")

    page.get_by_role("link", name="m2", exact=True).click()

    expect(page.get_by_role("heading", name="m2")).to_be_visible()
    expect(page.get_by_role("link", name="sweep", exact=True)).to_be_visible()
