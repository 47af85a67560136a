"""A store goes to the real MLflow's server, and what that then says is what was here."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from tests.transfer.mlflow.conftest import history, mlflow_server

from runstone.blobs.local import LocalBlobs
from runstone.store.open import open_store
from runstone.store.protocol import Store
from runstone.testing.store.samples import new_run
from runstone.transfer.mlflow.exporting import EXPERIMENT_TAG, RUN_TAG, ExportReport, export_mlflow
from runstone.transfer.mlflow.exporting_models import MODEL_TAG
from runstone.transfer.mlflow.importing import import_mlflow, open_source
from runstone.transfer.mlflow.server import Caller


def _by_name(told: Any) -> dict[str, Any]:
    """Return the runs by name, without what their ids are in."""
    found = {}
    for run in told["runs"].values():
        run["tags"] = {key: text for key, text in run["tags"].items() if key not in (RUN_TAG, "mlflow.parentRunId")}
        found[run["info"][0]] = run
    return found


def test_a_store_goes_to_mlflow_and_what_comes_later_too(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    uri = f"file://{theirs}/mlruns"
    history("make", uri, theirs)
    store, blobs = open_store(str(tmp_path / "ours")), LocalBlobs(tmp_path / "ours" / "blobs")

    def take() -> None:
        with closing(open_source(f"{theirs}/mlruns")) as source:
            import_mlflow(store, blobs, source)

    take()
    (tmp_path / "server").mkdir()
    with mlflow_server(tmp_path / "server") as there:

        def send() -> ExportReport:
            with closing(Caller(there, {})) as caller:
                return export_mlflow(store, blobs, caller, None)

        first = send()
        assert (first.runs, first.artifacts, first.logged_models, first.deleted) == (4, 3, 1, 2)
        assert first.notes == []
        assert _by_name(history("dump", there, tmp_path)) == _by_name(history("dump", uri, theirs))
        again = send()
        assert (again.runs, again.updated, again.points, again.artifacts, again.model_versions) == (0, 0, 0, 0, 0)

        history("more", uri, theirs)
        take()
        later = send()
        assert (later.runs, later.updated) == (1, 2)
        assert _by_name(history("dump", there, tmp_path)) == _by_name(history("dump", uri, theirs))
        [here], [given] = history("dump", there, tmp_path)["registered"], history("dump", uri, theirs)["registered"]
        assert here[:4] == given[:4]
        assert [version[:4] for version in here[4:]] == [version[:4] for version in given[4:]]
    store.close()


_SERVERS_OWN = {RUN_TAG, MODEL_TAG, EXPERIMENT_TAG, "mlflow.modelVersions", "mlflow.artifacts.location"}


def _named(told: Any) -> Any:
    """Return what is told with runs and models by name instead of the ids that each server gives."""
    names = {run_id: run["info"][0] for run_id, run in told["runs"].items()}
    names |= {model["is"][0]: model["is"][1] for model in told["models"]}
    # Creation times are the server's, and so are the ids of experiments.
    told["experiments"] = [one[:3] for one in told["experiments"] if one[0] != "Default"]
    for model in told["models"]:
        del model["is"][-1]
    told["models"].sort(key=lambda model: str(model["is"][1]))
    for registered in told["registered"]:
        for version in registered[4:]:
            del version[6]
    told = _replaced(told, names)
    for run in told["runs"].values():
        run["made"].sort()
        run["used"].sort()
    return told


def _replaced(told: Any, names: dict[str, str]) -> Any:
    if isinstance(told, dict):
        return {
            _replaced(key, names): _replaced(value, names) for key, value in told.items() if key not in _SERVERS_OWN
        }
    if isinstance(told, list):
        return [_replaced(one, names) for one in told]
    if isinstance(told, str) and told.startswith("models:/"):
        return f"models:/{names[told.removeprefix('models:/')]}"
    return names.get(told, told) if isinstance(told, str) else told


def _send(store: Store, blobs: LocalBlobs, there: str) -> ExportReport:
    with closing(Caller(there, {})) as caller:
        return export_mlflow(store, blobs, caller, None)


def test_logged_models_and_what_is_deleted_go_and_what_comes_to_them_later(tmp_path: Path) -> None:
    theirs, served = tmp_path / "theirs", tmp_path / "server"
    theirs.mkdir()
    served.mkdir()
    uri = f"sqlite:///{theirs}/theirs.db"
    history("models", uri, theirs)
    store, blobs = open_store(str(tmp_path / "ours")), LocalBlobs(tmp_path / "ours" / "blobs")

    def take() -> None:
        with closing(open_source(uri)) as source:
            assert import_mlflow(store, blobs, source).notes == []

    take()
    with mlflow_server(served) as there:
        first = _send(store, blobs, there)
        assert first.notes == []
        assert (first.runs, first.logged_models, first.deleted) == (4, 4, 3)
        given = _named(history("dump", uri, theirs))
        assert [run["info"][5] for run in given["runs"].values()].count("deleted") == 2
        assert _named(history("dump", there, tmp_path)) == given

        again = _send(store, blobs, there)
        assert again == ExportReport(target=again.target)
        assert _named(history("dump", there, tmp_path)) == given

        history("later_models", uri, theirs)
        take()
        later = _send(store, blobs, there)
        assert later.notes == []
        assert (later.runs, later.updated, later.logged_models, later.deleted) == (0, 1, 1, 0)
        assert _named(history("dump", there, tmp_path)) == _named(history("dump", uri, theirs))
    store.close()


def test_only_what_is_of_this_store_is_deleted_there(tmp_path: Path) -> None:
    served = tmp_path / "server"
    served.mkdir()
    store, blobs = open_store(str(tmp_path / "ours")), LocalBlobs(tmp_path / "ours" / "blobs")
    made = {name: store.create_experiment(name).experiment_id for name in ("mine", "shared", "theirs", "closed")}
    runs = {name: store.create_run(new_run(experiment_id=made[name])).info.run_id for name in ("mine", "shared")}
    dropped = store.create_run(new_run(experiment_id=made["shared"])).info.run_id
    model = store.create_logged_model(made["shared"], name="m", source_run_id=dropped).model_id
    with mlflow_server(served) as there, closing(Caller(there, {})) as caller:

        def stage(name: str) -> str:
            found: str = caller.get("/experiments/get-by-name", experiment_name=name)["experiment"]["lifecycle_stage"]
            return found

        caller.post("/experiments/create", {"name": "theirs"})
        closed = caller.post("/experiments/create", {"name": "closed"})["experiment_id"]
        caller.post("/experiments/delete", {"experiment_id": closed})
        store.create_run(new_run(experiment_id=made["closed"]))
        [note] = _send(store, blobs, there).notes
        assert "'closed' is deleted there, so 1 of its runs" in note
        shared = caller.get("/experiments/get-by-name", experiment_name="shared")["experiment"]["experiment_id"]
        asked = {"experiment_ids": [shared], "max_results": 10}
        assert len(list(caller.pages("/logged-models/search", "models", asked))) == 1
        strange = caller.post("/runs/create", {"experiment_id": shared})["run"]["info"]["run_id"]

        store.delete_experiment(made["closed"])
        store.delete_run(dropped)
        store.delete_logged_model(model)
        report = _send(store, blobs, there)

        [note] = report.notes
        assert "'closed'" in note
        assert report.deleted == 2
        assert list(caller.pages("/logged-models/search", "models", asked)) == []
        left = {one["info"]["run_id"] for one in caller.pages("/runs/search", "runs", asked)}
        assert strange in left
        assert len(left) == 2

        for name in ("mine", "shared", "theirs"):
            store.delete_experiment(made[name])
        report = _send(store, blobs, there)
        assert [stage(name) for name in ("mine", "shared", "theirs")] == ["deleted", "active", "active"]
        kept = [note for note in report.notes if "left active there" in note]
        assert any("'shared'" in note and "not of this store" in note for note in kept)
        assert any("'theirs'" in note and "no export of this store made it" in note for note in kept)
        assert {one["info"]["run_id"] for one in caller.pages("/runs/search", "runs", asked)} == {strange}

        store.restore_experiment(made["mine"])
        notes = _send(store, blobs, there).notes
        assert any(runs["mine"] in note and "is deleted there" in note for note in notes)
    store.close()
