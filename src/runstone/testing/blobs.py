"""What every blob back end must do.

::

    class TestMine(BlobStoreSuite):
        @pytest.fixture
        def blobs(self) -> BlobStore:
            return MyBlobs(...)  # empty
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from runstone.blobs.protocol import BlobStore, Stored
from runstone.core.digest import PREFIX
from runstone.core.errors import InvalidArgument, NotFound

ABSENT = PREFIX + "0" * 64
BLOCK = 1 << 20
SIZES = [0, 1, 4096, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 7]
LARGE = 40 * BLOCK + 3
"""More than back ends send in one piece."""


def some_bytes(size: int) -> bytes:
    """Return bytes that do not repeat within a block and are the same in every run."""
    return hashlib.shake_128(b"runstone").digest(size)


class BlobStoreSuite:
    """Tests of a blob back end; a subclass gives the fixture ``blobs``: an empty store."""

    @pytest.mark.parametrize("size", SIZES)
    def test_bytes_come_back(self, blobs: BlobStore, size: int) -> None:
        data = some_bytes(size)

        stored = blobs.put_bytes(data)

        assert stored == (PREFIX + hashlib.sha256(data).hexdigest(), size)
        assert blobs.get_bytes(stored.digest) == data

    @pytest.mark.parametrize("size", SIZES)
    def test_a_file_comes_back(self, blobs: BlobStore, tmp_path: Path, size: int) -> None:
        data = some_bytes(size)
        (tmp_path / "in").write_bytes(data)

        stored = blobs.put_file(tmp_path / "in")
        blobs.get_file(stored.digest, tmp_path / "out")

        assert stored == (PREFIX + hashlib.sha256(data).hexdigest(), size)
        assert (tmp_path / "out").read_bytes() == data

    @pytest.mark.parametrize("size", SIZES)
    def test_a_stream_comes_back(self, blobs: BlobStore, size: int) -> None:
        data = some_bytes(size)

        stored = blobs.put_stream(io.BytesIO(data))

        assert stored == (PREFIX + hashlib.sha256(data).hexdigest(), size)
        assert blobs.get_bytes(stored.digest) == data

    def test_a_large_file_comes_back(self, blobs: BlobStore, tmp_path: Path) -> None:
        data = some_bytes(LARGE)
        (tmp_path / "in").write_bytes(data)

        stored = blobs.put_file(tmp_path / "in")
        blobs.get_file(stored.digest, tmp_path / "out")

        assert stored == (PREFIX + hashlib.sha256(data).hexdigest(), LARGE)
        assert (tmp_path / "out").read_bytes() == data

    def test_many_files_are_stored_in_order(self, blobs: BlobStore, tmp_path: Path) -> None:
        paths = [tmp_path / f"{number}.bin" for number in range(40)]
        for number, path in enumerate(paths):
            path.write_bytes(some_bytes(number % 30))

        stored = blobs.put_files(paths)

        assert [blobs.get_bytes(digest) for digest, _ in stored] == [path.read_bytes() for path in paths]
        assert len(list(blobs.iter_digests())) == 30

    def test_no_files_are_stored_as_none(self, blobs: BlobStore) -> None:
        assert blobs.put_files([]) == []

    def test_it_is_stored_once_however_it_comes(self, blobs: BlobStore, tmp_path: Path) -> None:
        data = some_bytes(2 * BLOCK)
        (tmp_path / "in").write_bytes(data)

        stored = {blobs.put_bytes(data), blobs.put_file(tmp_path / "in"), blobs.put_stream(io.BytesIO(data))}

        [only] = stored
        assert [(fact.digest, fact.size_bytes) for fact in blobs.iter_digests()] == [only]

    def test_the_file_that_was_stored_stays_as_it_is(self, blobs: BlobStore, tmp_path: Path) -> None:
        path = tmp_path / "in"
        path.write_bytes(b"before")
        before = path.stat()

        stored = blobs.put_file(path)
        path.write_bytes(b"after, in place")

        assert path.stat().st_mode == before.st_mode
        assert path.stat().st_nlink == 1
        assert blobs.get_bytes(stored.digest) == b"before"

    def test_a_link_the_user_named_is_followed(self, blobs: BlobStore, tmp_path: Path) -> None:
        (tmp_path / "file").write_bytes(b"content")
        (tmp_path / "link").symlink_to(tmp_path / "file")

        assert blobs.get_bytes(blobs.put_file(tmp_path / "link").digest) == b"content"

    def test_what_is_no_file_is_refused(self, blobs: BlobStore, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")

        with pytest.raises(NotFound, match="absent"):
            blobs.put_file(tmp_path / "absent")
        with pytest.raises(InvalidArgument, match="folder"):
            blobs.put_file(tmp_path)
        with pytest.raises(InvalidArgument, match="pipe"):
            blobs.put_file(tmp_path / "pipe")
        with pytest.raises(InvalidArgument):
            blobs.put_file("nul\0")

        assert list(blobs.iter_digests()) == []

    def test_an_open_blob_is_read_in_pieces(self, blobs: BlobStore) -> None:
        data = some_bytes(3 * BLOCK)
        stored = blobs.put_bytes(data)

        with blobs.open(stored.digest) as stream:
            pieces = [stream.read(1), stream.read(BLOCK), stream.read(7), stream.read(), stream.read()]

        assert [len(piece) for piece in pieces] == [1, BLOCK, 7, 2 * BLOCK - 8, 0]
        assert b"".join(pieces) == data

    def test_an_open_blob_may_be_closed_early(self, blobs: BlobStore) -> None:
        stored = blobs.put_bytes(some_bytes(3 * BLOCK))

        stream = blobs.open(stored.digest)
        stream.read(10)
        stream.close()

        assert stream.closed
        with pytest.raises(ValueError, match="closed"):
            stream.read()

    def test_size_exists_and_verify_tell_what_is_there(self, blobs: BlobStore) -> None:
        stored = blobs.put_bytes(b"twelve bytes")

        assert blobs.exists(stored.digest)
        assert blobs.size(stored.digest) == 12
        blobs.verify(stored.digest)

    def test_what_is_absent_is_not_found(self, blobs: BlobStore, tmp_path: Path) -> None:
        blobs.put_bytes(b"another")

        assert not blobs.exists(ABSENT)
        for ask in (blobs.get_bytes, blobs.size, blobs.verify, blobs.open):
            with pytest.raises(NotFound):
                ask(ABSENT)
        with pytest.raises(NotFound):
            blobs.get_file(ABSENT, tmp_path / "out")
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        "digest", ["", "0" * 64, "sha256:", f"md5:{'0' * 32}", f"{PREFIX}{'0' * 61}/..", ABSENT + "\n"]
    )
    def test_what_is_no_digest_is_refused(self, blobs: BlobStore, tmp_path: Path, digest: str) -> None:
        for ask in (blobs.get_bytes, blobs.open, blobs.size, blobs.verify, blobs.exists, blobs.delete):
            with pytest.raises(InvalidArgument):
                ask(digest)
        with pytest.raises(InvalidArgument):
            blobs.get_file(digest, tmp_path / "out")
        with pytest.raises(InvalidArgument):
            blobs.url(digest, timedelta(minutes=1))

    def test_listing_shows_each_blob_with_size_and_time(self, blobs: BlobStore) -> None:
        before_ms = time.time() * 1000
        stored = {blobs.put_bytes(some_bytes(size)) for size in range(20)}
        after_ms = time.time() * 1000

        facts = list(blobs.iter_digests())

        assert {Stored(fact.digest, fact.size_bytes) for fact in facts} == stored
        assert len(facts) == 20
        # A second of slack: some object stores have whole seconds only.
        assert all(before_ms - 1000 <= fact.modified_ms <= after_ms + 1000 for fact in facts)

    def test_an_empty_store_lists_nothing(self, blobs: BlobStore) -> None:
        assert list(blobs.iter_digests()) == []
        assert blobs.sweep(timedelta(0)) == 0
        assert blobs.sweep(timedelta(0), dry_run=True) == 0

    def test_deleted_is_gone_and_may_be_stored_again(self, blobs: BlobStore) -> None:
        kept, gone = blobs.put_bytes(b"kept"), blobs.put_bytes(b"gone")

        blobs.delete(gone.digest)
        blobs.delete(gone.digest)

        assert not blobs.exists(gone.digest)
        assert [fact.digest for fact in blobs.iter_digests()] == [kept.digest]
        blobs.put_bytes(b"gone")
        assert blobs.get_bytes(gone.digest) == b"gone"

    def test_what_is_old_is_deleted_and_what_is_young_is_not(self, blobs: BlobStore) -> None:
        digest = blobs.put_bytes(b"content").digest
        [fact] = blobs.iter_digests()

        later_ms = fact.modified_ms + 2000  # S3 tells whole seconds

        assert not blobs.delete_if_older(digest, fact.modified_ms - 2000)
        assert blobs.get_bytes(digest) == b"content"
        assert blobs.delete_if_older(digest, later_ms)
        assert not blobs.exists(digest)
        assert not blobs.delete_if_older(digest, later_ms)
        assert list(blobs.iter_digests()) == []

    def test_a_file_is_replaced_whole_and_has_ordinary_rights(self, blobs: BlobStore, tmp_path: Path) -> None:
        stored = blobs.put_bytes(b"new")
        (tmp_path / "ordinary").touch()
        (tmp_path / "out").write_bytes(b"something older and longer")

        blobs.get_file(stored.digest, tmp_path / "out")

        assert (tmp_path / "out").read_bytes() == b"new"
        assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == stat.S_IMODE((tmp_path / "ordinary").stat().st_mode)
        assert {path.name for path in tmp_path.iterdir()} == {"ordinary", "out"}

    def test_a_link_at_the_destination_is_replaced_and_not_written_through(
        self, blobs: BlobStore, tmp_path: Path
    ) -> None:
        stored = blobs.put_bytes(b"new")
        (tmp_path / "precious").write_bytes(b"precious")
        (tmp_path / "out").symlink_to(tmp_path / "precious")

        blobs.get_file(stored.digest, tmp_path / "out")

        assert (tmp_path / "precious").read_bytes() == b"precious"
        assert not (tmp_path / "out").is_symlink()
        assert (tmp_path / "out").read_bytes() == b"new"

    def test_a_destination_that_cannot_be_is_refused(self, blobs: BlobStore, tmp_path: Path) -> None:
        stored = blobs.put_bytes(b"new")

        with pytest.raises(InvalidArgument, match="folder"):
            blobs.get_file(stored.digest, tmp_path)
        with pytest.raises(NotFound, match="no folder"):
            blobs.get_file(stored.digest, tmp_path / "absent" / "out")

        assert list(tmp_path.iterdir()) == []

    def test_what_was_got_may_be_changed_in_place(self, blobs: BlobStore, tmp_path: Path) -> None:
        stored = blobs.put_bytes(b"content")
        blobs.get_file(stored.digest, tmp_path / "out")

        with (tmp_path / "out").open("r+b") as out:
            out.write(b"CHANGED")

        assert blobs.get_bytes(stored.digest) == b"content"

    def test_many_threads_store_and_read_at_once(self, blobs: BlobStore) -> None:
        contents = [some_bytes(size) for size in (10, 20, 2 * BLOCK)] * 8

        with ThreadPoolExecutor(8) as pool:
            stored = list(pool.map(blobs.put_bytes, contents))
            read = list(pool.map(blobs.get_bytes, [digest for digest, _ in stored]))

        assert read == contents
        assert {Stored(fact.digest, fact.size_bytes) for fact in blobs.iter_digests()} == set(stored)

    def test_what_a_file_was_stored_under_is_what_it_held_even_while_it_changes(
        self, blobs: BlobStore, tmp_path: Path
    ) -> None:
        path = tmp_path / "changing"
        path.write_bytes(b"a" * LARGE)

        def change() -> None:
            with path.open("r+b", buffering=0) as out:
                for letter in b"bcdefgh":
                    out.seek(0)
                    out.write(bytes([letter]) * LARGE)

        with ThreadPoolExecutor(1) as pool:
            changed = pool.submit(change)
            digests = [blobs.put_file(path).digest for _ in range(3)]
            changed.result()

        for digest in digests:
            blobs.verify(digest)
