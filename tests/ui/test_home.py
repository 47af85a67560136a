"""The first page: experiments are made, renamed, deleted, brought back, opened together."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from tests.ui.conftest import Filled, Sight

from runstone import Client


def test_experiments_say_what_happened_in_them(sight: Sight, filled: Filled) -> None:
    Client(filled.uri).create_experiment("the newest")
    page = sight.go("/")

    tree = page.get_by_role("region", name="Experiments")
    expect(tree.get_by_role("listitem").filter(has_text=re.compile("^digits"))).to_contain_text("12 runs")
    page.get_by_role("combobox", name="Order").select_option("activity")
    expect(tree.get_by_role("listitem").first).to_contain_text("the newest")


def test_an_experiment_is_made_renamed_deleted_and_brought_back(sight: Sight) -> None:
    page = sight.go("/")
    tree = page.get_by_role("region", name="Experiments")
    sight.watch.allow("status of 400")

    page.get_by_role("button", name="New", exact=True).click()
    page.get_by_role("textbox", name="Name").fill("made here")
    page.get_by_role("button", name="Make it").click()
    expect(tree.get_by_role("link", name="made here")).to_be_visible()
    page.get_by_role("button", name="Actions on made here").click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_role("textbox", name="Name").fill("fraud")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_text("already exists").first).to_be_visible()
    page.get_by_role("textbox", name="Name").fill("renamed here")
    page.get_by_role("button", name="Rename").click()
    expect(tree.get_by_role("link", name="renamed here")).to_be_visible()

    page.get_by_role("button", name="Actions on renamed here").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(tree.get_by_role("link", name="renamed here")).to_have_count(0)
    page.get_by_text("1 deleted").click()
    page.get_by_role("button", name="Restore renamed here").click()
    expect(tree.get_by_role("link", name="renamed here")).to_be_visible()


def test_experiments_are_opened_together(sight: Sight, filled: Filled) -> None:
    page = sight.go("/")
    for name in ("vision/digits", "fraud"):
        page.get_by_role("checkbox", name=f"Select {name}").check()

    page.get_by_role("link", name="Open 2 experiments together").click()

    expect(page.get_by_role("heading", name="vision/digits · fraud")).to_be_visible()
    expect(page.get_by_role("grid", name="Runs")).to_have_attribute("aria-rowcount", "15")
