"""Charts of a workspace: groups, legends, settings, moving about, files."""

from __future__ import annotations

import re
import subprocess
import sys
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.ui.conftest import Filled, Sight

BY_RATE = quote('["params.lr"]')


def _chart(page: Page, metric: str) -> Locator:
    chart = page.get_by_role("img", name=f"{metric}: ")
    expect(chart.locator("canvas")).to_be_visible()
    return chart


def _panel(page: Page, metric: str) -> Locator:
    return page.locator(f"[data-panel='{metric}']")


def test_groups_are_means_with_their_interval(sight: Sight, filled: Filled) -> None:
    page = sight.go(f"/experiments/{filled.experiments['vision/digits']}?layout=charts&group={BY_RATE}")

    expect(page.get_by_role("img", name="train/loss: 3 lines")).to_be_visible()
    chart = _chart(page, "score")
    area = chart.bounding_box()
    assert area
    page.mouse.move(area["x"] + area["width"] / 2 + 20, area["y"] + 20)
    # Four seeds of 0.999 to 1.002, and Student's t with three degrees of freedom.
    expect(_panel(page, "score")).to_contain_text("1.0005")
    expect(_panel(page, "score")).to_contain_text("0.9984 to 1.003, n=4")


def test_a_legend_hides_a_run_and_shows_one_alone(sight: Sight, filled: Filled) -> None:
    page = sight.go(f"/experiments/{filled.experiments['vision/digits']}?layout=charts")
    expect(page.get_by_role("img", name="train/loss: 12 lines")).to_be_visible()
    legend = _panel(page, "train/loss").get_by_role("list", name="Lines")

    legend.get_by_role("button", name="lr0.001-s2").click()
    expect(page.get_by_role("img", name="train/loss: 11 lines")).to_be_visible()
    legend.get_by_role("button", name="lr0.001-s3").click(modifiers=["Shift"])
    expect(page.get_by_role("img", name="val/accuracy: 1 lines")).to_be_visible()


def test_settings_of_all_charts_and_of_one(sight: Sight, filled: Filled) -> None:
    page = sight.go(f"/experiments/{filled.experiments['vision/digits']}?layout=charts")
    _chart(page, "train/loss")

    page.get_by_role("button", name="Chart settings").click()
    page.get_by_role("combobox", name="X", exact=True).select_option("metric val/accuracy")
    expect(page.get_by_role("img", name="train/loss: 12 lines over val/accuracy")).to_be_visible()
    page.get_by_role("combobox", name="X", exact=True).select_option("relative")
    page.get_by_role("checkbox", name="Leave outliers outside").check()
    page.keyboard.press("Escape")
    expect(_panel(page, "train/loss")).to_contain_text("points outside")

    page.get_by_role("button", name="Menu of train/loss").click()
    page.get_by_role("menuitem", name="Settings").click()
    page.get_by_label("Highest y").fill("100")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(_panel(page, "train/loss")).not_to_contain_text("points outside")
    page.reload()
    expect(page.get_by_role("img", name="train/loss: 12 lines over after")).to_be_visible()
    expect(_panel(page, "train/loss")).not_to_contain_text("points outside")


def test_what_is_shown_is_moved_by_keys(sight: Sight, filled: Filled) -> None:
    page = sight.go(f"/experiments/{filled.experiments['vision/digits']}?layout=charts")
    chart = _chart(page, "train/loss")

    chart.focus()
    with page.expect_request(lambda request: request.url.endswith("/series/read")) as finer:
        page.keyboard.press("+")
    asked = finer.value.post_data_json
    assert asked is not None
    assert 0 < asked["start_step"] < asked["end_step"] < 400
    expect(page).to_have_url(re.compile("zoom="))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("0")
    expect(page).not_to_have_url(re.compile("zoom="))


