"""Exports that were damaged or made up to do harm are refused, and nothing is written outside of the store."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from runstone.core.entities import ViewType
from runstone.core.errors import InvalidArgument, NotFound
from runstone.core.events import ArtifactLogged, ConsoleWritten, InputLogged, KeyDefined, ParamLogged, SeriesLogged
from runstone.core.settings import load
from runstone.testing.store.samples import Journal, dataset, new_run
from runstone.tracking.location import locate
from runstone.tracking.session import Session
from runstone.transfer.export import export_store
from runstone.transfer.import_ import import_store
from runstone.transfer.layout import Format, TableFile
from runstone.transfer.parquet import digest_file

RUN_ID = "0" * 31 + "1"


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """The folder of a small, sound export."""
    session = Session(locate(str(tmp_path / "a"), "test"), load())
    stored = session.blobs.put_bytes(b"weights")
    events = (
        ParamLogged("lr", 0.5),
        KeyDefined(1, "loss"),
        SeriesLogged(1, (1).to_bytes(8, "little"), (2).to_bytes(8, "little"), bytes(8)),
        ConsoleWritten("stdout", 1, "hello\n"),
        InputLogged(dataset()),
        ArtifactLogged("model/w.bin", stored.digest, stored.size_bytes, 3),
    )
    session.store.ingest([Journal(new_run(RUN_ID), events).whole()])
    export_store(session, tmp_path / "out")
    session.close()
    return tmp_path / "out"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A session over an empty store."""
    session = Session(locate(str(tmp_path / "b"), "test"), load())
    yield session
    session.close()


def change(export: Path, name: str, work: Callable[[pa.Table], pa.Table]) -> None:
    """Rewrite a table and make ``format.json`` agree, as somebody with bad intent would."""
    path = export / name
    table = work(pq.read_table(path))
    pq.write_table(table, path)
    facts = msgspec.json.decode((export / "format.json").read_bytes(), type=Format)
    facts.files[name] = TableFile(table.num_rows, digest_file(path))
    (export / "format.json").write_bytes(msgspec.json.encode(facts))


def with_value(table: pa.Table, column: str, value: object) -> pa.Table:
    """Return a table with one value in all rows of a column."""
    at = table.schema.get_field_index(column)
    field = table.schema.field(column)
    return table.set_column(at, pa.field(column, field.type), pa.array([value] * table.num_rows, field.type))


def refused(session: Session, export: Path, match: str) -> None:
    """Assert that the import is refused in these words."""
    with pytest.raises(InvalidArgument, match=match):
        import_store(session, export)


def test_the_sound_export_is_taken(session: Session, export: Path) -> None:
    assert import_store(session, export).runs == 1


def test_a_folder_that_is_none_or_no_export_is_refused(session: Session, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        import_store(session, tmp_path / "nowhere")
    refused(session, tmp_path, "is no export")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "x"}', "\x00", '{"format": 1}'])
def test_facts_that_cannot_be_read_are_refused(session: Session, export: Path, text: str) -> None:
    (export / "format.json").write_text(text)
    refused(session, export, r"format\.json")


def test_a_later_format_is_refused(session: Session, export: Path) -> None:
    facts = msgspec.json.decode((export / "format.json").read_bytes())
    (export / "format.json").write_bytes(msgspec.json.encode({**facts, "format": 2}))
    refused(session, export, "format 2")


@pytest.mark.parametrize("name", ["runs.parquet", "params.parquet", "points/part-00000.parquet"])
def test_a_table_that_was_cut_changed_or_lost_is_named(session: Session, export: Path, name: str) -> None:
    path = export / name
    data = path.read_bytes()
    for damaged in (data[:-20], data[:10], b"", data[:50] + bytes([data[50] ^ 1]) + data[51:]):
        path.write_bytes(damaged)
        refused(session, export, rf"{name} is not as it was written")
    path.unlink()
    refused(session, export, f"{name} is missing")
    assert len(session.store.search_runs(None, view=ViewType.ALL)) == 0


@pytest.mark.parametrize("name", ["runs.parquet", "params.parquet", "points/part-00000.parquet"])
def test_bytes_that_are_no_parquet_are_refused_whatever_the_facts_say(
    session: Session, export: Path, name: str
) -> None:
    (export / name).write_bytes(b"PAR1 and nothing more PAR1")
    facts = msgspec.json.decode((export / "format.json").read_bytes(), type=Format)
    facts.files[name] = TableFile(1, digest_file(export / name))
    (export / "format.json").write_bytes(msgspec.json.encode(facts))
    refused(session, export, f"{name} is no Parquet file")


