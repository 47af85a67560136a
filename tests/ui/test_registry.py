"""Registered models: versions, aliases that move, what changes by that, lineage."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.ui.conftest import Filled, Sight, violations

from runstone import Client


@pytest.mark.usefixtures("scheme")
def test_a_model_with_its_versions_and_where_its_aliases_pointed(sight: Sight) -> None:
    page = sight.go("/models")
    page.get_by_role("link", name="churn").click()

    row = page.get_by_role("table", name="Versions").get_by_role("row", name=re.compile("^Version 2"))
    expect(row).to_contain_text("@champion")
    expect(row).to_contain_text("train-2")
    expect(row).to_contain_text("0.86")
    history = page.get_by_role("region", name="Alias history")
    expect(history.get_by_role("listitem")).to_contain_text(
        ["@challenger → version 3", "@champion → version 2", "@champion → version 1"]
    )
    assert violations(page) == []


@pytest.mark.usefixtures("scheme")
def test_a_version_is_held_against_who_is_champion(sight: Sight) -> None:
    page = sight.go("/models/churn/3")

    against = page.get_by_role("region", name="Against @champion, version 2")
    expect(against.get_by_role("row", name=re.compile("^auc"))).to_contain_text("−0.02")
    expect(page.get_by_text("models:/churn@challenger").first).to_be_visible()
    assert violations(page) == []


def test_an_alias_is_moved_by_a_dialog_that_shows_what_changes(sight: Sight) -> None:
    page = sight.go("/models")
    name = "moved"
    page.get_by_role("button", name="New model").click()
    page.get_by_role("dialog").get_by_label("Name").fill(name)
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    for _ in range(2):
        page.get_by_role("button", name="New version").click()
        page.get_by_label("Files of a run").fill("s3://models/net")
        page.get_by_role("button", name="Register").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
    table = page.get_by_role("table", name="Versions")
    expect(table.get_by_role("row")).to_have_count(3)

    page.get_by_role("button", name="Move an alias").click()
    page.get_by_role("combobox", name="Version").select_option("1")
    page.get_by_role("button", name="Make version 1 @champion").click()
    expect(table.get_by_role("row", name=re.compile("^Version 1"))).to_contain_text("@champion")
    page.get_by_role("button", name="Move an alias").click()
    expect(page.get_by_text(f"Whoever loads models:/{name}@champion gets version 2")).to_be_visible()
    page.get_by_role("button", name="Move @champion from 1 to 2").click()
    expect(table.get_by_role("row", name=re.compile("^Version 2"))).to_contain_text("@champion")
    page.get_by_role("button", name="Undo").last.click()
    expect(table.get_by_role("row", name=re.compile("^Version 1"))).to_contain_text("@champion")
    expect(page.get_by_role("region", name="Alias history").get_by_role("listitem")).to_have_count(3)

    page.get_by_role("button", name="Delete the model").click()
    delete = page.get_by_role("dialog").get_by_role("button", name="Delete")
    expect(delete).to_be_disabled()
    page.get_by_label(f"Type {name}").fill(name)
    delete.click()
    expect(page.get_by_role("heading", name="Models")).to_be_visible()
    expect(page.get_by_role("link", name=name, exact=True)).to_have_count(0)


def test_what_a_run_made_is_registered_where_one_looks_at_it(sight: Sight, filled: Filled) -> None:
    client = Client(filled.uri)
    (run,) = client.search_runs([filled.experiments["churn"]], "attributes.run_name = 'train-2'")
    page = sight.go(f"/runs/{run.info.run_id}")
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Register a model").click()
    page.get_by_role("combobox", name="Registered as").fill("from a run")
    assert violations(page) == []
    page.get_by_role("button", name="Register").click()
    page.get_by_role("button", name="Show it").click()

    expect(page.get_by_role("heading", name="from a run")).to_be_visible()
    made = client.get_model_version("from a run", "1")
    assert (made.run_id, made.model_id) == (run.info.run_id, run.outputs.model_outputs[0].model_id)


@pytest.mark.usefixtures("scheme")
def test_lineage_is_followed_up_and_down(sight: Sight) -> None:
    page = sight.go("/models/churn/2")
    page.get_by_role("main").get_by_role("link", name="Lineage").click()

    graph = page.get_by_role("main")
    expect(graph.get_by_role("button", name=re.compile("model version")).first).to_be_visible()
    sight.shoot("first")
    page.get_by_role("button", name=re.compile("^logged model")).first.click()
    expect(page.get_by_role("button", name=re.compile("^run")).first).to_be_visible()
    assert violations(page) == []


def test_things_are_called_by_their_names_and_found_by_them(sight: Sight) -> None:
    page = sight.go("/lineage")
    page.get_by_role("searchbox", name="Find a dataset").fill("customers")
    page.get_by_role("button", name="dataset customers").click()

    graph = page.get_by_role("region", name="Graph")
    expect(graph.get_by_role("button", name="run train-3")).to_be_visible()
    graph.get_by_role("button", name="run train-3").click()
    expect(graph.get_by_role("button", name=re.compile("logged model"))).to_have_count(2)
    details = page.get_by_role("complementary", name="Details")
    expect(details).to_contain_text("train-3")
    page.get_by_role("combobox", name="Which side").select_option("up")
    expect(graph.get_by_role("button", name="run train-3")).to_have_count(0)
