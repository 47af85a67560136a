"""A store of its own, and no active run, for each test that asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from runstone.core.settings import TABLE
from runstone.tracking import active, ending, session


@pytest.fixture
def store_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of an empty store that this process uses; captures are off."""
    for setting in TABLE:
        for variable in setting.variables:
            monkeypatch.delenv(variable, raising=False)
    folder = tmp_path / "store"
    monkeypatch.setenv("RUNSTONE_TRACKING_URI", str(folder))
    monkeypatch.setenv("RUNSTONE_CAPTURE", "none")
    forget_runs()
    yield folder
    while active._open_runs:
        active.end(active._open_runs[-1], "KILLED")
    session._close_all()
    forget_runs()


def forget_runs() -> None:
    """Put what a process remembers of its runs back to how it began."""
    active._stack.set(())
    active._last = None
    ending.forget()
    active._environment_run_used = False
    active.choose_experiment(None, None)
    active._seed_tags = {}
    session.set_uri(None)
