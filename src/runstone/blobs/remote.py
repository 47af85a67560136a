"""Blobs behind a server, sent and fetched over HTTP."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

import msgspec
import urllib3

from runstone.blobs.copying import write_all
from runstone.blobs.disk import open_regular, replacing
from runstone.blobs.protocol import BlobFact, Stored
from runstone.blobs.reading import BLOCK, read_to_end, verified
from runstone.core.digest import PREFIX as DIGEST_PREFIX
from runstone.core.digest import check_digest
from runstone.core.errors import NotFound, Unavailable, Unsupported
from runstone.wire.connection import MSGPACK, PREFIX, Connection, error_in
from runstone.wire.credentials import headers_for
from runstone.wire.messages import BatchRequest, BlobMessage, RenewRequest

if TYPE_CHECKING:
    from datetime import timedelta

_SMALL = 1 << 20
"""Files up to this many bytes are read whole and travel many to a request."""

_REQUEST_BYTES = 8 << 20
_REQUEST_BLOBS = 1000
_PATH = f"{PREFIX}/blobs"


class RemoteBlobs:
    """Blobs that a server keeps.

    Args:
        uri: The server's address.
    """

    def __init__(self, uri: str) -> None:
        self._connection = Connection(uri, headers_for(uri))

    def put_bytes(self, data: bytes) -> Stored:
        if len(data) > _SMALL and self.renew(stored := _stored(data)):
            return stored
        return self._send(data)

    def put_file(self, path: str | os.PathLike[str]) -> Stored:
        descriptor, size = open_regular(path)
        with os.fdopen(descriptor, "rb") as file:
            if size <= _SMALL:
                return self.put_bytes(file.read())
            known = Stored(_digest(file), file.tell())
            if self.renew(known):
                return known
            file.seek(0)
            return self._send(_blocks(file))

    def put_files(self, paths: Sequence[str | os.PathLike[str]]) -> list[Stored]:
        found: dict[int, Stored] = {}
        batch: dict[int, bytes] = {}
        batched = 0
        for at, path in enumerate(paths):
            if os.path.isfile(path) and os.path.getsize(path) <= _SMALL:
                with open(path, "rb") as file:
                    batch[at] = file.read()
                batched += len(batch[at])
                if batched >= _REQUEST_BYTES or len(batch) >= _REQUEST_BLOBS:
                    found |= self._put_small(batch)
                    batch, batched = {}, 0
            else:
                found[at] = self.put_file(path)
        found |= self._put_small(batch)
        return [found[at] for at in range(len(paths))]

    def put_stream(self, stream: BinaryIO) -> Stored:
        return self._send(_blocks(stream), repeat=False)

    def open(self, digest: str) -> BinaryIO:
        answer = self._request("GET", f"{_PATH}/{check_digest(digest)}", stream=True)
        blocks = answer.stream(BLOCK)
        return verified(
            partial(self._next_block, blocks),
            answer.release_conn,
            digest=digest,
            size=int(answer.headers["Content-Length"]),
            where=f"{self._connection.address} ({digest})",
        )

    def get_bytes(self, digest: str) -> bytes:
        with self.open(digest) as stream:
            return stream.read()

    def get_file(self, digest: str, destination: str | os.PathLike[str]) -> None:
        with self.open(digest) as stream, replacing(destination) as target:
            while block := stream.read(BLOCK):
                write_all(target, block)

    def renew(self, blob: Stored) -> bool:
        return not self._missing([blob])

    def exists(self, digest: str) -> bool:
        try:
            self.size(digest)
        except NotFound:
            return False
        return True

    def size(self, digest: str) -> int:
        answer = self._request("GET", f"{_PATH}/{check_digest(digest)}/size")
        return msgspec.msgpack.decode(answer.data, type=BlobMessage).size_bytes

    def verify(self, digest: str) -> None:
        with self.open(digest) as stream:
            read_to_end(stream)

    def iter_digests(self) -> Iterator[BlobFact]:
        self._refuse("listed")

    def delete(self, digest: str) -> None:
        self._refuse("deleted")

    def delete_if_older(self, digest: str, before_ms: int) -> bool:
        self._refuse("deleted")

    def sweep(self, older_than: timedelta, *, dry_run: bool = False) -> int:
        self._refuse("swept")

    def url(self, digest: str, expires: timedelta) -> str | None:
        """Return None: what the server keeps is read through it."""
        check_digest(digest)
        return None

    def _refuse(self, done: str) -> NoReturn:
        raise Unsupported(f"blobs are {done} where they are kept, not through {self._connection.address}")

    def _put_small(self, batch: dict[int, bytes]) -> dict[int, Stored]:
        """Store some small blobs, of which only those travel that the server lacks."""
        known = {at: _stored(data) for at, data in batch.items()}
        missing = self._missing(list(known.values()))
        wanted = {known[at].digest: data for at, data in batch.items() if known[at].digest in missing}
        if wanted:
            body = msgspec.msgpack.encode(BatchRequest(list(wanted.values())))
            self._request("POST", f"{_PATH}/batch", body=body, kind=MSGPACK)
        return known

    def _missing(self, blobs: list[Stored]) -> frozenset[str]:
        if not blobs:
            return frozenset()
        body = msgspec.msgpack.encode(RenewRequest([BlobMessage(*blob) for blob in blobs]))
        answer = self._request("POST", f"{_PATH}/renew", body=body, kind=MSGPACK)
        return frozenset(msgspec.msgpack.decode(answer.data, type=list[str]))

    def _send(self, body: Any, *, repeat: bool = True) -> Stored:
        is_whole = isinstance(body, bytes)
        answer = self._request("POST", _PATH, body=body, kind="application/octet-stream", repeat=repeat and is_whole)
        made = msgspec.msgpack.decode(answer.data, type=BlobMessage)
        return Stored(made.digest, made.size_bytes)

    def _request(
        self,
        verb: str,
        path: str,
        *,
        body: Any = None,
        kind: str | None = None,
        repeat: bool = True,
        stream: bool = False,
    ) -> urllib3.BaseHTTPResponse:
        headers = {"Accept": MSGPACK} if kind is None else {"Accept": MSGPACK, "Content-Type": kind}
        answer = self._connection.request(verb, path, body=body, headers=headers, repeat=repeat, stream=stream)
        if answer.status >= 400:
            raise error_in(answer)
        return answer

    def _next_block(self, blocks: Iterator[bytes]) -> bytes:
        try:
            return next(blocks, b"")
        except urllib3.exceptions.HTTPError as error:
            raise Unavailable(f"the connection to {self._connection.address} was lost: {error}") from error


def _stored(data: bytes) -> Stored:
    return Stored(DIGEST_PREFIX + hashlib.sha256(data).hexdigest(), len(data))


def _digest(file: BinaryIO) -> str:
    hasher = hashlib.sha256()
    while block := file.read(BLOCK):
        hasher.update(block)
    return DIGEST_PREFIX + hasher.hexdigest()


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    while block := stream.read(BLOCK):
        yield block
