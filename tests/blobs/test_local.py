from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.blobs.local import LocalBlobs
from runstone.blobs.protocol import BlobFact, Stored
from runstone.core.digest import digest_of
from runstone.core.errors import NotFound, StoreCorrupt

MIB = 1 << 20
LARGE = 5 * MIB


@pytest.fixture
def blobs(tmp_path: Path) -> LocalBlobs:
    return LocalBlobs(tmp_path / "blobs")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may look into, which pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="runstone-test-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def path_of(blobs: LocalBlobs, digest: str) -> Path:
    name = digest.removeprefix("sha256:")
    return blobs.root / "sha256" / name[:2] / name[2:]


def files_below(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def run(script: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def put_bytes(blobs: LocalBlobs, data: bytes, folder: Path) -> Stored:
    return blobs.put_bytes(data)


def put_stream(blobs: LocalBlobs, data: bytes, folder: Path) -> Stored:
    return blobs.put_stream(io.BytesIO(data))


def put_file(blobs: LocalBlobs, data: bytes, folder: Path) -> Stored:
    (folder / "in").write_bytes(data)
    return blobs.put_file(folder / "in")


Put = Callable[[LocalBlobs, bytes, Path], Stored]
every_put = pytest.mark.parametrize("put", [put_bytes, put_stream, put_file])


@every_put
def test_the_file_is_the_content_and_read_only(blobs: LocalBlobs, tmp_path: Path, put: Put) -> None:
    data = b"x" * LARGE

    stored = put(blobs, data, tmp_path)

    path = path_of(blobs, stored.digest)
    assert files_below(blobs.root) == {path}
    assert path.read_bytes() == data
    assert path.stat().st_mode & 0o222 == 0


@given(data=st.binary(max_size=5000))
def test_any_bytes_come_back(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    blobs = LocalBlobs(tmp_path_factory.getbasetemp() / "any")

    stored = blobs.put_bytes(data)

    assert stored == (digest_of(data), len(data))
    assert blobs.get_bytes(stored.digest) == data
    with blobs.open(stored.digest) as stream:
        assert b"".join(iter(lambda: stream.read(7), b"")) == data


def test_what_is_there_is_not_written_again(blobs: LocalBlobs) -> None:
    path = path_of(blobs, blobs.put_bytes(b"content").digest)
    before = path.stat()

    blobs.put_bytes(b"content")

    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@every_put
def test_asking_for_an_old_blob_renews_its_time(blobs: LocalBlobs, tmp_path: Path, put: Put) -> None:
    data = b"x" * LARGE
    stored = blobs.put_bytes(data)
    os.utime(path_of(blobs, stored.digest), (0, 0))

    put(blobs, data, tmp_path)

    [fact] = blobs.iter_digests()
    assert fact == BlobFact(*stored, fact.modified_ms)
    assert abs(fact.modified_ms - time.time() * 1000) < 60_000


def test_a_blob_cut_short_by_a_power_failure_is_repaired_when_stored_again(blobs: LocalBlobs) -> None:
    stored = blobs.put_bytes(b"content")
    path = path_of(blobs, stored.digest)
    path.chmod(0o644)
    path.write_bytes(b"")

    with pytest.raises(StoreCorrupt):
        blobs.get_bytes(stored.digest)
    blobs.put_bytes(b"content")

    assert blobs.get_bytes(stored.digest) == b"content"


@pytest.mark.parametrize("damage", [b"", b"y" + b"x" * (LARGE - 1), b"x" * (LARGE - 1), b"x" * (LARGE + 1)])
def test_damage_is_found_out_however_it_is_read(blobs: LocalBlobs, tmp_path: Path, damage: bytes) -> None:
    digest = blobs.put_bytes(b"x" * LARGE).digest
    path = path_of(blobs, digest)
    path.chmod(0o644)
    path.write_bytes(damage)

    for read in (blobs.get_bytes, blobs.verify):
        with pytest.raises(StoreCorrupt, match=str(path)):
            read(digest)
    with pytest.raises(StoreCorrupt, match=digest):
        blobs.get_file(digest, tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_somebody_who_reads_exactly_the_size_is_told_of_damage_too(blobs: LocalBlobs) -> None:
    digest = blobs.put_bytes(b"x" * LARGE).digest
    path = path_of(blobs, digest)
    path.chmod(0o644)
    with path.open("r+b") as file:
        file.write(b"y")

    with blobs.open(digest) as stream, pytest.raises(StoreCorrupt):
        stream.read(LARGE)


def test_files_without_a_size_are_read_to_their_end(blobs: LocalBlobs) -> None:
    if not Path("/proc/self/environ").exists():
        pytest.skip("no /proc")

    stored = blobs.put_file("/proc/self/status")

    assert stored.size_bytes > 100
    assert b"Name:" in blobs.get_bytes(stored.digest)


def test_foreign_files_in_the_folder_are_not_listed(blobs: LocalBlobs) -> None:
    stored = blobs.put_bytes(b"content")
    (blobs.root / "sha256" / "readme").write_text("foreign")
    (path_of(blobs, stored.digest).parent / "foreign").write_text("foreign")

    assert [fact.digest for fact in blobs.iter_digests()] == [stored.digest]


def test_a_relative_root_stays_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    blobs = LocalBlobs("blobs")
    monkeypatch.chdir(tmp_path / "elsewhere")

    digest = blobs.put_bytes(b"content").digest

    assert (tmp_path / "blobs").is_dir()
    assert blobs.get_bytes(digest) == b"content"


def test_folders_that_were_cleared_away_are_made_again(blobs: LocalBlobs) -> None:
    path = path_of(blobs, blobs.put_bytes(b"content").digest)
    path.unlink()
    path.parent.rmdir()
    (blobs.root / "tmp").rmdir()

    blobs.put_bytes(b"content")

    assert path.read_bytes() == b"content"


def test_sweep_removes_old_temporary_files_and_no_others(blobs: LocalBlobs) -> None:
    digest = blobs.put_bytes(b"content").digest
    os.utime(path_of(blobs, digest), (0, 0))
    old, new = blobs.root / "tmp" / "old", blobs.root / "tmp" / "new"
    old.write_bytes(b"12345")
    new.write_bytes(b"1")
    os.utime(old, (0, 0))

    would_free = blobs.sweep(timedelta(hours=1), dry_run=True)
    assert old.exists()
    freed = blobs.sweep(timedelta(hours=1))

    assert would_free == freed == 5
    assert not old.exists()
    assert new.exists()
    assert blobs.exists(digest)


def test_what_is_stored_again_while_it_is_deleted_stays(blobs: LocalBlobs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process renews it after the look at its time and before it is out of the way."""
    digest = blobs.put_bytes(b"content").digest
    os.utime(path_of(blobs, digest), (0, 0))
    real = os.rename

    def rename(source: str, target: str) -> None:
        monkeypatch.setattr(os, "rename", real)
        LocalBlobs(blobs.root).put_bytes(b"content")
        real(source, target)

    monkeypatch.setattr(os, "rename", rename)

    assert not blobs.delete_if_older(digest, 3_600_000)
    assert blobs.get_bytes(digest) == b"content"
    assert list((blobs.root / "tmp").iterdir()) == []


def test_a_stream_that_fails_leaves_nothing(blobs: LocalBlobs) -> None:
    class Failing(io.RawIOBase):
        def __init__(self) -> None:
            self.reads = 0

        def read(self, size: int = -1) -> bytes:
            self.reads += 1
            if self.reads == 3:
                raise ZeroDivisionError
            return b"x" * MIB

    with pytest.raises(ZeroDivisionError):
        blobs.put_stream(Failing())  # type: ignore[arg-type]

    assert files_below(blobs.root) == set()


def test_without_threads_to_be_had_it_hashes_by_itself(blobs: LocalBlobs, tmp_path: Path) -> None:
    done = run(
        """
        import sys, threading
        from runstone.blobs.local import LocalBlobs

        def refuse(thread):
            raise RuntimeError("can't start new thread")

        threading.Thread.start = refuse
        print(LocalBlobs(sys.argv[1]).put_file(sys.argv[2]).digest)
        """,
        blobs.root,
        _file(tmp_path / "in", b"x" * LARGE),
    )

    assert done.stdout.strip() == digest_of(b"x" * LARGE), done.stderr


def test_a_file_in_the_place_of_the_folder_is_named_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("not a folder")
    blobs = LocalBlobs(tmp_path / "blobs")

    with pytest.raises(StoreCorrupt, match=rf"{tmp_path}/blobs.*RUNSTONE_ARTIFACTS"):
        blobs.put_bytes(b"x")
    with pytest.raises(NotFound):
        blobs.put_file(tmp_path / "absent")

    assert (tmp_path / "blobs").read_text() == "not a folder"


@pytest.mark.faults
@pytest.mark.parametrize("kind", ["put_bytes", "put_file", "put_stream", "get_file"])
def test_a_full_disk_is_said_to_be_one_and_leaves_no_debris(blobs: LocalBlobs, tmp_path: Path, kind: str) -> None:
    source = _file(tmp_path / "in", b"x" * LARGE)
    digest = blobs.put_file(source).digest if kind == "get_file" else ""
    before = files_below(tmp_path)

    done = run(
        """
        import resource, sys
        from runstone.blobs.local import LocalBlobs
        from runstone.core.errors import StorageFull

        root, source, kind, digest = sys.argv[1:]
        resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))
        blobs = LocalBlobs(root)
        try:
            if kind == "put_bytes":
                blobs.put_bytes(open(source, "rb").read())
            elif kind == "put_stream":
                blobs.put_stream(open(source, "rb"))
            elif kind == "put_file":
                blobs.put_file(source)
            else:
                blobs.get_file(digest, source + ".out")
        except StorageFull as error:
            print(error)
        print(blobs.put_bytes(b"still works").size_bytes)
        """,
        blobs.root,
        source,
        kind,
        digest,
    )

    [message, size] = done.stdout.splitlines() or [done.stderr, ""]
    assert "free some space" in message
    assert str(tmp_path) in message
    assert size == "11"
    assert files_below(tmp_path) == before | {path_of(blobs, digest_of(b"still works"))}


@pytest.mark.faults
def test_a_read_only_folder_is_permission_denied_with_a_way_out(open_folder: Path) -> None:
    digest = LocalBlobs(open_folder).put_bytes(b"content").digest

    done = run(
        """
        import os, sys
        from runstone.blobs.local import LocalBlobs
        from runstone.core.errors import PermissionDenied

        blobs = LocalBlobs(sys.argv[1])
        os.chmod(sys.argv[1] + "/tmp", 0o555)
        if os.geteuid() == 0:  # who may write anywhere
            os.setgid(65534)
            os.setuid(65534)
        try:
            blobs.put_bytes(b"more")
        except PermissionDenied as error:
            print(error)
        print(blobs.get_bytes(sys.argv[2]).decode())
        """,
        open_folder,
        digest,
    )

    [message, content] = done.stdout.splitlines() or [done.stderr, ""]
    assert str(open_folder) in message
    assert "RUNSTONE_ARTIFACTS" in message
    assert content == "content"


def test_an_unreadable_file_is_permission_denied(open_folder: Path) -> None:
    source = _file(open_folder / "secret", b"x")
    source.chmod(0)

    done = run(
        """
        import os, sys
        from runstone.blobs.local import LocalBlobs
        from runstone.core.errors import PermissionDenied

        blobs = LocalBlobs("/nowhere")
        if os.geteuid() == 0:
            os.setgid(65534)
            os.setuid(65534)
        try:
            blobs.put_file(sys.argv[1])
        except PermissionDenied as error:
            print(error)
        """,
        source,
    )

    assert f"cannot read {source}" in done.stdout, done.stderr


@pytest.mark.faults
@pytest.mark.parametrize("kill_after_blocks", [0, 1, 5, 20])
def test_a_killed_writer_leaves_no_wrong_blob(blobs: LocalBlobs, tmp_path: Path, kill_after_blocks: int) -> None:
    source = _file(tmp_path / "in", os.urandom(24 * MIB))
    writer = subprocess.Popen(
        [
            sys.executable,
            "-c",
            textwrap.dedent(
                """
                import sys
                from runstone.blobs.local import LocalBlobs

                class Slow:
                    def __init__(self, path, blocks):
                        self.file, self.blocks = open(path, "rb"), blocks

                    def read(self, size):
                        if self.blocks == 0:
                            print("now", flush=True)
                            sys.stdin.read()
                        self.blocks -= 1
                        return self.file.read(size)

                LocalBlobs(sys.argv[1]).put_stream(Slow(sys.argv[2], int(sys.argv[3])))
                """
            ),
            blobs.root,
            source,
            str(kill_after_blocks),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == b"now\n"

    writer.kill()
    writer.communicate()

    assert writer.returncode == -signal.SIGKILL
    assert list(blobs.iter_digests()) == []
    assert blobs.sweep(timedelta(seconds=-60)) == kill_after_blocks * MIB
    assert files_below(blobs.root) == set()


@pytest.mark.faults
def test_writers_of_files_killed_at_any_moment_leave_no_wrong_blob(blobs: LocalBlobs, tmp_path: Path) -> None:
    paths = [_file(tmp_path / f"{number}", os.urandom(size)) for number, size in enumerate([100, MIB, 9 * MIB] * 8)]
    script = "import sys; from runstone.blobs.local import LocalBlobs; print(1, flush=True); "
    script += "blobs = LocalBlobs(sys.argv[1]); [blobs.put_file(path) for path in sys.argv[2:]]"

    for delay_s in (0.0, 0.002, 0.01, 0.03, 0.06):
        writer = subprocess.Popen([sys.executable, "-c", script, blobs.root, *paths], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(delay_s)  # The moment of death, not a wait for something.
        writer.kill()
        writer.communicate()

        for fact in blobs.iter_digests():
            blobs.verify(fact.digest)

    expected = {digest_of(path.read_bytes()) for path in paths}
    blobs.put_files(paths)
    assert {fact.digest for fact in blobs.iter_digests()} == expected


def test_many_processes_store_the_same_and_other_bytes_at_once(blobs: LocalBlobs) -> None:
    script = "import sys; from runstone.blobs.local import LocalBlobs; blobs = LocalBlobs(sys.argv[1]); "
    script += "[blobs.put_bytes(b'%d' % (number % 50) * 1000) for number in range(200)]"

    writers = [subprocess.Popen([sys.executable, "-c", script, blobs.root]) for _ in range(4)]

    assert [writer.wait() for writer in writers] == [0, 0, 0, 0]
    assert {fact.digest for fact in blobs.iter_digests()} == {digest_of(b"%d" % number * 1000) for number in range(50)}
    assert list((blobs.root / "tmp").iterdir()) == []
    for fact in blobs.iter_digests():
        blobs.verify(fact.digest)


def _file(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path
