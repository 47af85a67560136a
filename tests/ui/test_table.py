"""The table of runs: groups, many runs at once, columns."""

from __future__ import annotations

import json
import re

from playwright.sync_api import expect
from tests.ui.conftest import Filled, Sight


def test_seeds_fold_into_one_row_with_their_interval(sight: Sight, filled: Filled) -> None:
    page = sight.go(f"/experiments/{filled.experiments['vision/digits']}?layout=table")

    page.get_by_role("button", name="Group").click()
    page.get_by_role("checkbox", name="lr", exact=True).check()
    page.keyboard.press("Escape")

    table = page.get_by_role("grid", name="Runs")
    expect(table).to_have_attribute("aria-rowcount", "4")
    row = table.get_by_role("row", name=re.compile(r"lr 0\.001"))
    # Scores of 0.999, 1, 1.001 and 1.002: their mean, and Student's t with three degrees of freedom.
    expect(row).to_contain_text("1.0005")
    expect(row).to_contain_text("±")
    sight.shoot("groups")
    row.get_by_role("button", name=re.compile(r"^lr 0\.001")).click()
    expect(table.get_by_role("link", name="lr0.001-s3", exact=True)).to_be_visible()


def test_many_runs_are_tagged_deleted_and_brought_back(sight: Sight, filled: Filled) -> None:
    page = sight.go(f"/experiments/{filled.experiments['churn']}")
    table = page.get_by_role("grid", name="Runs")
    table.get_by_role("checkbox", name=re.compile("train-1")).check()
    table.get_by_role("checkbox", name=re.compile("train-2")).check()
    bar = page.get_by_role("toolbar", name="Selected runs")
    expect(bar).to_contain_text("2 runs")

    bar.get_by_role("button", name="Delete").click()
    expect(table).to_have_attribute("aria-rowcount", "2")
    page.get_by_role("button", name="Undo").click()
    expect(table).to_have_attribute("aria-rowcount", "4")


def test_selected_runs_are_saved_as_json(sight: Sight, filled: Filled) -> None:
    page = sight.go(f"/experiments/{filled.experiments['vision/digits']}?columns=%5B%22params.lr%22%5D")
    table = page.get_by_role("grid", name="Runs")
    table.get_by_role("checkbox", name=re.compile("lr0.1-s0")).check()

    page.get_by_role("toolbar", name="Selected runs").get_by_role("button", name="Export").click()
    with page.expect_download() as saved:
        page.get_by_role("menuitem", name="JSON of these columns").click()

    [run] = json.loads(saved.value.path().read_text("utf-8"))
    assert run["params.lr"] == 0.1


def test_columns_are_chosen_and_pinned(sight: Sight, filled: Filled) -> None:
    page = sight.go(f"/experiments/{filled.experiments['vision/digits']}?layout=table")
    table = page.get_by_role("grid", name="Runs")

    page.get_by_role("button", name="Columns").click()
    page.get_by_role("button", name="None", exact=True).click()
    page.get_by_role("searchbox", name="Find a column").fill("val/acc")
    page.get_by_role("checkbox", name=re.compile("accuracy")).check()
    page.keyboard.press("Escape")

    expect(table.get_by_role("columnheader", name=re.compile("accuracy"))).to_be_visible()
    expect(table.get_by_role("columnheader", name=re.compile("Status"))).to_have_count(0)
    page.reload()
    expect(table.get_by_role("columnheader", name=re.compile("accuracy"))).to_be_visible()
