from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.blobs import objects
from runstone.blobs.objects import ObjectBlobs
from runstone.core.clock import now_ms
from runstone.core.digest import digest_of
from runstone.core.errors import InvalidArgument

MIB = 1 << 20
CREDENTIALS = {"access_key_id": "AKIA" + "X" * 16, "secret_access_key": "s" * 40, "region": "eu-central-1"}


@given(data=st.binary(max_size=5000), cut=st.integers(1, 5000))
def test_any_bytes_come_back(data: bytes, cut: int) -> None:
    blobs = ObjectBlobs("memory:")

    stored = blobs.put_stream(io.BytesIO(data))

    assert stored == (digest_of(data), len(data))
    with blobs.open(stored.digest) as stream:
        assert b"".join(iter(lambda: stream.read(cut), b"")) == data


@pytest.mark.parametrize("size", [16 * MIB - 1, 16 * MIB, 16 * MIB + 1])
def test_files_around_the_size_of_a_part_come_back(tmp_path: Path, size: int) -> None:
    blobs = ObjectBlobs("memory:")
    data = os.urandom(size)
    (tmp_path / "in").write_bytes(data)

    assert blobs.put_file(tmp_path / "in") == (digest_of(data), size)
    assert blobs.get_bytes(digest_of(data)) == data


@pytest.mark.parametrize("size", [7, 17 * MIB])
def test_what_is_old_and_stored_again_is_young(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    blobs = ObjectBlobs("memory:")
    data = b"x" * size
    digest = blobs.put_bytes(data).digest
    [before] = blobs.iter_digests()
    monkeypatch.setattr(objects, "RENEWED_WITHIN_MS", -1)  # everything is old
    while now_ms() <= before.modified_ms:
        pass

    blobs.put_stream(io.BytesIO(data))

    [after] = blobs.iter_digests()
    assert after.modified_ms > before.modified_ms
    assert not blobs.delete_if_older(digest, before.modified_ms + 1)
    assert blobs.delete_if_older(digest, after.modified_ms + 1)
    assert blobs.put_bytes(data).digest == digest
    assert blobs.size(digest) == size


def test_memory_has_no_urls() -> None:
    blobs = ObjectBlobs("memory:")

    assert blobs.url(blobs.put_bytes(b"x").digest, timedelta(minutes=1)) is None


def test_a_signed_url_has_bucket_key_and_expiry_but_not_the_secret() -> None:
    blobs = ObjectBlobs("s3://bucket/prefix", **CREDENTIALS)
    digest = digest_of(b"x")

    url = blobs.url(digest, timedelta(minutes=5))

    assert url is not None
    assert f"bucket/prefix/sha256/{digest[7:9]}/{digest[9:]}?" in url
    assert "X-Amz-Expires=300" in url
    assert CREDENTIALS["secret_access_key"] not in url


@pytest.mark.parametrize(
    "uri", ["s3://", "s3:bucket", "s3:///prefix", "s3://bucket/p?endpoint=http://elsewhere", "s3://bucket/p#f"]
)
def test_a_uri_without_a_bucket_or_with_a_query_is_refused(uri: str) -> None:
    with pytest.raises(InvalidArgument, match="s3://bucket/prefix"):
        ObjectBlobs(uri, **CREDENTIALS)


def test_an_unknown_option_is_refused_by_name() -> None:
    with pytest.raises(InvalidArgument, match="nonsense"):
        ObjectBlobs("s3://bucket", nonsense="x")
    with pytest.raises(InvalidArgument, match="nonsense"):
        ObjectBlobs("memory:", nonsense="x")


def test_a_stream_that_fails_stores_nothing() -> None:
    def blocks() -> Iterator[bytes]:
        yield b"x" * MIB
        raise ZeroDivisionError

    class Failing(io.RawIOBase):
        given = blocks()

        def read(self, size: int = -1) -> bytes:
            return next(self.given)

    blobs = ObjectBlobs("memory:")
    with pytest.raises(ZeroDivisionError):
        blobs.put_stream(Failing())  # type: ignore[arg-type]

    assert list(blobs.iter_digests()) == []


def test_without_obstore_the_extra_is_named() -> None:
    script = """
import sys
sys.modules["obstore"] = None
from runstone.blobs.open import open_blobs
from runstone.core.errors import MissingExtra
try:
    open_blobs("s3://bucket/prefix")
except MissingExtra as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert 'pip install "runstone[s3]"' in done.stdout


@pytest.mark.faults
def test_a_full_temporary_folder_is_said_to_be_one(tmp_path: Path) -> None:
    script = """
import io, resource
from runstone.blobs import objects
from runstone.blobs.objects import ObjectBlobs
from runstone.core.errors import StorageFull
blobs = ObjectBlobs("memory:")
resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))
try:
    blobs.put_stream(io.BytesIO(b"x" * 5_000_000))
except StorageFull as error:
    print(error)
print(len(list(blobs.iter_digests())))
"""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=True)

    [message, count] = done.stdout.splitlines()
    assert str(tmp_path) in message
    assert "TMPDIR" in message
    assert count == "0"
    assert list(tmp_path.iterdir()) == []
