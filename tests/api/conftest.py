"""Snapshots: reviewed files that a test compares with, and rewrites when asked to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-snapshots", action="store_true", help="rewrite the snapshot files of tests/api")


@pytest.fixture
def check_snapshot(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compares a text with the snapshot of a name."""
    # Absent where the tests are run from above this folder, and the option was not known in time.
    update = request.config.getoption("--update-snapshots", default=False)

    def check(name: str, text: str) -> None:
        path = HERE / name
        if update:
            path.write_text(text, encoding="utf-8")
        assert path.read_text("utf-8").splitlines() == text.splitlines(), "see `make snapshots`"

    return check
