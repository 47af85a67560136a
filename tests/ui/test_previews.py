"""Files of many kinds, whole and broken, and how two runs differ in them."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect
from tests.ui.conftest import Filled, Sight, violations


def _file(sight: Sight, filled: Filled, path: str) -> Page:
    page = sight.go(f"/experiments/{filled.experiments['files']}")
    page.get_by_role("link", name="files-1").click()
    expect(page.get_by_role("heading", name="files-1")).to_be_visible()
    page.goto(f"{page.url}?tab=artifacts&path={quote(path)}")
    return page


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("data/rows.parquet", "5,000 rows, 2 columns; the first 1,000 rows are shown"),
        ("data/rows.arrow", "5,000 rows, 2 columns; the first 1,000 rows are shown"),
        ("data/arrays.npz", "<f8 (3, 3)"),
        ("data/model.safetensors", "layer.weight"),
        ("look.ipynb", "hello from a cell"),
        ("report.pdf", "1 page"),
        ("code/train.py", "return 1"),
    ],
)
def test_a_file_is_shown_as_what_it_is(sight: Sight, filled: Filled, path: str, shown: str) -> None:
    page = _file(sight, filled, path)

    expect(page.get_by_text(shown).first).to_be_visible()
    if path.endswith("pdf"):
        expect(page.get_by_role("img", name="Page 1")).to_be_visible()
    assert page.evaluate("typeof window.__pwned") == "undefined"
    assert violations(page) == []


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("broken/cut.parquet", "That did not work|This page failed"),
        ("broken/cut.npy", "ends in its header"),
        ("broken/claims.safetensors", "longer than the format allows"),
        ("broken/empty.pdf", "This page failed"),
        ("broken/model.pkl", "run code when they are"),
    ],
)
def test_a_broken_file_is_an_error_and_nothing_worse(sight: Sight, filled: Filled, path: str, said: str) -> None:
    # What reads a format says of a broken file that it is one.
    sight.watch.allow("Warning:|Invalid PDF|invalid")
    page = _file(sight, filled, path)

    expect(page.get_by_text(re.compile(said)).first).to_be_visible()
    expect(page.get_by_role("link", name="Download")).to_be_visible()


def test_code_that_was_not_committed_is_shown_as_a_diff(sight: Sight, filled: Filled) -> None:
    page = sight.go(f"/experiments/{filled.experiments['files']}")
    page.get_by_role("link", name="files-2").click()

    code = page.get_by_role("region", name="Code", exact=True)
    expect(code).to_contain_text("rate = 0.2")
    expect(code).to_contain_text("+1")


def test_two_runs_differ_in_code_packages_and_media(sight: Sight, filled: Filled) -> None:
    page = sight.go(f"/experiments/{filled.experiments['files']}")
    for run in ("files-1", "files-2"):
        page.get_by_role("checkbox", name=f"Select {run}").check()
    page.get_by_role("button", name="Compare").or_(page.get_by_role("link", name="Compare")).click()

    packages = page.get_by_role("region", name="Packages", exact=True)
    expect(packages).to_contain_text("1 package of 2 differ")
    expect(packages.get_by_role("row", name=re.compile("numpy"))).to_contain_text("2.1")
    texts = page.get_by_role("region", name="Code and other texts")
    texts.get_by_role("button", name="code/train.py").click()
    expect(texts).to_contain_text("return 1")
    expect(texts).to_contain_text("return 2")
    sight.shoot("diff")
    assert violations(page) == []
