"""Marks of things, by which somebody who looks twice sees what changed in between."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from runstone.store.protocol.changes import Marks, Watcher
from runstone.store.sql.database import Database
from runstone.store.sql.dialect.base import Connection
from runstone.store.sql.keys import marks

_BATCH = 500
_NEWEST = 200
"""Runs of an experiment whose coming, going and ending its mark shows."""

_COUNTED = {
    "artifacts": "count(*), max(created_ms) FROM run_artifacts",
    "console": "max(piece_no) FROM console",
    "inputs": "count(*), max(created_ms) FROM run_inputs",
    "models": "count(*), max(created_ms), max(step) FROM run_models",
}


class Changes:
    """What changes in a SQL database."""

    _database: Database

    def watch(self) -> Watcher:
        """Return what waits for changes."""
        return self._database.watch()

    def read_marks(self, run_ids: Sequence[str], experiment_ids: Sequence[str] = ()) -> Marks:
        """Return the marks of runs and experiments, without those that do not exist, and of the registry."""

        def work(c: Connection) -> Marks:
            runs: dict[str, dict[str, str]] = {}
            for start in range(0, len(run_ids), _BATCH):
                runs |= _of_runs(c, run_ids[start : start + _BATCH])
            experiments = (int(one) for one in experiment_ids if one.isascii() and one.isdigit() and len(one) < 19)
            found = {str(number): _of_experiment(c, number) for number in experiments}
            registry = c.one("SELECT number FROM registry_changes")
            return Marks(runs, {number: mark for number, mark in found.items() if mark}, _mark(registry))

        return self._database.read(work)


def _of_runs(c: Connection, run_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    numbers: dict[int, str] = {}
    found: dict[str, dict[str, str]] = {}
    for row in c.query(
        "SELECT r.run_no, r.run_id, r.status, r.end_ms, r.lifecycle_stage, r.name, r.experiment_id, r.status_reason, "
        "d.params, d.metrics, d.tags FROM runs r JOIN run_documents d ON d.run_no = r.run_no "
        f"WHERE r.run_id IN ({marks(len(run_ids))})",
        run_ids,
    ):
        numbers[row[0]] = row[1]
        documents = zip(("params", "metrics", "tags"), row[8:], strict=True)
        found[row[1]] = {"status": _mark(row[2:8])} | {part: _mark(bytes(text)) for part, text in documents}
    if numbers:
        among = f"WHERE run_no IN ({marks(len(numbers))}) GROUP BY run_no"
        for part, what in _COUNTED.items():
            for run_no, *counted in c.query(f"SELECT run_no, {what} {among}", list(numbers)):
                found[numbers[run_no]][part] = _mark(counted)
    return found


def _of_experiment(c: Connection, experiment_id: int) -> str:
    row = c.one("SELECT name, lifecycle_stage, updated_ms FROM experiments WHERE experiment_id = ?", (experiment_id,))
    if row is None:
        return ""
    tags = c.query("SELECT key, value FROM experiment_tags WHERE experiment_id = ? ORDER BY key", (experiment_id,))
    newest = c.query(
        "SELECT run_id, name, status, end_ms, lifecycle_stage FROM runs WHERE experiment_id = ? "
        f"ORDER BY start_ms DESC, run_id LIMIT {_NEWEST}",
        (experiment_id,),
    )
    models = c.one(
        "SELECT count(*), max(created_ms), max(updated_ms) FROM logged_models WHERE experiment_id = ?", (experiment_id,)
    )
    return _mark((row, tags, newest, models))


def _mark(value: Any) -> str:
    data = value if isinstance(value, bytes) else repr(value).encode("utf-8", "replace")
    return hashlib.blake2b(data, digest_size=8).hexdigest()
