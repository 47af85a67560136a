"""The page on the export format says what the format is."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import Struct

from runstone.transfer.layout import FORMAT_VERSION, TABLES, PointRow
from runstone.transfer.parquet import schema_of

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "export-format.md").read_text(encoding="utf-8")
FILES: dict[type[Struct], str] = {**TABLES, PointRow: "points/part-*.parquet"}


def test_the_page_names_the_version() -> None:
    assert f"`format`, now {FORMAT_VERSION}" in PAGE


def test_the_page_has_the_tables_there_are() -> None:
    headings = {line.removeprefix("### ") for line in PAGE.splitlines() if line.startswith("### ")}
    assert headings == set(FILES.values())


@pytest.mark.parametrize("row", FILES)
def test_the_page_has_the_columns_there_are(row: type[Struct]) -> None:
    section = PAGE.partition(f"\n### {FILES[row]}\n")[2].partition("\n### ")[0]
    documented = [
        tuple(cell.strip() for cell in line.split("|")[1:3]) for line in section.splitlines() if "| `" in line
    ]
    names = {"double": "float64", "map<string, string>": "map"}
    real = []
    for field in schema_of(row):
        kind = names.get(str(field.type), str(field.type))
        real.append((f"`{field.name}`", f"{kind}, may be null" if field.nullable else kind))
    assert documented == real
