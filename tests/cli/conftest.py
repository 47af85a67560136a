"""The command line on a real embedded store."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from runstone.blobs.local import LocalBlobs
from runstone.cli.main import run
from runstone.core.entities import ArtifactEntry, Metric, NewRun, Status
from runstone.core.ids import new_run_id
from runstone.store.open import open_store
from runstone.store.protocol import Store
from runstone.tracking.session import set_uri


class Result(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)


Cli = Callable[..., Result]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Cli]:
    """Run a command on the store of the test, in this process, as if from a pipe 100 columns wide."""
    for name in ("FORCE_COLOR", "NO_COLOR", "RUNSTONE_TRACKING_URI", "RUNSTONE_ARTIFACTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object, store: Path | None = tmp_path / "store") -> Result:
        chosen = [] if store is None else ["--store", str(store)]
        code = run([*chosen, *map(str, arguments)])
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    yield call
    # A command may choose the store of its process, which is that of the next test too.
    set_uri(None)


class Kept(NamedTuple):
    """A store with what a test puts in it."""

    folder: Path
    store: Store
    blobs: LocalBlobs
    numbers: itertools.count[int]

    def run(
        self,
        name: str,
        *,
        experiment: str = "team/digits",
        params: Mapping[str, Any] | None = None,
        metrics: Mapping[str, Sequence[float]] | None = None,
        tags: Mapping[str, str] | None = None,
        files: Mapping[str, bytes] | None = None,
        status: Status = "FINISHED",
        run_id: str | None = None,
    ) -> str:
        """Record a run, a second after the one before, and return its id."""
        start = 1_700_000_000_000 + next(self.numbers) * 1000
        made = self.store.create_run(
            NewRun(
                run_id=run_id or new_run_id(),
                run_name=name,
                start_time=start,
                experiment_name=experiment,
                user_id="ana",
                tags=dict(tags or {}),
            )
        ).info.run_id
        points = [
            Metric(key, value, start + step, step)
            for key, values in (metrics or {}).items()
            for step, value in enumerate(values)
        ]
        self.store.log_batch(made, metrics=points, params=params)
        entries = []
        for path, data in (files or {}).items():
            stored = self.blobs.put_bytes(data)
            entries.append(ArtifactEntry(path=path, digest=stored.digest, size_bytes=len(data), created_ms=start))
        self.store.put_artifacts(made, entries)
        if status != "RUNNING":
            self.store.update_run(made, status=status, end_time=start + 5000)
        return made


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    folder = tmp_path / "store"
    folder.mkdir()
    store = open_store(str(folder))
    yield Kept(folder, store, LocalBlobs(folder / "blobs"), itertools.count())
    store.close()
