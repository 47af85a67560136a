"""Where what a filter asks of runs is kept, and the condition that a comparison is on a row ``r`` of ``runs``."""

from __future__ import annotations

from collections.abc import Mapping

from runstone.store.search.tree import Comparison
from runstone.store.sql.clauses import ALWAYS, NEVER, Clause, compare, compare_nullable
from runstone.store.sql.dialect.base import Dialect

ATTRIBUTES = {
    "run_id": "r.run_id",
    "run_name": "r.name",
    "status": "r.status",
    "status_reason": "r.status_reason",
    "user_id": "r.user_id",
    "artifact_uri": (
        "((SELECT rtrim(e.artifact_location, '/') FROM experiments e WHERE e.experiment_id = r.experiment_id) "
        "|| '/' || r.run_id || '/artifacts')"
    ),
    "start_time": "r.start_ms",
    "end_time": "r.end_ms",
    "duration": "(r.end_ms - r.start_ms)",
    "experiment_id": "CAST(r.experiment_id AS TEXT)",
    "lifecycle_stage": "r.lifecycle_stage",
    "parent_run_id": "r.parent_run_id",
}
DATASETS = {"name": "d.name", "digest": "d.digest", "context": "i.context"}
TABLES = {"metric": "run_metrics", "param": "run_params", "tag": "run_tags"}

ONE = "LIMIT 1 OFFSET 0"
"""Ends an EXISTS that is asked run by run: for PostgreSQL it bars the way to joining whole tables instead."""


def statistic(stat: str | None) -> str:
    """Return the column of ``run_metrics`` that holds a statistic; without one the last value is meant."""
    return {"last": "last", "min": "min", "max": "max", "mean": "mean", "first": "first", "count": "count"}[
        stat or "last"
    ]


def condition(dialect: Dialect, ids: Mapping[str, int], comparison: Comparison, run_no: str = "r.run_no") -> Clause:
    """Return a comparison as a condition that is true or false, never NULL.

    Args:
        ids: Numbers of the keys that exist.
        run_no: The column that has the run's number.
    """
    field, op = comparison.field, comparison.op
    if field.entity == "attribute":
        return compare_nullable(dialect, ATTRIBUTES[field.key], comparison)
    if field.entity == "dataset":
        return _of_dataset(dialect, comparison, run_no)
    key_id = ids.get(field.key)
    if key_id is None:
        return ALWAYS if op == "IS NULL" else NEVER
    exists = f"EXISTS (SELECT 1 FROM {TABLES[field.entity]} x WHERE x.run_no = {run_no} AND x.key_id = ?"
    if op == "IS NULL":
        return Clause(f"NOT {exists} {ONE})", (key_id,))
    if op == "IS NOT NULL":
        return Clause(f"{exists} {ONE})", (key_id,))
    if field.entity == "metric":
        column = f"x.{statistic(field.stat)}"
        asked = compare(dialect, column, comparison)
        if op in ("!=", "NOT IN"):
            asked = Clause(f"({column} IS NULL OR {asked.sql})", asked.params)
    elif comparison.numeric:
        asked = compare(dialect, "x.number", comparison)
    else:
        asked = compare(dialect, "x.text", comparison)
    return Clause(f"{exists} AND {asked.sql} {ONE})", (key_id, *asked.params))


def _of_dataset(dialect: Dialect, comparison: Comparison, run_no: str) -> Clause:
    column = DATASETS[comparison.field.key]
    exists = (
        "EXISTS (SELECT 1 FROM run_inputs i JOIN datasets d ON d.dataset_no = i.dataset_no "
        f"WHERE i.run_no = {run_no} AND {column} IS NOT NULL"
    )
    if comparison.op == "IS NULL":
        return Clause(f"NOT {exists} {ONE})")
    if comparison.op == "IS NOT NULL":
        return Clause(f"{exists} {ONE})")
    asked = compare(dialect, column, comparison)
    return Clause(f"{exists} AND {asked.sql} {ONE})", asked.params)
