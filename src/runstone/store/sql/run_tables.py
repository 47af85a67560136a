"""Runs as the rows of a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import msgspec

from runstone.core import limits
from runstone.core.entities import ExperimentRuns, MetricSummary, RunKeys, RunSummary, ViewType
from runstone.core.errors import InvalidArgument
from runstone.store import rules
from runstone.store.sql import run_search
from runstone.store.sql.database import Database
from runstone.store.sql.dialect.base import Connection, Row
from runstone.store.sql.keys import marks, padded
from runstone.store.sql.runs import FROM_RUNS, INFO, info_of

_BATCH = 1000
# Of a thousand metrics, those that nobody asked for are passed over without a look.
_raw_map = msgspec.msgpack.Decoder(dict[str, msgspec.Raw]).decode
_param = msgspec.msgpack.Decoder(Any).decode
_metric = msgspec.msgpack.Decoder(MetricSummary).decode
_tag = msgspec.msgpack.Decoder(str).decode


class RunTables:
    """Which runs stand where, and what stands in their rows, for a SQL database."""

    _database: Database

    def count_experiment_runs(self, experiment_ids: Sequence[str] | None = None) -> list[ExperimentRuns]:
        chosen = None if experiment_ids is None else {rules.check_experiment_id(one) for one in experiment_ids}

        def work(c: Connection) -> list[ExperimentRuns]:
            rows = c.query(
                "SELECT experiment_id, COUNT(*), SUM(CASE WHEN status = 'RUNNING' THEN 1 ELSE 0 END), MAX(start_ms) "
                "FROM runs WHERE lifecycle_stage = 'active' GROUP BY experiment_id ORDER BY experiment_id"
            )
            return [
                ExperimentRuns(experiment_id=str(number), runs=runs, running=int(running), last_start_time=last)
                for number, runs, running, last in rows
                if chosen is None or number in chosen
            ]

        return self._database.read(work)

    def search_run_ids(
        self,
        experiment_ids: Sequence[str] | None,
        *,
        filter: str = "",
        order_by: Sequence[str] = (),
        view: ViewType = ViewType.ACTIVE_ONLY,
        max_results: int = limits.MAX_SEARCH_IDS,
    ) -> list[str]:
        question = run_search.Question.parse(experiment_ids, filter, order_by, view)
        limit = rules.check_max_results(max_results, limits.MAX_SEARCH_IDS)

        def work(c: Connection) -> list[str]:
            run_nos = run_search.find(c, self._database.dialect, question, limit, None)
            named: dict[int, str] = {}
            for start in range(0, len(run_nos), _BATCH):
                among = padded(run_nos[start : start + _BATCH])
                named.update(c.query(f"SELECT run_no, run_id FROM runs WHERE run_no IN ({marks(len(among))})", among))
            return [named[run_no] for run_no in run_nos]

        return self._database.read(work)

    def read_runs(
        self,
        run_ids: Sequence[str],
        *,
        params: Sequence[str] | None = None,
        metrics: Sequence[str] | None = None,
        tags: Sequence[str] | None = None,
    ) -> list[RunSummary]:
        def summary(row: Row) -> RunSummary:
            return RunSummary(
                info=info_of(row),
                params=_chosen(row[12], params, _param),
                metrics=_chosen(row[13], metrics, _metric),
                tags=_chosen(row[14], tags, _tag),
            )

        rows = self._documents(run_ids)
        return [summary(rows[run_id]) for run_id in run_ids if run_id in rows]

    def count_run_keys(self, run_ids: Sequence[str]) -> RunKeys:
        counted: tuple[Counter[str], ...] = (Counter(), Counter(), Counter())
        for row in self._documents(run_ids).values():
            for counter, document in zip(counted, row[12:15], strict=True):
                counter.update(_raw_map(document).keys())
        params, metrics, tags = (dict(sorted(counter.items())) for counter in counted)
        return RunKeys(params=params, metrics=metrics, tags=tags)

    def _documents(self, run_ids: Collection[str]) -> dict[str, Row]:
        if len(run_ids) > limits.MAX_RUNS_PER_READ:
            raise InvalidArgument(
                f"{len(run_ids)} runs are more than the {limits.MAX_RUNS_PER_READ} that are read at once",
                field="run_ids",
            )
        for run_id in run_ids:
            rules.check_run_id(run_id)
        if not run_ids:
            return {}
        among = padded(run_ids)
        sql = (
            f"SELECT {INFO}, d.params, d.metrics, d.tags {FROM_RUNS} JOIN run_documents d ON d.run_no = r.run_no "
            f"WHERE r.run_id IN ({marks(len(among))})"
        )
        return {row[1]: row for row in self._database.read(lambda c: c.query(sql, among))}


def _chosen(document: bytes, keys: Sequence[str] | None, read: Callable[[Any], Any]) -> dict[str, Any]:
    found = _raw_map(document)
    wanted: Iterator[str] = iter(found) if keys is None else (key for key in keys if key in found)
    return {key: read(found[key]) for key in wanted}
