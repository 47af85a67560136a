"""Settings: of a server that asks nobody who they are, and of one that has accounts."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.faults.server_processes import Server
from tests.ui.conftest import Sight, violations

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a server is at which ada is admin and bob may see."""
    store = tmp_path_factory.mktemp("accounts") / "store"
    for name, grant in (("ada", "admin"), ("bob", "viewer")):
        command = [sys.executable, "-m", "runstone", "users", "create", name, "-g", grant, "--store", str(store)]
        subprocess.run(command, check=True, input=PASSWORD + "\n", text=True, stdout=subprocess.DEVNULL)
    server = Server(Path(store))
    server.start()
    yield server.uri
    server.kill()


def _enter(sight: Sight, uri: str, name: str) -> Page:
    page = sight.page
    page.goto(uri + "/settings")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"You are {name}")).to_be_visible()
    return page


def test_an_open_server_says_how_to_have_accounts(sight: Sight) -> None:
    page = sight.go("/settings")

    expect(page.get_by_text("runstone users create YOU -g admin")).to_be_visible()
    page.get_by_role("link", name="Storage").click()
    expect(page.get_by_role("region", name="Store")).to_contain_text("SQLite")
    assert violations(page) == []


@pytest.mark.usefixtures("scheme")
def test_an_admin_makes_a_user_with_rights_on_some_experiments(sight: Sight, accounts: str) -> None:
    page = _enter(sight, accounts, "ada")
    page.get_by_role("link", name="Users").click()
    name = "eve-" + sight.name[-6:].strip("_").lower()

    page.get_by_role("button", name="New user").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill(name)
    dialog.get_by_label("Is a").select_option("service")
    dialog.get_by_label("Of what").select_option("experiment")
    dialog.get_by_label("Name, or the beginning").fill("fraud/*")
    assert violations(page) == []
    dialog.get_by_role("button", name="Make").click()

    row = page.get_by_role("row", name=re.compile(f"^{name}"))
    expect(row).to_contain_text("editor of experiments fraud/*")
    row.get_by_role("button", name=f"Actions on {name}").click()
    page.get_by_role("menuitem", name="Let in no longer").click()
    expect(row).to_contain_text("let in no longer")
    page.get_by_role("link", name="Audit log").click()
    log = page.get_by_role("region", name="What was done")
    expect(log.get_by_role("row", name=re.compile(f"ada.*update user.*{name}"))).to_be_visible()
    assert violations(page) == []


def test_a_token_is_shown_once_and_revoked(sight: Sight, accounts: str) -> None:
    page = _enter(sight, accounts, "bob")

    page.get_by_role("button", name="New token").click()
    page.get_by_label("What for").fill("nightly")
    page.get_by_role("button", name="Make it").click()
    secret = page.get_by_role("dialog").locator("pre").first.inner_text()
    answer = page.request.get(accounts + "/api/v1/me", headers={"Authorization": f"Bearer {secret}", "Cookie": ""})
    assert answer.json()["name"] == "bob"
    page.get_by_role("button", name="Done").click()
    assert secret not in page.content()

    page.get_by_role("button", name="Revoke nightly").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("button", name="Revoke nightly")).to_have_count(0)
    refused = page.request.get(accounts + "/api/v1/info", headers={"Authorization": f"Bearer {secret}", "Cookie": ""})
    assert refused.status == 401


def test_what_somebody_may_not_see_is_not_offered(sight: Sight, accounts: str) -> None:
    page = _enter(sight, accounts, "bob")

    expect(page.get_by_role("navigation", name="Settings").get_by_role("link")).to_have_text(["Account", "Storage"])
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()


def test_a_webhook_is_made_tried_and_removed(sight: Sight) -> None:
    page = sight.go("/settings?tab=webhooks")

    page.get_by_role("button", name="New webhook").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("deploy")
    dialog.get_by_label("Address").fill("https://receiver.invalid/hook")
    dialog.get_by_role("checkbox", name="model version alias created").check()
    dialog.get_by_role("button", name="Make").click()
    row = page.get_by_role("row", name=re.compile("^deploy"))
    expect(row).to_contain_text("model version alias created")

    row.get_by_role("button", name="Actions on deploy").click()
    page.get_by_role("menuitem", name="Send an example").click()
    expect(page.get_by_text("deploy: it does not work")).to_be_visible()
    row.get_by_role("link", name="deploy").click()
    expect(page.get_by_role("region", name="Delivered to deploy")).to_be_visible()
    assert violations(page) == []
    row.get_by_role("button", name="Actions on deploy").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)
