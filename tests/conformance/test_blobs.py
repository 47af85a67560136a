from __future__ import annotations

import itertools
import multiprocessing
import socket
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runstone.blobs.local import LocalBlobs
from runstone.blobs.objects import ObjectBlobs
from runstone.blobs.open import open_blobs
from runstone.blobs.protocol import BlobStore
from runstone.blobs.remote import RemoteBlobs
from runstone.core.errors import NotFound, PermissionDenied, StoreCorrupt, Unavailable, Unsupported
from runstone.server.app import create_app
from runstone.server.backend import open_backend
from runstone.store.open import open_store
from runstone.testing.blobs import ABSENT, BlobStoreSuite, some_bytes

if TYPE_CHECKING:
    from tests.s3 import S3Server

    from runstone.testing.serving import Front

_numbers = itertools.count(1)


class TestLocal(BlobStoreSuite):
    @pytest.fixture
    def blobs(self, tmp_path_factory: pytest.TempPathFactory) -> BlobStore:
        return LocalBlobs(tmp_path_factory.mktemp("blobs") / "not there yet")


class TestMemory(BlobStoreSuite):
    @pytest.fixture
    def blobs(self) -> BlobStore:
        return ObjectBlobs("memory:")


@pytest.fixture
def prefix() -> str:
    return f"some/prefix-{next(_numbers)}"


@pytest.fixture
def s3_blobs(s3_server: S3Server, prefix: str) -> BlobStore:
    return open_blobs(f"s3://{s3_server.bucket}/{prefix}", **s3_server.options)


@pytest.fixture
def s3_folder(s3_server: S3Server, prefix: str) -> Path:
    """Where the server keeps what is below the prefix."""
    return s3_server.folder / prefix


class TestS3(BlobStoreSuite):
    @pytest.fixture
    def blobs(self, s3_blobs: BlobStore) -> BlobStore:
        return s3_blobs


class _Tended(RemoteBlobs):
    """Blobs behind a server, with the upkeep of the store that it serves, which no client may do."""

    def __init__(self, uri: str, kept: LocalBlobs) -> None:
        super().__init__(uri)
        self.iter_digests = kept.iter_digests  # type: ignore[method-assign]
        self.delete = kept.delete  # type: ignore[method-assign]
        self.delete_if_older = kept.delete_if_older  # type: ignore[method-assign]
        self.sweep = kept.sweep  # type: ignore[method-assign]


class TestRemote(BlobStoreSuite):
    @pytest.fixture
    def blobs(self, _front: Front, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BlobStore]:
        folder = tmp_path_factory.mktemp("served")
        store, kept = open_store(str(folder)), LocalBlobs(folder / "blobs")
        _front.app = create_app(open_backend(store, kept))
        yield _Tended(_front.uri, kept)
        store.close()


def test_no_client_may_list_or_delete_what_a_server_keeps() -> None:
    blobs = RemoteBlobs("http://127.0.0.1:9")

    for refused in (
        blobs.iter_digests,
        lambda: blobs.delete(ABSENT),
        lambda: blobs.delete_if_older(ABSENT, 0),
        lambda: blobs.sweep(timedelta(0)),
    ):
        with pytest.raises(Unsupported, match="where they are kept"):
            refused()


def test_s3_keys_are_the_digest_below_the_prefix(s3_folder: Path, s3_blobs: BlobStore) -> None:
    digest = s3_blobs.put_bytes(b"content").digest

    name = digest.removeprefix("sha256:")
    assert files_below(s3_folder) == [s3_folder / "sha256" / name[:2] / name[2:]]
    assert (s3_folder / "sha256" / name[:2] / name[2:]).read_bytes() == b"content"


def test_s3_lists_nothing_that_is_not_a_blob_of_its_prefix(
    s3_server: S3Server, prefix: str, s3_blobs: BlobStore
) -> None:
    mine = s3_blobs.put_bytes(b"mine")
    open_blobs(f"s3://{s3_server.bucket}/{prefix}/below", **s3_server.options).put_bytes(b"theirs")
    open_blobs(f"s3://{s3_server.bucket}/{prefix}/sha256", **s3_server.options).put_bytes(b"confusingly theirs")

    assert [fact.digest for fact in s3_blobs.iter_digests()] == [mine.digest]


def test_s3_signs_a_url_that_reads_without_credentials(s3_blobs: BlobStore) -> None:
    digest = s3_blobs.put_bytes(b"content").digest

    url = s3_blobs.url(digest, timedelta(minutes=5))

    assert url is not None
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"content"


def test_s3_finds_out_a_damaged_object(s3_folder: Path, s3_blobs: BlobStore, tmp_path: Path) -> None:
    digest = s3_blobs.put_bytes(some_bytes(3 << 20)).digest
    [on_disk] = files_below(s3_folder)
    data = bytearray(on_disk.read_bytes())
    data[-1] ^= 1
    on_disk.write_bytes(data)

    with pytest.raises(StoreCorrupt, match=digest):
        s3_blobs.get_bytes(digest)
    with pytest.raises(StoreCorrupt):
        s3_blobs.verify(digest)
    with pytest.raises(StoreCorrupt):
        s3_blobs.get_file(digest, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_s3_does_not_send_what_is_there(s3_folder: Path, s3_blobs: BlobStore) -> None:
    data = some_bytes(1000)
    s3_blobs.put_bytes(data)
    [on_disk] = files_below(s3_folder)
    before = on_disk.stat()

    s3_blobs.put_bytes(data)

    assert (on_disk.stat().st_ino, on_disk.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_wrong_key_is_permission_denied(s3_server: S3Server) -> None:
    blobs = open_blobs(f"s3://{s3_server.bucket}", **{**s3_server.options, "secret_access_key": "x" * 40})

    with pytest.raises(PermissionDenied, match="credentials"):
        blobs.put_bytes(b"x")
    with pytest.raises(PermissionDenied):
        blobs.exists(ABSENT)
    with pytest.raises(PermissionDenied):
        list(blobs.iter_digests())


def test_an_absent_bucket_is_named_and_the_data_is_not(s3_server: S3Server) -> None:
    blobs = open_blobs("s3://absent-bucket/prefix", **s3_server.options)

    with pytest.raises(NotFound, match="s3://absent-bucket/prefix: there is no such bucket") as caught:
        blobs.put_bytes(b"private data")

    assert "private data" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unreachable_server_is_unavailable(s3_server: S3Server) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # Bound, and not listening.
        options = {**s3_server.options, "endpoint": f"http://127.0.0.1:{taken.getsockname()[1]}"}
        blobs = open_blobs(f"s3://{s3_server.bucket}", **options, retry_config={"max_retries": 0})

        with pytest.raises(Unavailable, match="cannot be used at the moment"):
            blobs.put_bytes(b"x")


def test_in_a_forked_child_it_is_refused_instead_of_waiting_for_ever(s3_blobs: BlobStore) -> None:
    digest = s3_blobs.put_bytes(b"content").digest
    fork = multiprocessing.get_context("fork")
    answers = fork.SimpleQueue()

    def child() -> None:
        try:
            s3_blobs.get_bytes(digest)
        except Unsupported as error:
            answers.put(str(error))

    process = fork.Process(target=child)
    process.start()
    process.join(30)
    process.kill()
    process.join()

    assert process.exitcode == 0
    assert "spawn" in answers.get()


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
