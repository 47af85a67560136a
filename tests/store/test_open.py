from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from runstone.core.errors import InvalidArgument, PermissionDenied, RunstoneError, StoreCorrupt
from runstone.store.open import database_path, open_store


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("/data/store", "/data/store/runstone.db"),
        ("/data/my store#1%20", "/data/my store#1%20/runstone.db"),
        ("/data/x.db", "/data/x.db"),
        ("file:///data/store", "/data/store/runstone.db"),
        ("file://localhost/data/my%20store", "/data/my store/runstone.db"),
        ("file:/data/store", "/data/store/runstone.db"),
        ("sqlite:////data/x.db", "/data/x.db"),
        ("sqlite:/data/x.sqlite3", "/data/x.sqlite3"),
        ("sqlite:////data/folder", "/data/folder/runstone.db"),
        ("SQLite:////data/x.db", "/data/x.db"),
    ],
)
def test_an_embedded_store_is_a_file_or_a_folder_with_one(uri: str, path: str) -> None:
    assert database_path(uri) == Path(path)


@pytest.mark.parametrize("uri", ["sub/.runstone", "./sub/.runstone", "file:sub/.runstone", "sqlite:///sub/.runstone"])
def test_a_relative_path_starts_at_the_current_folder(
    uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert database_path(uri) == tmp_path / "sub" / ".runstone" / "runstone.db"


def test_a_path_may_begin_with_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))

    assert database_path("~/store") == tmp_path / "store" / "runstone.db"


@pytest.mark.parametrize("suffix", ["", ".d"])
def test_a_folder_is_a_folder_whatever_its_name(tmp_path: Path, suffix: str) -> None:
    folder = tmp_path / f"store{suffix}.db"
    folder.mkdir()

    assert database_path(str(folder)) == folder / "runstone.db"


def test_a_postgres_store_is_elsewhere() -> None:
    assert database_path("postgresql://user:secret@host/db") is None


@pytest.mark.parametrize(
    "uri",
    [
        "",
        " ",
        "nul\0",
        "mysql://host/db",
        "databricks:profile",
        "postgresql+psycopg2://host/db",
        "sqlite:",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite://host/path",
        "file://host/path",
        "file:",
    ],
)
def test_what_is_no_store_is_refused_with_what_would_be(uri: str) -> None:
    with pytest.raises(InvalidArgument, match=r"sqlite|file:"):
        open_store(uri)


def test_a_server_is_a_store_whose_secrets_are_not_shown() -> None:
    store = open_store("https://user:secret@host/path")

    assert store.uri == "https://host/path"


@pytest.mark.parametrize("uri", ["http:", "http://", "https:///path", "http:host"])
def test_what_is_no_address_of_a_server_is_refused(uri: str) -> None:
    with pytest.raises(InvalidArgument, match="http://HOST:PORT"):
        open_store(uri)


def test_an_unknown_scheme_shows_no_secrets() -> None:
    with pytest.raises(InvalidArgument) as caught:
        open_store("mysql://user:secret@host/path")

    assert "secret" not in str(caught.value)


def test_a_store_is_made_where_there_was_none_and_found_again(tmp_path: Path) -> None:
    folder = tmp_path / "new" / ".runstone"
    store = open_store(str(folder))
    made = store.create_experiment("kept").experiment_id
    store.close()

    for uri in (str(folder), f"file://{folder}", f"sqlite:///{folder}/runstone.db", store.uri):
        again = open_store(uri)
        assert again.get_experiment(made).name == "kept"
        again.close()


def test_opening_alone_makes_nothing(tmp_path: Path) -> None:
    open_store(str(tmp_path / "new"))

    assert list(tmp_path.iterdir()) == []


@pytest.mark.postgres
def test_a_postgres_store_opens(migrated_postgres_uri: str) -> None:
    store = open_store(migrated_postgres_uri)

    assert store.get_experiment("0").name == "Default"
    store.close()


def test_a_foreign_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    place = tmp_path / ".runstone"
    place.write_text("notes to self")

    store = open_store(str(place))
    with pytest.raises(StoreCorrupt) as caught:
        store.get_experiment("0")
    store.close()

    assert str(place) in str(caught.value)
    assert place.read_text() == "notes to self"


def test_a_foreign_file_above_the_folder_is_named(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("notes to self")

    with pytest.raises(StoreCorrupt) as caught:
        open_store(str(place / "deep" / ".runstone"))

    assert f"{place} is a file" in str(caught.value)


def test_a_foreign_file_in_place_of_the_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "runstone.db").write_bytes(b"\x89PNG\r\n" * 100)

    store = open_store(str(tmp_path))
    with pytest.raises(StoreCorrupt, match=r"runstone\.db"):
        store.get_experiment("0")
    store.close()


def test_a_folder_in_place_of_the_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "runstone.db").mkdir()

    with pytest.raises(StoreCorrupt, match="folder"):
        open_store(str(tmp_path))


def test_a_foreign_database_is_named_and_left_as_it_is(tmp_path: Path) -> None:
    place = tmp_path / "mlflow.db"
    connection = sqlite3.connect(place)
    connection.execute("CREATE TABLE experiments (experiment_id INTEGER)")
    connection.commit()
    connection.close()
    before = place.read_bytes()

    store = open_store(str(place))
    with pytest.raises(StoreCorrupt, match=r"mlflow\.db"):
        store.get_experiment("0")
    store.close()

    assert place.read_bytes() == before


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    place = tmp_path / "empty.db"
    place.touch()

    store = open_store(str(place))

    assert store.get_experiment("0").name == "Default"
    store.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_store_that_may_not_be_looked_at_is_named(tmp_path: Path) -> None:
    place = tmp_path / "closed"
    place.mkdir(mode=0)

    with pytest.raises(PermissionDenied, match="closed"):
        open_store(str(place / "store"))


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="only Linux shows its locks")
def test_opening_a_store_again_leaves_the_locks_of_the_first_alone(tmp_path: Path) -> None:
    first = open_store(str(tmp_path))
    first.create_experiment("e")
    inode = (tmp_path / "runstone.db").stat().st_ino
    before = Path("/proc/locks").read_text().count(f":{inode} ")

    open_store(str(tmp_path))

    after = Path("/proc/locks").read_text().count(f":{inode} ")
    first.close()
    assert after == before > 0


def test_every_refusal_is_one_of_ours(tmp_path: Path) -> None:
    for uri in ("mysql:x", "http://x", "sqlite:", str(tmp_path / ("x" * 300))):
        with pytest.raises(RunstoneError):
            open_store(uri).get_experiment("0")


def test_reading_a_uri_loads_nothing_heavy(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from runstone.store.open import database_path\n"
        f"database_path({str(tmp_path)!r})\n"
        "heavy = {'numpy', 'zstandard', 'psycopg', 'asyncio', 'sqlite3'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_using_an_embedded_store_loads_neither_numpy_nor_drivers_of_others(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from runstone.store.open import open_store\n"
        f"store = open_store({str(tmp_path)!r})\n"
        "store.create_experiment('e')\n"
        "store.close()\n"
        "print(sorted({'numpy', 'zstandard', 'psycopg', 'asyncio'} & sys.modules.keys()))"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_an_emptied_database_beside_files_of_runs_is_no_new_store(tmp_path: Path) -> None:
    (tmp_path / "blobs" / "sha256").mkdir(parents=True)
    (tmp_path / "runstone.db").touch()

    with pytest.raises(StoreCorrupt, match="restore a backup"):
        open_store(str(tmp_path))

    (tmp_path / "runstone.db").unlink()
    assert open_store(str(tmp_path)).count_runs(None) == 0
