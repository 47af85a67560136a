"""A store goes to the real MLflow's server, and what that then says is what was here."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from tests.transfer.mlflow.conftest import history, mlflow_server

from runstone.blobs.local import LocalBlobs
from runstone.store.open import open_store
from runstone.transfer.mlflow.exporting import RUN_TAG, ExportReport, export_mlflow
from runstone.transfer.mlflow.importing import import_mlflow, open_source
from runstone.transfer.mlflow.server import Caller


def _by_name(told: Any) -> dict[str, Any]:
    """Return the active runs by name, without what their ids are in."""
    found = {}
    for run in told["runs"].values():
        if run["info"][5] == "active":
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
        assert (first.runs, first.artifacts) == (3, 3)
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
