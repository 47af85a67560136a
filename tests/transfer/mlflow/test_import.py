"""What the real MLflow recorded, and says of itself, is what it is told by us after the import."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.transfer.mlflow.conftest import history, mlflow_server

from runstone.blobs.local import LocalBlobs
from runstone.core.errors import InvalidArgument, NotFound
from runstone.server.app import create_app
from runstone.server.backend import open_backend
from runstone.store.open import open_store
from runstone.store.protocol import Store
from runstone.testing.serving import serving
from runstone.transfer.mlflow.importing import MlflowReport, import_mlflow, open_source


class Place(NamedTuple):
    """Somewhere MLflow keeps a history.

    Attributes:
        uri: As MLflow is told it.
        source: As we are.
    """

    uri: str
    source: str
    folder: Path


@pytest.fixture(params=["files", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres), "server"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A history in each kind of store."""
    folder = tmp_path / "theirs"
    folder.mkdir()
    if request.param == "server":
        with mlflow_server(folder) as uri:
            history("make", uri, folder)
            yield Place(uri, uri, folder)
        return
    uri = source = f"sqlite:///{folder}/mlflow.db"
    if request.param == "files":
        uri, source = f"file://{folder}/mlruns", f"{folder}/mlruns"
    elif request.param == "postgres":
        source = request.getfixturevalue("empty_postgres_uri")
        uri = source.replace("postgresql://", "postgresql+psycopg://")
    history("make", uri, folder)
    yield Place(uri, source, folder)


class Ours:
    """A store of ours that histories are brought into."""

    def __init__(self, folder: Path) -> None:
        self.store: Store = open_store(str(folder))
        self.blobs = LocalBlobs(folder / "blobs")

    def take(self, place: Place, **options: Any) -> MlflowReport:
        with closing(open_source(place.source)) as source:
            return import_mlflow(self.store, self.blobs, source, **options)

    def says(self, folder: Path) -> Any:
        """Return what MLflow's client is told by our server."""
        with serving(create_app(open_backend(self.store, self.blobs))) as front:
            return history("dump", front.uri, folder)


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Ours]:
    made = Ours(tmp_path / "ours")
    yield made
    made.store.close()


def _comparable(told: Any) -> Any:
    """Return what is told without what cannot be kept."""
    # The default experiment was there before.
    told["experiments"] = [one[:-1] if one[0] == "Default" else one for one in told["experiments"]]
    for run in told["runs"].values():
        run["tags"].pop("mlflow.artifacts.location", None)
    return told


def test_all_of_a_history_comes_and_what_comes_later_too(place: Place, ours: Ours) -> None:
    first = ours.take(place)

    assert first.notes == []
    assert (first.experiments, first.runs, first.logged_models, first.model_versions) == (2, 4, 1, 3)
    theirs = _comparable(history("dump", place.uri, place.folder))
    assert _comparable(ours.says(place.folder)) == theirs

    again = ours.take(place)
    assert (again.runs, again.updated, again.points, again.artifacts, again.model_versions) == (0, 0, 0, 0, 0)

    history("more", place.uri, place.folder)
    later = ours.take(place)
    assert (later.runs, later.updated, later.points, later.artifacts) == (1, 2, 2, 1)
    assert _comparable(ours.says(place.folder)) == _comparable(history("dump", place.uri, place.folder))
    assert ours.store.check() == []


@pytest.fixture
def files(tmp_path: Path) -> Place:
    """A history in a folder."""
    folder = tmp_path / "theirs"
    folder.mkdir()
    history("make", f"file://{folder}/mlruns", folder)
    return Place(f"file://{folder}/mlruns", f"{folder}/mlruns", folder)


def test_a_folder_that_was_moved_damaged_and_tampered_with_gives_what_it_can(
    files: Place, ours: Ours, tmp_path: Path
) -> None:
    moved = tmp_path / "elsewhere"
    shutil.move(files.source, moved)
    [run] = (path.parent for path in moved.rglob("d/notes.txt"))
    root = run.parent.parent
    (tmp_path / "secret.txt").write_text("secret")
    (run / "link.txt").symlink_to(tmp_path / "secret.txt")
    (root / "tags" / "outside").symlink_to(tmp_path / "secret.txt")
    (root / "metrics" / "torn").write_text("12 0.5 1\n13 0.")
    (root / "metrics" / "bad").write_text("x y z\n")
    broken = root.parent / ("0" * 32)
    broken.mkdir()
    (broken / "meta.yaml").write_text("!!python/object/apply:os.system ['touch pwned']")
    (moved / "0" / "meta.yaml").unlink()

    report = ours.take(Place("", str(moved), files.folder))

    assert report.runs == 4
    assert "secret" not in "".join(map(str, ours.store.get_run(root.name).tags.values()))
    assert not Path("pwned").exists()
    assert any("bad" in note for note in report.notes)
    assert any("meta.yaml" in note for note in report.notes)


def test_only_what_is_asked_for_comes(files: Place, ours: Ours) -> None:
    report = ours.take(files, experiments=frozenset(["gone"]), with_artifacts=False)

    assert (report.experiments, report.runs, report.model_versions) == (1, 0, 0)
    with pytest.raises(NotFound):
        ours.take(files, experiments=frozenset(["nothing"]))


def test_an_experiment_whose_id_is_taken_gets_another_and_that_is_said(files: Place, ours: Ours) -> None:
    [theirs] = {one[3] for one in history("dump", files.uri, files.folder)["experiments"] if one[0] == "team/a"}
    ours.store.create_experiment("mine", experiment_id=theirs)

    report = ours.take(files)

    found = ours.store.find_experiment("team/a")
    assert found is not None
    assert found.experiment_id != theirs
    assert [note for note in report.notes if theirs in note and found.experiment_id in note]
    assert ours.take(files).runs == 0


def test_a_run_of_the_same_id_that_came_otherwise_stays(files: Place, ours: Ours) -> None:
    from runstone.core.entities import NewRun

    [run] = (path.parent.parent.parent for path in Path(files.source).rglob("d/notes.txt"))
    ours.store.create_run(NewRun(run_id=run.name, run_name="mine", start_time=1, experiment_id="0"))

    report = ours.take(files)

    assert report.skipped == 1
    assert ours.store.get_run(run.name).info.run_name == "mine"


@pytest.mark.parametrize(
    ("place", "error"),
    [
        ("nowhere", NotFound),
        ("sqlite:///nowhere.db", NotFound),
        ("mysql://u@h/d", InvalidArgument),
        ("mysql+pymysql://u@h/d", InvalidArgument),
    ],
)
def test_what_is_no_history_is_an_error(
    place: str, error: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error):
        open_source(place)


def test_a_database_of_somebody_elses_is_refused(tmp_path: Path) -> None:
    import sqlite3

    with closing(sqlite3.connect(tmp_path / "x.db")) as connection:
        connection.execute("CREATE TABLE experiments (a)")
    (tmp_path / "text.db").write_text("no database at all, only text " * 50)

    for name in ("x.db", "text.db"):
        with pytest.raises(InvalidArgument):
            open_source(f"sqlite:///{tmp_path}/{name}")
