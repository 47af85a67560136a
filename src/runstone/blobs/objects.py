"""Blobs in an object store (S3, Google Cloud Storage, Azure, memory), by obstore."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from runstone.blobs.protocol import BlobFact, Stored
from runstone.blobs.verify import verified
from runstone.core.digest import PREFIX, check_digest
from runstone.core.errors import InvalidArgument, MissingExtra, NotFound, PermissionDenied, Unavailable

_BLOCK = 1 << 20
_PART = 16 << 20
_PARALLEL = 8


class ObjectBlobs:
    """Blobs under a prefix of a bucket: ``<prefix>/sha256/ab/cdef…``.

    Args:
        uri: ``s3://bucket/prefix`` and the like; ``memory:`` for one that lives as long as this object.
        options: As obstore's ``from_url`` takes them; without, the environment's are used.

    Raises:
        MissingExtra: obstore is not installed.
        InvalidArgument: The URI or an option is not understood.
    """

    def __init__(self, uri: str, **options: Any) -> None:
        try:
            import obstore
            from obstore.store import MemoryStore, from_url
        except ImportError as error:
            raise MissingExtra(f"the blob store {uri}", "s3") from error
        self._obstore = obstore
        self._uri = uri
        parts = urlsplit(uri)
        try:
            if parts.scheme == "memory":
                self._store: Any = MemoryStore()
                self._prefix = "sha256"
            else:
                self._store = from_url(f"{parts.scheme}://{parts.netloc}", **options)
                self._prefix = "/".join(filter(None, (parts.path.strip("/"), "sha256")))
        except obstore.exceptions.BaseError as error:
            raise InvalidArgument(f"cannot use {uri} as a blob store: {error}", field="artifacts_uri") from error

    def put_bytes(self, data: bytes) -> Stored:
        stored = Stored(PREFIX + hashlib.sha256(data).hexdigest(), len(data))
        if not self.exists(stored.digest):
            self._call(self._obstore.put, self._store, self._key(stored.digest), data)
        return stored

    def put_file(self, path: str | os.PathLike[str]) -> Stored:
        source = Path(path)
        if source.is_dir():
            raise InvalidArgument(f"{source} is a folder")
        try:
            stream = source.open("rb")
        except FileNotFoundError as error:
            raise NotFound(f"there is no file {source}") from error
        with stream:
            size = os.fstat(stream.fileno()).st_size
            # A larger file is copied aside first: what is hashed must be what is sent, even if the file changes.
            return self.put_bytes(stream.read()) if size <= _PART else self.put_stream(stream)

    def put_files(self, paths: Sequence[str | os.PathLike[str]]) -> list[Stored]:
        with ThreadPoolExecutor(_PARALLEL, thread_name_prefix="runstone-upload") as pool:
            return list(pool.map(self.put_file, paths))

    def put_stream(self, stream: BinaryIO) -> Stored:
        hasher = hashlib.sha256()
        with tempfile.TemporaryFile(prefix="runstone-") as copy:
            while block := stream.read(_BLOCK):
                hasher.update(block)
                copy.write(block)
            stored = Stored(PREFIX + hasher.hexdigest(), copy.tell())
            if not self.exists(stored.digest):
                copy.seek(0)
                self._call(self._obstore.put, self._store, self._key(stored.digest), copy, chunk_size=_PART)
        return stored

    def get_bytes(self, digest: str) -> bytes:
        return b"".join(self.iter_bytes(digest))

    def get_file(self, digest: str, destination: str | os.PathLike[str]) -> None:
        target = Path(destination)
        beside = target.with_name(f".{target.name[:200]}.{os.getpid()}-{id(self):x}-{digest[-8:]}")
        try:
            with beside.open("wb") as out:
                for block in self.iter_bytes(digest):
                    out.write(block)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)

    def iter_bytes(self, digest: str, block_size: int = _BLOCK) -> Iterator[bytes]:
        key = self._key(check_digest(digest))
        found = self._call(self._obstore.get, self._store, key)
        blocks = (bytes(block) for block in found.stream(min_chunk_size=block_size))
        yield from verified(blocks, digest, f"{self._uri} ({key})")

    def exists(self, digest: str) -> bool:
        try:
            self._call(self._obstore.head, self._store, self._key(check_digest(digest)))
        except NotFound:
            return False
        return True

    def iter_blobs(self) -> Iterator[BlobFact]:
        for page in self._obstore.list(self._store, prefix=self._prefix):
            for entry in page:
                name = entry["path"].removeprefix(self._prefix).replace("/", "")
                modified_ms = int(entry["last_modified"].timestamp() * 1000)
                yield BlobFact(PREFIX + name, entry["size"], modified_ms)

    def delete(self, digest: str) -> None:
        try:
            self._call(self._obstore.delete, self._store, self._key(check_digest(digest)))
        except NotFound:
            return

    def sweep(self, older_than: timedelta) -> int:
        """Return 0: an object is there whole or not at all; bucket rules end stale multipart uploads."""
        return 0

    def url(self, digest: str, expires: timedelta) -> str | None:
        if urlsplit(self._uri).scheme == "memory":
            return None
        signed: str = self._call(self._obstore.sign, self._store, "GET", self._key(check_digest(digest)), expires)
        return signed

    def _key(self, digest: str) -> str:
        name = digest[len(PREFIX) :]
        return f"{self._prefix}/{name[:2]}/{name[2:]}"

    def _call(self, function: Any, *arguments: Any, **options: Any) -> Any:
        errors = self._obstore.exceptions
        try:
            return function(*arguments, **options)
        except FileNotFoundError as error:
            raise NotFound(f"there is no such blob in {self._uri}: {arguments[-1]}") from error
        except (errors.PermissionDeniedError, errors.UnauthenticatedError) as error:
            raise PermissionDenied(f"{self._uri} refuses: {error}") from error
        except errors.BaseError as error:
            raise Unavailable(f"{self._uri} cannot be used at the moment: {error}") from error
