"""A store exported, read by other tools, and imported into another store."""

from __future__ import annotations

import math
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest

from runstone.core.entities import (
    ArtifactEntry,
    LoggedModelInput,
    LoggedModelOutput,
    Metric,
    Run,
    ViewType,
)
from runstone.core.errors import AlreadyExists, MissingExtra, NotFound
from runstone.core.events import (
    ArtifactLogged,
    ConsoleWritten,
    Event,
    InputLogged,
    KeyDefined,
    ParamLogged,
    SeriesLogged,
    StatusChanged,
    TagSet,
)
from runstone.core.settings import load
from runstone.testing.store.samples import START, Journal, dataset, new_run
from runstone.tracking.location import Location, locate
from runstone.tracking.session import Session
from runstone.transfer import export_runs, parquet
from runstone.transfer.export import export_store
from runstone.transfer.import_ import import_store
from runstone.transfer.layout import TABLES, PointRow

STEPS = [-(2**63), -5, 0, 0, 7, 2**63 - 1]
NAN_WITH_PAYLOAD = struct.unpack("<d", struct.pack("<Q", 0x7FF8DEADBEEF0001))[0]
VALUES = [0.5, NAN_WITH_PAYLOAD, math.inf, -math.inf, -0.0, 5e-324]
MODEL_ID = "m-" + "ab" * 16


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A session over an empty embedded store."""
    yield from _session(tmp_path / "a")


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Session]:
    """Another one."""
    yield from _session(tmp_path / "b")


def _session(folder: Path) -> Iterator[Session]:
    session = Session(locate(str(folder), "test"), load())
    yield session
    session.close()


def _series(key_id: int, steps: list[int], values: list[float]) -> SeriesLogged:
    times = [START + index for index in range(len(steps))]
    return SeriesLogged(
        key_id,
        np.array(steps, "<i8").tobytes(),
        np.array(times, "<i8").tobytes(),
        np.array(values, "<f8").tobytes(),
    )


def log(session: Session, experiment: str, *events: Event, start_time: int = START, parent: str | None = None) -> str:
    """Log a run and return its id."""
    new = new_run(experiment_id=None, experiment_name=experiment, start_time=start_time, parent_run_id=parent)
    accepted = session.store.ingest([Journal(new, events).whole()])
    assert accepted[0].conflicts == ()
    return new.run_id


def artifact(session: Session, path: str, data: bytes) -> ArtifactLogged:
    """Store some bytes and return the event that puts them at a path."""
    stored = session.blobs.put_bytes(data)
    return ArtifactLogged(path, stored.digest, stored.size_bytes, START + 7)


def fill(session: Session) -> str:
    """Make a store with something of everything, and return the id of its fullest run."""
    store = session.store
    run_id = log(
        session,
        "team/vision/cnn",
        ParamLogged("lr", 0.01),
        ParamLogged("negative_zero", -0.0),
        ParamLogged("layers", [1, "two", [3.5, None], True]),
        ParamLogged("epochs", 2**63 - 1),
        ParamLogged("name", "ümlaut 'quoted'\n"),
        ParamLogged("text_number", "12"),
        ParamLogged("flag", False),
        ParamLogged("nothing", None),
        TagSet("stage", "final"),
        TagSet("mlflow.runName", "renamed"),
        KeyDefined(1, "loss"),
        KeyDefined(2, "long/series"),
        _series(1, STEPS, VALUES),
        _series(2, list(range(3000)), [float(step) / 4 for step in range(3000)]),
        ConsoleWritten("stdout", START + 1, "epoch 1\n"),
        ConsoleWritten("stderr", START + 2, "careful\n"),
        InputLogged(dataset()),
        InputLogged(dataset("other", "d2", context=None)),
        artifact(session, "model/weights.bin", bytes(range(256)) * 400),
        artifact(session, "again/weights.bin", bytes(range(256)) * 400),
        artifact(session, "empty.txt", b""),
        StatusChanged("FAILED", START + 99, "ValueError: no"),
    )
    experiment = store.get_run(run_id).info.experiment_id
    store.set_experiment_tags(experiment, {"owner": "ada"})
    log(session, "team/text", start_time=START + 5, parent=run_id)
    gone = log(session, "team/vision/cnn", KeyDefined(1, "loss"), _series(1, [1], [2.0]), start_time=START + 6)
    store.delete_run(gone)
    log(session, "attic", StatusChanged("FINISHED", START + 100))
    attic = store.find_experiment("attic")
    assert attic is not None
    store.delete_experiment(attic.experiment_id)
    _fill_models(session, run_id, experiment)
    return run_id


def _fill_models(session: Session, run_id: str, experiment: str) -> None:
    store = session.store
    store.create_logged_model(
        experiment,
        name="net",
        model_id=MODEL_ID,
        model_type="cnn",
        source_run_id=run_id,
        params={"depth": "3"},
        tags={"kind": "test"},
    )
    of_model = Metric("accuracy", 0.75, START, 3, model_id=MODEL_ID, dataset_name="digits", dataset_digest="d1")
    elsewhere = msgspec.structs.replace(of_model, value=0.5, dataset_digest="d2")
    store.log_batch(run_id, metrics=[of_model, elsewhere])
    stored = session.blobs.put_bytes(b"flavors: {}\n")
    entry = ArtifactEntry(path="MLmodel", digest=stored.digest, size_bytes=stored.size_bytes, created_ms=START)
    store.put_artifacts(MODEL_ID, [entry])
    store.finalize_logged_model(MODEL_ID, "READY")
    gone = store.create_logged_model(experiment, name="worse", source_run_id=run_id, tags={"kind": "test"})
    store.delete_logged_model(gone.model_id)
    store.log_inputs(run_id, models=[LoggedModelInput(MODEL_ID)])
    store.log_outputs(run_id, models=[LoggedModelOutput(MODEL_ID, 3)])
    store.create_registered_model("classifier", tags={"task": "digits"}, description="reads digits")
    for number in range(3):
        store.create_model_version(
            "classifier", f"runs:/{run_id}/model", run_id=run_id, tags={"n": str(number)}, user_id="ada"
        )
    store.delete_model_version("classifier", "2")
    store.transition_model_version_stage("classifier", "3", "Production")
    store.set_registered_model_alias("classifier", "champion", "3")
    store.create_registered_model("greeting", tags={"mlflow.prompt.is_prompt": "true"})


def all_runs(session: Session) -> dict[str, Run]:
    """Return every run by its id."""
    return {run.info.run_id: run for run in session.store.search_runs(None, view=ViewType.ALL)}


def facts(session: Session) -> dict[str, bytes]:
    """Return everything that must survive, in bytes, so that a NaN equals itself."""
    store = session.store
    found: dict[str, object] = {}
    for run_id, run in all_runs(session).items():
        name = store.get_experiment(run.info.experiment_id).name
        plain = msgspec.to_builtins(run)
        plain["info"] = {**plain["info"], "experiment_id": name, "artifact_uri": ""}
        found[f"run {run_id}"] = {
            part: sorted(value.items()) if isinstance(value, dict) else value for part, value in plain.items()
        }
        found[f"console {run_id}"] = store.read_console(run_id)
        found[f"artifacts {run_id}"] = store.iter_artifacts(run_id)
        for (_, key), columns in store.read_series([run_id], sorted(run.metrics)).items():
            found[f"series {run_id} {key}"] = columns.to_raw()
    for experiment in store.search_experiments(view=ViewType.ALL):
        made = None if experiment.experiment_id == "0" else experiment.creation_time
        found[f"experiment {experiment.name}"] = (experiment.tags, experiment.lifecycle_stage, made)
        for model in store.search_logged_models([experiment.experiment_id], view=ViewType.ALL):
            found[f"model {model.model_id}"] = (
                model.name,
                model.model_type,
                model.creation_timestamp,
                model.source_run_id,
                model.status,
                model.lifecycle_stage,
                model.params,
                model.tags,
                model.metrics,
                model.registrations,
                store.iter_artifacts(model.model_id),
            )
    for version in store.search_model_versions():
        full = store.get_model_version(version.name, version.version)
        found[f"version {version.name} {version.version}"] = msgspec.structs.replace(full, last_updated_timestamp=0)
    for name in ("classifier", "greeting"):
        try:
            registered = store.get_registered_model(name)
        except NotFound:
            continue
        found[f"registered {name}"] = (
            registered.tags,
            registered.description,
            registered.aliases,
            registered.creation_timestamp,
        )
    return {key: msgspec.msgpack.encode(value) for key, value in found.items()}


def test_a_store_comes_back_the_same(session: Session, other: Session, tmp_path: Path) -> None:
    run_id = fill(session)
    exported = export_store(session, tmp_path / "out")
    imported = import_store(other, tmp_path / "out")

    before, after = facts(session), facts(other)
    assert {key: after.get(key) for key in before} == before
    assert after.keys() == before.keys()
    assert other.blobs.get_bytes(other.store.iter_artifacts(run_id)[0].digest) == bytes(range(256)) * 400
    assert (exported.runs, exported.points, exported.artifacts) == (4, 3009, 4)
    assert (imported.runs, imported.points, imported.artifacts) == (4, 3009, 4)
    assert (imported.experiments, imported.logged_models, imported.model_versions) == (3, 2, 2)
    assert exported.notes == ()


def test_a_run_comes_back_equal_where_experiment_ids_agree(session: Session, other: Session, tmp_path: Path) -> None:
    run_id = log(session, "e", ParamLogged("a", [1]), KeyDefined(1, "m"), _series(1, [1, 2], [0.5, 0.25]))
    export_store(session, tmp_path / "out")
    import_store(other, tmp_path / "out")
    assert other.store.get_run(run_id) == session.store.get_run(run_id)


def test_experiments_keep_their_ids_where_these_are_free(session: Session, other: Session, tmp_path: Path) -> None:
    session.store.create_experiment("free", experiment_id="123456789012345678")
    session.store.create_experiment("taken", experiment_id="77")
    mine = other.store.create_experiment("mine", experiment_id="77")
    export_store(session, tmp_path / "out")

    report = import_store(other, tmp_path / "out")

    free, moved = other.store.find_experiment("free"), other.store.find_experiment("taken")
    assert free is not None
    assert free.experiment_id == "123456789012345678"
    assert moved is not None
    assert moved.experiment_id not in ("77", free.experiment_id)
    assert [note for note in report.notes if "'taken'" in note and "77" in note and moved.experiment_id in note]
    assert other.store.get_experiment("77") == mine


def test_importing_again_changes_nothing(session: Session, other: Session, tmp_path: Path) -> None:
    fill(session)
    export_store(session, tmp_path / "out")
    import_store(other, tmp_path / "out")
    before = facts(other)
    again = import_store(other, tmp_path / "out")
    assert facts(other) == before
    assert (again.runs, again.runs_there, again.runs_skipped) == (0, 4, 0)
    assert (again.points, again.artifacts, again.experiments, again.logged_models, again.model_versions) == (0,) * 5


def test_importing_into_the_store_it_came_from_doubles_nothing(session: Session, tmp_path: Path) -> None:
    fill(session)
    before = facts(session)
    export_store(session, tmp_path / "out")
    report = import_store(session, tmp_path / "out")
    assert facts(session) == before
    assert (report.runs, report.runs_skipped) == (0, 4)


@pytest.mark.postgres
def test_a_store_moves_to_postgres_and_back(
    session: Session, other: Session, tmp_path: Path, migrated_postgres_uri: str
) -> None:
    fill(session)
    team = Session(Location(migrated_postgres_uri, "test", tmp_path / "team"), load())
    export_store(session, tmp_path / "there")
    import_store(team, tmp_path / "there")
    assert facts(team) == facts(session)
    export_store(team, tmp_path / "back")
    import_store(other, tmp_path / "back")
    team.close()
    assert facts(other) == facts(session)


def test_an_interrupted_import_is_completed(
    session: Session, other: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(session)
    export_store(session, tmp_path / "out")
    monkeypatch.setattr("runstone.transfer.replay._SLICE_BYTES", 2000)
    export_file = next((tmp_path / "out" / "artifacts").glob("*/model/weights.bin"))
    aside = tmp_path / "aside"
    export_file.rename(aside)
    with pytest.raises(ValueError, match=r"weights\.bin is missing"):
        import_store(other, tmp_path / "out")
    aside.rename(export_file)
    import_store(other, tmp_path / "out")
    assert facts(other) == facts(session)


def test_what_the_user_changed_in_a_run_is_left_alone(session: Session, other: Session, tmp_path: Path) -> None:
    run_id = log(session, "e", TagSet("note", "exported"))
    log(other, "e", TagSet("note", "mine"))
    export_store(session, tmp_path / "out")
    import_store(other, tmp_path / "out")
    other.store.log_batch(run_id, tags={"note": "changed here"})
    import_store(other, tmp_path / "out")
    assert other.store.get_run(run_id).tags["note"] == "changed here"
    assert len(all_runs(other)) == 2


def test_an_experiment_of_the_store_is_not_deleted_by_an_import(
    session: Session, other: Session, tmp_path: Path
) -> None:
    log(session, "e")
    found = session.store.find_experiment("e")
    assert found is not None
    session.store.delete_experiment(found.experiment_id)
    mine = log(other, "e")
    export_store(session, tmp_path / "out")
    report = import_store(other, tmp_path / "out")
    assert other.store.get_run(mine).info.lifecycle_stage == "active"
    assert any("left active" in note for note in report.notes)


def test_every_bit_of_a_value_is_in_the_parquet(session: Session, tmp_path: Path) -> None:
    run_id = fill(session)
    export_store(session, tmp_path / "out")
    points = pl.read_parquet(tmp_path / "out" / "points" / "*.parquet")
    loss = points.filter((pl.col("run_id") == run_id) & (pl.col("key") == "loss"))
    assert loss["step"].to_list() == STEPS
    assert loss["value"].to_numpy().view(np.uint64).tolist() == np.array(VALUES).view(np.uint64).tolist()
    table = pq.read_table(tmp_path / "out" / "points" / "part-00000.parquet")
    assert table.schema.names == list(PointRow.__struct_fields__)


def test_polars_reads_every_table(session: Session, tmp_path: Path) -> None:
    run_id = fill(session)
    export_store(session, tmp_path / "out")
    tables = {name: pl.read_parquet(tmp_path / "out" / name) for name in TABLES.values()}
    params = {row["key"]: row for row in tables["params.parquet"].filter(pl.col("run_id") == run_id).to_dicts()}
    assert (params["lr"]["type"], params["lr"]["text"], params["lr"]["number"]) == ("float", "0.01", 0.01)
    assert (params["text_number"]["type"], params["text_number"]["number"]) == ("str", 12.0)
    assert (params["layers"]["type"], params["layers"]["text"]) == ("list", '[1, "two", [3.5, null], true]')
    last = tables["metric_summaries.parquet"].filter(pl.col("key") == "long/series")["last"]
    assert last.to_list() == [2999 / 4]
    assert tables["runs.parquet"].filter(pl.col("lifecycle_stage") == "deleted").height == 2
    experiments = pq.read_table(tmp_path / "out" / "experiments.parquet").to_pylist()
    assert {row["name"]: row["tags"] for row in experiments}["team/vision/cnn"] == [("owner", "ada")]
    assert (tmp_path / "out" / "artifacts" / run_id / "empty.txt").read_bytes() == b""


def test_points_go_to_bounded_row_groups_and_files(
    session: Session, other: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(session)
    monkeypatch.setattr(parquet, "ROW_GROUP_POINTS", 100)
    monkeypatch.setattr(parquet, "PART_POINTS", 1000)
    monkeypatch.setattr(export_runs, "_POINTS_AT_ONCE", 500)
    export_store(session, tmp_path / "out")
    parts = sorted((tmp_path / "out" / "points").iterdir())
    assert len(parts) == 4
    metadata = [pq.read_metadata(part) for part in parts]
    assert sum(part.num_rows for part in metadata) == 3009
    assert all(part.num_rows <= 1000 for part in metadata)
    assert all(part.row_group(i).num_rows <= 100 for part in metadata for i in range(part.num_row_groups))
    import_store(other, tmp_path / "out")
    assert facts(other) == facts(session)


def test_a_prefix_takes_the_experiments_below_it(session: Session, tmp_path: Path) -> None:
    fill(session)
    log(session, "teamwork")
    report = export_store(session, tmp_path / "out", experiments=["team"])
    names = pl.read_parquet(tmp_path / "out" / "experiments.parquet")["name"].to_list()
    assert names == ["team/vision/cnn", "team/text"]
    assert (report.runs, report.logged_models, report.model_versions) == (3, 2, 2)


def test_an_id_stands_for_its_experiment_alone(session: Session, tmp_path: Path) -> None:
    log(session, "team")
    log(session, "team/below")
    found = session.store.find_experiment("team")
    assert found is not None
    log(session, found.experiment_id)
    export_store(session, tmp_path / "out", experiments=[found.experiment_id])
    assert pl.read_parquet(tmp_path / "out" / "experiments.parquet")["name"].to_list() == ["team"]


def test_single_runs_bring_their_experiment_and_models(session: Session, other: Session, tmp_path: Path) -> None:
    run_id = fill(session)
    report = export_store(session, tmp_path / "out", runs=[run_id, run_id])
    assert (report.runs, report.experiments, report.logged_models, report.model_versions) == (1, 1, 2, 2)
    import_store(other, tmp_path / "out")
    assert all_runs(other).keys() == {run_id}
    assert facts(session).items() >= {k: v for k, v in facts(other).items() if run_id in k}.items()


def test_an_experiment_and_a_run_of_another_come_together(session: Session, other: Session, tmp_path: Path) -> None:
    run_id = fill(session)
    report = export_store(session, tmp_path / "out", experiments=["team/text"], runs=[run_id])
    assert (report.runs, report.experiments) == (2, 2)
    assert import_store(other, tmp_path / "out").runs == 2


def test_an_unknown_part_is_refused_and_nothing_is_written(session: Session, tmp_path: Path) -> None:
    fill(session)
    with pytest.raises(NotFound, match="'nowhere'"):
        export_store(session, tmp_path / "out", experiments=["team", "nowhere"])
    with pytest.raises(NotFound):
        export_store(session, tmp_path / "out", runs=["f" * 32])
    assert [path.name for path in tmp_path.iterdir() if "out" in path.name] == []


def test_secrets_are_taken_out_of_what_was_captured(session: Session, tmp_path: Path) -> None:
    token = "ghp_" + "a1B2" * 9
    run_id = log(
        session,
        "e",
        ParamLogged("auth", f"Bearer {token}"),
        TagSet("mlflow.source.git.repoURL", f"https://ada:{token}@example.org/code.git"),
        TagSet("DB_PASSWORD", "hunter2-and-more"),
        ConsoleWritten("stdout", START, f"cloning with {token}\n"),
        artifact(session, "runstone/environment/argv.txt", f"train.py --token={token}\n".encode()),
        artifact(session, "runstone/code/diff.patch", f"@@ -1 +1 @@\n+KEY='{token}'\n".encode()),
        artifact(session, "notes.txt", b"mine: ghp_untouched"),
        StatusChanged("FAILED", START + 1, f"HTTPError: https://x:{token}@example.org"),
    )
    report = export_store(session, tmp_path / "out")
    assert report.redacted == 7
    for path in (tmp_path / "out").rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert token.encode() not in data, path
            assert b"hunter2" not in data, path
    tags = pl.read_parquet(tmp_path / "out" / "tags.parquet")
    text = " ".join(str(cell) for table in TABLES.values() for cell in pl.read_parquet(tmp_path / "out" / table).rows())
    assert token not in text
    assert "hunter2" not in text
    assert "https://[redacted]@example.org/code.git" in tags["value"].to_list()
    assert (tmp_path / "out" / "artifacts" / run_id / "notes.txt").read_bytes() == b"mine: ghp_untouched"


def test_a_redacted_export_can_be_imported(session: Session, other: Session, tmp_path: Path) -> None:
    token = "ghp_" + "a1B2" * 9
    run_id = log(session, "e", artifact(session, "runstone/environment/argv.txt", f"--token={token}\n".encode()))
    export_store(session, tmp_path / "out")
    import_store(other, tmp_path / "out")
    entry = other.store.iter_artifacts(run_id)[0]
    assert token.encode() not in other.blobs.get_bytes(entry.digest)


def test_lost_bytes_are_named_and_the_rest_is_exported(session: Session, tmp_path: Path) -> None:
    kept, lost = artifact(session, "kept", b"1"), artifact(session, "lost", b"2")
    log(session, "e", kept, lost)
    session.blobs.delete(lost.digest)
    report = export_store(session, tmp_path / "out")
    assert report.artifacts == 1
    assert len(report.notes) == 1
    assert "artifact lost of" in report.notes[0]


def test_an_empty_store_can_be_exported(session: Session, other: Session, tmp_path: Path) -> None:
    assert export_store(session, tmp_path / "out").runs == 0
    assert import_store(other, tmp_path / "out").runs == 0
    assert pl.read_parquet(tmp_path / "out" / "points" / "*.parquet").height == 0


def test_an_empty_folder_is_taken_and_a_full_one_refused(session: Session, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    export_store(session, out)
    before = sorted(out.rglob("*"))
    with pytest.raises(AlreadyExists, match="out is there already"):
        export_store(session, out)
    assert sorted(out.rglob("*")) == before
    with pytest.raises(AlreadyExists):
        export_store(session, out / "format.json")


def test_an_export_that_fails_leaves_nothing(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(session)

    def stop(what: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_store(session, tmp_path / "below" / "out", progress=stop)
    assert list((tmp_path / "below").iterdir()) == []


def test_without_pyarrow_the_extra_is_named(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(MissingExtra, match=r"runstone\[data\]"):
        export_store(session, tmp_path / "out")
    with pytest.raises(MissingExtra, match=r"runstone\[data\]"):
        import_store(session, tmp_path / "out")