def test_damage_inside_a_table_is_refused_whatever_the_facts_say(session: Session, export: Path) -> None:
    path = export / "points/part-00000.parquet"
    data = path.read_bytes()
    path.write_bytes(b"PAR1" + b"\xff" * (len(data) // 3) + data[4 + len(data) // 3 :])
    facts = msgspec.json.decode((export / "format.json").read_bytes(), type=Format)
    facts.files["points/part-00000.parquet"] = TableFile(1, digest_file(path))
    (export / "format.json").write_bytes(msgspec.json.encode(facts))
    refused(session, export, r"part-00000\.parquet")


@pytest.mark.parametrize(
    ("name", "column"), [("runs.parquet", "run_id"), ("tags.parquet", "value"), ("points/part-00000.parquet", "step")]
)
def test_a_missing_column_is_named(session: Session, export: Path, name: str, column: str) -> None:
    change(export, name, lambda table: table.drop_columns([column]))
    refused(session, export, f"{name} has no column {column}")


@pytest.mark.parametrize(
    ("name", "column", "kind"),
    [
        ("runs.parquet", "start_time_ms", pa.string()),
        ("points/part-00000.parquet", "step", pa.float64()),
        ("points/part-00000.parquet", "value", pa.float32()),
    ],
)
def test_a_column_of_another_type_is_named(
    session: Session, export: Path, name: str, column: str, kind: pa.DataType
) -> None:
    def work(table: pa.Table) -> pa.Table:
        at = table.schema.get_field_index(column)
        return table.set_column(at, column, table.column(column).cast(kind))

    change(export, name, work)
    refused(session, export, f"{name}: column {column} is {kind}")


@pytest.mark.parametrize(
    ("name", "column", "value", "match"),
    [
        ("runs.parquet", "run_id", None, r"runs\.parquet: column run_id has a row without a value"),
        ("points/part-00000.parquet", "value", None, "column value has a row without a value"),
        ("runs.parquet", "run_id", "../../x", r"runs\.parquet: Invalid run ID"),
        ("runs.parquet", "status", "SLEEPING", r"runs\.parquet: row 0: Invalid enum value 'SLEEPING'"),
        ("runs.parquet", "run_name", "", r"runs\.parquet"),
        ("params.parquet", "type", "tuple", r"params\.parquet: row 0"),
        ("params.parquet", "text", "much", r"params\.parquet: param 'lr'"),
        ("params.parquet", "run_id", "f" * 32, r"params\.parquet has rows of 'f"),
        ("points/part-00000.parquet", "run_id", "f" * 32, "points has rows of"),
        ("console.parquet", "stream", "stdin", r"console\.parquet: row 0"),
        ("inputs.parquet", "dataset_digest", "d9", r"inputs\.parquet: run .* used dataset 'digits'"),
        ("experiments.parquet", "name", "", r"experiments\.parquet"),
        ("artifacts.parquet", "digest", "sha256:" + "0" * 64, r"w\.bin is not as it was written"),
        ("artifacts.parquet", "size_bytes", 6, r"w\.bin is not as it was written"),
        ("artifacts.parquet", "path", "model/none.bin", r"none\.bin is missing"),
        ("artifacts.parquet", "path", "model", "model is missing or no plain file"),
    ],
)
def test_a_value_that_cannot_be_is_refused(
    session: Session, export: Path, name: str, column: str, value: object, match: str
) -> None:
    change(export, name, lambda table: with_value(table, column, value))
    refused(session, export, match)


@pytest.mark.parametrize("path", ["../../../secret", "/etc/passwd", "a/../../b", "a\\b", "a\0b", "", "%2e%2e/x", "."])
def test_paths_that_lead_out_are_refused(session: Session, export: Path, path: str) -> None:
    (export.parent / "secret").write_bytes(b"weights")
    change(export, "artifacts.parquet", lambda table: with_value(table, "path", path))
    refused(session, export, "Invalid path")
    assert session.store.search_runs(None, view=ViewType.ALL) == []


def _link_file(export: Path, secret: Path) -> None:
    file = export / "artifacts" / RUN_ID / "model" / "w.bin"
    file.unlink()
    file.symlink_to(secret / "w.bin")


def _link_folder(export: Path, secret: Path) -> None:
    folder = export / "artifacts" / RUN_ID / "model"
    folder.rename(export / "aside")
    folder.symlink_to(secret)


def _link_top(export: Path, secret: Path) -> None:
    (export / "artifacts").rename(secret / "artifacts")
    (export / "artifacts").symlink_to(secret / "artifacts")


def _link_table(export: Path, secret: Path) -> None:
    (export / "tags.parquet").rename(secret / "tags.parquet")
    (export / "tags.parquet").symlink_to(secret / "tags.parquet")


@pytest.mark.parametrize("place", [_link_file, _link_folder, _link_top, _link_table])
def test_links_are_not_followed(
    session: Session, export: Path, tmp_path: Path, place: Callable[[Path, Path], Any]
) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "w.bin").write_bytes(b"weights")
    place(export, secret)
    refused(session, export, "is a link")


def test_a_pipe_in_the_place_of_a_file_is_refused(session: Session, export: Path) -> None:
    file = export / "artifacts" / RUN_ID / "model" / "w.bin"
    file.unlink()
    os.mkfifo(file)
    refused(session, export, "no plain file")


def test_a_local_artifact_location_is_not_taken_over(session: Session, export: Path) -> None:
    change(
        export,
        "experiments.parquet",
        lambda table: with_value(with_value(table, "artifact_location", "/etc"), "name", "x"),
    )
    report = import_store(session, export)
    found = session.store.find_experiment("x")
    assert found is not None
    assert found.artifact_location == f"runstone-artifacts:/{found.experiment_id}"
    assert any("'/etc'" in note for note in report.notes)


def test_a_version_far_beyond_the_last_is_left_out_at_once(session: Session, export: Path) -> None:
    models = [{"name": "m", "description": "", "creation_time_ms": 0, "last_update_time_ms": 0, "tags": []}]
    change(export, "registered_models.parquet", lambda table: pa.Table.from_pylist(models, table.schema))
    version = {
        "name": "m", "version": 2**62, "source": f"runs:/{RUN_ID}/m", "run_link": "", "description": "",
        "user_id": "", "stage": "None", "status": "READY", "creation_time_ms": 0, "last_update_time_ms": 0, "tags": [],
    }  # fmt: skip
    change(export, "model_versions.parquet", lambda table: pa.Table.from_pylist([version], table.schema))
    report = import_store(session, export)
    assert report.model_versions == 0
    assert any("does not follow" in note for note in report.notes)


def test_a_run_listed_twice_is_refused(session: Session, export: Path) -> None:
    change(export, "runs.parquet", lambda table: pa.concat_tables([table, table]))
    refused(session, export, "twice")


def test_a_version_waits_for_the_one_it_was_made_from(session: Session, tmp_path: Path) -> None:
    full = Session(locate(str(tmp_path / "c"), "test"), load())
    for name in ("b", "a", "c"):
        full.store.create_registered_model(name)
    full.store.create_model_version("b", "s3://models/first")
    full.store.create_model_version("a", "models:/b/1")
    full.store.create_model_version("b", "models:/a/1")
    full.store.create_model_version("c", "models:/b/2")
    export_store(full, tmp_path / "versions")
    full.close()
    # As they are listed when they were made in the same millisecond, or a clock went backwards.
    change(tmp_path / "versions", "model_versions.parquet", lambda table: table.sort_by([("name", "ascending")]))

    imported = import_store(session, tmp_path / "versions")

    assert imported.model_versions == 4
    found = {(version.name, version.version): version.source for version in session.store.search_model_versions()}
    assert found == {
        ("a", "1"): "models:/b/1",
        ("b", "1"): "s3://models/first",
        ("b", "2"): "models:/a/1",
        ("c", "1"): "models:/b/2",
    }


def test_a_version_whose_source_is_nowhere_is_left_out_alone(session: Session, tmp_path: Path) -> None:
    full = Session(locate(str(tmp_path / "c"), "test"), load())
    full.store.create_registered_model("a")
    for number in range(3):
        full.store.create_model_version("a", f"s3://models/{number}")
    export_store(full, tmp_path / "versions")
    full.close()
    sources = ["s3://models/0", "models:/lost/1", "s3://models/2"]
    change(
        tmp_path / "versions",
        "model_versions.parquet",
        lambda table: table.set_column(2, table.schema.field("source"), pa.array(sources)),
    )

    imported = import_store(session, tmp_path / "versions")

    assert [version.version for version in session.store.search_model_versions()] == ["3", "1"]
    assert any("version 2 of model 'a' was left out" in note for note in imported.notes)


@pytest.mark.skipif(sys.platform != "linux", reason="only here is a path any bytes")
def test_a_folder_that_arrow_cannot_name_is_refused(session: Session, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"\xff")

    with pytest.raises(InvalidArgument, match="UTF-8"):
        export_store(session, folder)
    with pytest.raises(InvalidArgument, match="UTF-8"):
        import_store(session, folder)

    assert not folder.exists()