def test_charts_are_moved_left_out_and_brought_back(sight: Sight, filled: Filled) -> None:
    page = sight.go(f"/experiments/{filled.experiments['vision/digits']}?layout=charts")
    _chart(page, "score")

    page.get_by_role("button", name="Menu of score").click()
    page.get_by_role("menuitem", name="Leave it out").click()
    expect(_panel(page, "score")).to_have_count(0)
    page.get_by_role("button", name="Chart settings").click()
    page.get_by_role("button", name="Show 1 chart again").click()
    expect(_panel(page, "score")).to_have_count(1)


def test_a_chart_is_saved_as_table_and_pictures(sight: Sight, filled: Filled) -> None:
    page = sight.go(f"/experiments/{filled.experiments['vision/digits']}?layout=charts&group={BY_RATE}")
    _chart(page, "score")

    saved = {}
    for kind in ("CSV", "SVG", "PNG"):
        page.get_by_role("button", name="Menu of score").click()
        with page.expect_download() as download:
            page.get_by_role("menuitem", name=f"Save as {kind}").click()
        saved[kind] = download.value.path().read_bytes()

    header, *rows = saved["CSV"].decode().splitlines()
    assert header == "run_id,name,step,score,before_smoothing,band_lower,band_upper,n"
    assert len(rows) == 3
    assert saved["SVG"].startswith(b"<svg")
    assert saved["PNG"].startswith(b"\x89PNG")


def test_new_points_come_while_a_chart_stays_where_it_was_zoomed_to(sight: Sight, filled: Filled) -> None:
    program = (
        "import sys, runstone\n"
        "runstone.set_tracking_uri(sys.argv[1]); runstone.set_experiment('live chart')\n"
        "with runstone.start_run(run_name='growing') as run:\n"
        "    runstone.log_series('loss', [1.0] * 50, steps=range(0, 100, 2))\n"
        "    runstone.flush(); print(run.info.experiment_id, flush=True)\n"
        "    for line in sys.stdin:\n"
        "        runstone.log_metric('loss', 7.5, step=int(line)); runstone.flush()\n"
    )
    logging = subprocess.Popen(
        [sys.executable, "-c", program, str(filled.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with logging:
        assert logging.stdin
        assert logging.stdout
        experiment_id = logging.stdout.readline().strip()
        page = sight.go(f"/experiments/{experiment_id}?layout=charts&zoom={quote('[20,40]')}")
        area = _chart(page, "loss").bounding_box()
        assert area
        # The first may come because the page reads everything when it begins to listen; the second was heard of.
        for step, x in ((31, 36), (33, 68)):
            page.mouse.move(area["x"] + area["width"] / 2 + x, area["y"] + area["height"] / 2)
            expect(_panel(page, "loss")).to_contain_text("growing")
            expect(_panel(page, "loss")).not_to_contain_text("7.5")
            logging.stdin.write(f"{step}\n")
            logging.stdin.flush()
            expect(_panel(page, "loss")).to_contain_text("7.5")
        expect(page).to_have_url(re.compile("zoom="))


def test_a_chart_is_made_larger_by_its_corner(sight: Sight, filled: Filled) -> None:
    page = sight.go(f"/experiments/{filled.experiments['vision/digits']}?layout=charts")
    _chart(page, "score")
    panel = _panel(page, "score")
    before = panel.bounding_box()
    corner = panel.get_by_role("button", name="Size of score").bounding_box()
    assert before
    assert corner

    page.mouse.move(corner["x"] + 8, corner["y"] + 8)
    page.mouse.down()
    page.mouse.move(corner["x"] + before["width"], corner["y"] + 108, steps=4)
    page.mouse.up()

    after = panel.bounding_box()
    assert after
    assert after["width"] > 1.8 * before["width"]
    assert after["height"] == pytest.approx(before["height"] + 100, abs=3)
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile("span"))
    page.reload()
    _chart(page, "score")
    reloaded = panel.bounding_box()
    assert reloaded
    assert reloaded["width"] == pytest.approx(before["width"], abs=2)
    assert reloaded["height"] == pytest.approx(after["height"], abs=2)
