"""What people do with the interface, done by a browser."""

from __future__ import annotations

import re
import subprocess
import sys

from playwright.sync_api import expect
from tests.ui.conftest import Filled, Sight


def test_from_the_tree_of_experiments_to_a_run(sight: Sight, filled: Filled) -> None:
    page = sight.go("/")

    page.get_by_role("searchbox", name="Filter experiments").fill("digi")
    page.get_by_role("link", name="vision/digits").first.click()
    expect(page.get_by_role("heading", name="vision/digits")).to_be_visible()
    expect(page.get_by_text("12 runs")).to_be_visible()
    page.get_by_role("link", name="lr0.1-s3", exact=True).click()

    expect(page.get_by_role("heading", name="lr0.1-s3")).to_be_visible()
    expect(page.get_by_role("region", name="Params")).to_contain_text("optimizer")


def test_recent_runs_stand_on_the_first_page(sight: Sight) -> None:
    page = sight.go("/")

    recent = page.get_by_role("region", name="Recent")
    expect(recent.get_by_role("link", name=re.compile("failed")).first).to_be_visible()


def test_the_palette_finds_a_run_by_its_name(sight: Sight) -> None:
    page = sight.go("/")
    expect(page.get_by_role("heading", name="Experiments")).to_be_visible()

    page.keyboard.press("Control+k")
    page.get_by_role("dialog").get_by_role("combobox").fill("lr0.01-s2")
    page.get_by_role("option", name=re.compile("lr0.01-s2")).wait_for()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="lr0.01-s2")).to_be_visible()


def test_runs_are_sorted_and_filtered_and_the_address_holds_it(sight: Sight, filled: Filled) -> None:
    page = sight.go(f"/experiments/{filled.experiments['vision/digits']}")
    table = page.get_by_role("grid", name="Runs")
    expect(table).to_have_attribute("aria-rowcount", "13")

    box = page.get_by_role("search").get_by_role("textbox").or_(page.get_by_role("search").get_by_role("combobox"))
    box.fill("params.lr = 0.01 AND params.seed < 2")
    box.press("Enter")
    expect(table).to_have_attribute("aria-rowcount", "3")

    page.reload()
    expect(table).to_have_attribute("aria-rowcount", "3")
    expect(page.get_by_role("link", name="lr0.01-s1", exact=True)).to_be_visible()


def test_a_wrong_filter_is_marked_where_it_is_wrong(sight: Sight, filled: Filled) -> None:
    sight.watch.allow("status of 400")
    page = sight.go(f"/experiments/{filled.experiments['vision/digits']}")

    box = page.get_by_role("search").get_by_role("textbox").or_(page.get_by_role("search").get_by_role("combobox"))
    box.fill("params.lr ~~ 3")
    box.press("Enter")

    expect(page.get_by_role("alert").first).to_be_visible()


def test_charts_are_drawn_and_zoomed(sight: Sight, filled: Filled) -> None:
    page = sight.go(f"/experiments/{filled.experiments['vision/digits']}")
    chart = page.get_by_role("img", name="train/loss: ")
    expect(chart.locator("canvas")).to_be_visible()
    sight.shoot("whole")

    area = chart.locator(".u-over").bounding_box()
    assert area
    y = area["y"] + area["height"] / 2
    page.mouse.move(area["x"] + area["width"] * 0.25, y)
    page.mouse.down()
    page.mouse.move(area["x"] + area["width"] * 0.5, y, steps=5)
    page.mouse.up()

    expect(page).to_have_url(re.compile("zoom="))


def test_a_point_that_is_logged_elsewhere_appears(sight: Sight, filled: Filled) -> None:
    program = (
        "import sys, runstone\n"
        "runstone.set_tracking_uri(sys.argv[1]); runstone.set_experiment('live')\n"
        "with runstone.start_run(run_name='follow me') as run:\n"
        "    runstone.log_metric('loss', 1.0, step=1)\n"
        "    print('begun', flush=True); input()\n"
        "    runstone.log_metric('loss', 0.25, step=2)\n"
        "    runstone.flush()\n"
        "    print('logged', flush=True); input()\n"
    )
    logging = subprocess.Popen(
        [sys.executable, "-c", program, str(filled.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with logging:
        assert logging.stdin
        assert logging.stdout
        assert logging.stdout.readline() == "begun\n"
        page = sight.go("/")
        page.get_by_role("region", name="Running").get_by_role("link", name=re.compile("follow me")).click()
        metrics = page.get_by_role("region", name="Metrics")
        expect(metrics).to_contain_text("loss")

        logging.stdin.write("\n")
        logging.stdin.flush()
        expect(metrics).to_contain_text("0.25")

        logging.stdin.write("\n")
        logging.stdin.flush()
        expect(page.get_by_text("finished", exact=True)).to_be_visible()


def test_addresses_that_mlflows_clients_print_lead_to_the_run(sight: Sight, filled: Filled) -> None:
    page = sight.go(f"/experiments/{filled.experiments['vision/digits']}")
    page.get_by_role("link", name="lr0.1-s0", exact=True).click()
    expect(page).to_have_url(re.compile("/runs/[0-9a-f]{32}"))
    run_id = page.url.rpartition("/")[2]

    page.goto("about:blank")
    sight.go(f"/#/experiments/1/runs/{run_id}")

    expect(page.get_by_role("heading", name="lr0.1-s0")).to_be_visible()


def test_what_is_not_there_is_said(sight: Sight) -> None:
    sight.watch.allow("status of 404")
    page = sight.go("/runs/" + "0" * 32)

    expect(page.get_by_role("alert")).to_contain_text("There is no such thing")


def test_the_colours_can_be_chosen_and_stay(sight: Sight) -> None:
    page = sight.go("/")
    page.get_by_role("button", name="Use dark colours").click()
    page.reload()

    expect(page.get_by_role("button", name="Use light colours")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
