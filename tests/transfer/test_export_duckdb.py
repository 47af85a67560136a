"""DuckDB reads an export, with nothing of ours installed there."""

from __future__ import annotations

import math
import re
from pathlib import Path

import duckdb
import pytest

import runstone
from runstone.core.settings import load
from runstone.tracking.location import locate
from runstone.tracking.session import Session
from runstone.transfer.export import export_store
from runstone.transfer.layout import TABLES

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"reference/export-format.md": "everything", "how-to/leave-with-your-data.md": "."}
"""Pages with questions, and the folder that they are asked in."""


@pytest.fixture
def exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RUNSTONE_TRACKING_URI", str(tmp_path / "store"))
    with runstone.start_run(experiment="team/a", params={"lr": 0.1}, tags={"owner": "ana"}):
        runstone.log_series("loss", [4.0, 0.5, float("nan")])
        runstone.log_text("hello", "notes.txt")
    runstone.flush()
    session = Session(locate(str(tmp_path / "store"), "a test"), load())
    export_store(session, tmp_path / "everything")
    session.close()
    return tmp_path / "everything"


def test_every_table_is_read_by_name_of_its_columns(exported: Path) -> None:
    for row, file in TABLES.items():
        found = duckdb.sql(f"SELECT * FROM '{exported / file}'")
        assert tuple(found.columns) == row.__struct_fields__, file

    (run_id, value) = duckdb.sql(f"SELECT run_id, text FROM '{exported}/params.parquet' WHERE key = 'lr'").fetchall()[0]
    points = duckdb.sql(
        f"SELECT step, value FROM '{exported}/points/*.parquet' WHERE run_id = '{run_id}' ORDER BY step"
    ).fetchall()
    assert value == "0.1"
    assert points[:2] == [(0, 4.0), (1, 0.5)]
    assert points[2][0] == 2
    assert math.isnan(points[2][1])


@pytest.mark.parametrize("page", PAGES)
def test_the_questions_of_the_documentation_are_answered(
    exported: Path, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(exported.parent / PAGES[page])
    queries = re.findall(r"```sql\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)

    assert queries
    for query in queries:
        assert duckdb.sql(query).fetchall(), query
