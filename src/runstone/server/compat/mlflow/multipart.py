"""Uploads in parts, as MLflow's clients send large files through the server if they are told to.

No server remembers an upload, so that any of them may answer any call: what one call answers is sealed with a secret
that the servers of a store share, and the next call brings it back.  The id of an upload says how many parts it has and
how long it is good for; a proof in its headers lets a part in without a login; the ETag of a part says which blob it
became.  Parts are blobs that nothing points at: `runstone gc` removes them.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import re
import secrets
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import BinaryIO, NamedTuple, TypeVar
from urllib.parse import urlencode

import msgspec
from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from runstone.blobs.protocol import BlobStore, Stored
from runstone.core.clock import now_ms
from runstone.core.errors import InvalidArgument, PermissionDenied, TooLarge, Unsupported
from runstone.core.paths import check_artifact_path
from runstone.server.backend import Backend
from runstone.server.bodies import BLOCK, with_body
from runstone.server.compat.mlflow.answers import json_answer, read_json, telling
from runstone.server.compat.mlflow.artifacts import PROXY, named, put_artifact
from runstone.server.compat.mlflow.wire import Empty, Message, read_request
from runstone.server.guard import KNOWN_HOST
from runstone.store.protocol import Store

T = TypeVar("T", bound=Struct)

VALID = timedelta(minutes=50)
"""How long an upload may take: `runstone gc` leaves bytes alone that are younger than an hour."""

MOST_PARTS = 10_000
MOST_PART_BYTES = 1 << 30

_PART = f"/api{PROXY}/mpu/part"
"""Where parts are sent; the path is whole, for the door lets strangers through to it."""

_PROOF = "X-Runstone-Proof"
_HOST = re.compile(r"[\w.\-]+(:\d+)?|\[[0-9a-fA-F:.]+\](:\d+)?", re.ASCII)
_UPLOAD_ID = re.compile(r"(\d{1,15})\.(\d{1,5})\.[0-9a-f]{32}\.([0-9a-f]{64})", re.ASCII)
_ETAG = re.compile(r"(sha256:[0-9a-f]{64})\.(\d{1,15})\.([0-9a-f]{64})", re.ASCII)
_UNSUPPORTED = "Multipart upload is not supported for the current artifact repository"
"""How an error begins after which MLflow's clients send the file in one piece."""


class CreateUpload(Message, frozen=True):
    """Begin to send a file, of which only the last part of its path counts, to the folder that the call names."""

    path: str
    num_parts: int = 1


class Credential(Struct, frozen=True):
    """Where a part is to be put, and with which headers."""

    url: str
    part_number: int
    headers: dict[str, str]


class CreatedUpload(Struct, frozen=True):
    """An upload that has begun."""

    upload_id: str
    credentials: tuple[Credential, ...]


class SentPart(Message, frozen=True):
    """A part that was put, with what was answered."""

    part_number: int
    etag: str = ""


class CompleteUpload(Message, frozen=True):
    """Make one file of all parts."""

    path: str
    upload_id: str
    parts: tuple[SentPart, ...] = ()


class AbortUpload(Message, frozen=True):
    """Give an upload up."""

    path: str
    upload_id: str = ""


class Target(NamedTuple):
    """The file that an upload becomes: a path of a run or logged model."""

    owner_id: str
    path: str


class Seals:
    """Signs what clients carry from one call to the next.

    Args:
        store: The store itself, which keeps the secret.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._secret = b""

    def new_upload(self, target: Target, parts: int) -> str:
        """Return the id of an upload that begins now."""
        expires_ms = now_ms() + int(VALID.total_seconds() * 1000)
        said = f"{expires_ms}.{parts}.{secrets.token_hex(16)}"
        return f"{said}.{self._seal('upload', *target, said)}"

    def parts_of(self, upload_id: str, target: Target) -> int:
        """Return how many parts an upload to this file has.

        Raises:
            InvalidArgument: There is no such upload, or it took too long.
        """
        found = _UPLOAD_ID.fullmatch(upload_id)
        said = upload_id.rpartition(".")[0]
        if found is None or not self._is_seal(found[3], "upload", *target, said):
            raise InvalidArgument(f"no upload to {target.path!r} has this upload_id; begin it again", field="upload_id")
        _check_time(upload_id)
        return int(found[2])

    def proof(self, upload_id: str, number: int) -> str:
        """Return what lets a part of an upload in."""
        return self._seal("part", upload_id, str(number))

    def check_proof(self, proof: str, upload_id: str, number: str) -> None:
        """Ask for the proof of a part, in time.

        Raises:
            PermissionDenied: It is another's, or none.
            InvalidArgument: It comes too late.
        """
        if not self._is_seal(proof, "part", upload_id, number):
            raise PermissionDenied(f"a part is taken with the address and the header {_PROOF} that mpu/create gave")
        _check_time(upload_id)

    def etag(self, upload_id: str, number: str, stored: Stored) -> str:
        """Return what says that a part of an upload is stored."""
        said = f"{stored.digest}.{stored.size_bytes}"
        return f'"{said}.{self._seal("etag", upload_id, number, said)}"'

    def stored_part(self, upload_id: str, part: SentPart) -> Stored:
        """Return the blob that a part of an upload became.

        Raises:
            InvalidArgument: The ETag is not that of this part.
        """
        found = _ETAG.fullmatch(part.etag.strip('"'))
        said = found[0].rpartition(".")[0] if found else ""
        if found is None or not self._is_seal(found[3], "etag", upload_id, str(part.part_number), said):
            raise InvalidArgument(f"the etag of part {part.part_number} is not what was answered to it", field="parts")
        return Stored(found[1], int(found[2]))

    def _is_seal(self, given: str, *said: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "replace"), self._seal(*said).encode())

    def _seal(self, *said: str) -> str:
        self._secret = self._secret or self._store.shared_secret("uploads")
        return hmac.new(self._secret, msgspec.json.encode(said), hashlib.sha256).hexdigest()


def routes(backend: Backend, itself: Backend) -> Iterator[Route]:
    """Yield the routes.

    Args:
        backend: Does what the sender of a request may do.
        itself: Does everything; parts come from senders who show a proof and nothing else.
    """
    seals = Seals(itself.store)

    async def create(request: Request) -> Response:
        base, given = _own_address(request), await _read(request, CreateUpload)
        return json_answer(await run_in_threadpool(_create, backend, seals, base, _target(request, given.path), given))

    async def part(request: Request) -> Response:
        upload_id, number = (request.query_params.get(name, "") for name in ("upload_id", "part_number"))
        await run_in_threadpool(seals.check_proof, request.headers.get(_PROOF, ""), upload_id, number)
        _check_length(request.headers.get("content-length", ""))
        stored = await with_body(request, itself.blobs.put_stream)
        return Response(headers={"ETag": seals.etag(upload_id, number, stored)})

    async def complete(request: Request) -> Response:
        given = await _read(request, CompleteUpload)
        await run_in_threadpool(_complete, backend, seals, _target(request, given.path), given)
        return json_answer(Empty())

    async def abort(request: Request) -> Response:
        _target(request, (await _read(request, AbortUpload)).path)
        return json_answer(Empty())

    yield Route(_PART, telling(part), methods=["PUT"])
    for prefix in ("/api", "/ajax-api"):
        for name, endpoint in (("create", create), ("complete", complete), ("abort", abort)):
            yield Route(f"{prefix}{PROXY}/mpu/{name}/{{path:path}}", telling(endpoint), methods=["POST"])


async def _read(request: Request, shape: type[T]) -> T:
    return read_request(shape, await read_json(request))


def _target(request: Request, local_path: str) -> Target:
    """Return the file that a call is about: it names the folder in its path, and a file on the client's disk."""
    owner_id, folder = named(request.path_params["path"])
    name = local_path.replace("\\", "/").rpartition("/")[2]
    return Target(owner_id, check_artifact_path(f"{folder}/{name}" if folder else name))


def _own_address(request: Request) -> str:
    """Return the address at which the client reaches this server.

    Raises:
        Unsupported: It is only known by what the client says.
    """
    host = request.scope.get(KNOWN_HOST, "")
    if not _HOST.fullmatch(host):
        raise Unsupported(f"{_UNSUPPORTED}: the server does not know its own name; start it with --allow-host NAME")
    return f"{request.url.scheme}://{host}"


def _create(backend: Backend, seals: Seals, base: str, target: Target, given: CreateUpload) -> CreatedUpload:
    if not 0 <= given.num_parts <= MOST_PARTS:
        raise InvalidArgument(
            f"an upload has at most {MOST_PARTS} parts; raise MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE", field="num_parts"
        )
    _ask_to_write(backend.store, target)
    upload_id = seals.new_upload(target, given.num_parts)
    return CreatedUpload(
        upload_id,
        tuple(
            Credential(
                f"{base}{_PART}?{urlencode({'upload_id': upload_id, 'part_number': number})}",
                number,
                {_PROOF: seals.proof(upload_id, number)},
            )
            for number in range(1, given.num_parts + 1)
        ),
    )


def _complete(backend: Backend, seals: Seals, target: Target, given: CompleteUpload) -> None:
    expected = range(1, seals.parts_of(given.upload_id, target) + 1)
    parts = sorted(given.parts, key=lambda part: part.part_number)
    if [part.part_number for part in parts] != list(expected):
        raise InvalidArgument(f"the upload has the parts 1 to {len(expected)}, each once", field="parts")
    blobs = [seals.stored_part(given.upload_id, part) for part in parts]
    _ask_to_write(backend.store, target)
    _keep(backend.blobs, blobs)
    with io.BufferedReader(_Joined(backend.blobs, blobs), BLOCK) as stream:
        put_artifact(backend, *target, stream)


def _ask_to_write(store: Store, target: Target) -> None:
    """Put nothing where the file is to be: refused to whoever may not, and where no run or model takes files."""
    store.put_artifacts(target.owner_id, [])


def _keep(blobs: BlobStore, parts: Sequence[Stored]) -> None:
    """Make the parts young, so that nobody removes them while they are put together.

    Raises:
        InvalidArgument: One is not there any more.
    """
    for number, part in enumerate(parts, 1):
        if not blobs.renew(part):
            raise InvalidArgument(f"part {number} is not there any more; send the file again", field="parts")


def _check_time(upload_id: str) -> None:
    """Refuse what comes after the end of an upload whose id is sealed.

    Raises:
        InvalidArgument.
    """
    if now_ms() > int(upload_id.partition(".")[0]):
        minutes = VALID // timedelta(minutes=1)
        raise InvalidArgument(
            f"the upload has taken longer than {minutes} minutes; send the file in one piece "
            "(MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD=false), which may take as long as it does",
            field="upload_id",
        )


def _check_length(length: str) -> None:
    """Refuse a part that is too large, or does not say how large it is.

    Raises:
        InvalidArgument, TooLarge.
    """
    if not length.isdecimal():
        raise InvalidArgument("a part needs a Content-Length")
    if int(length) > MOST_PART_BYTES:
        raise TooLarge(f"a part has at most {MOST_PART_BYTES} bytes; lower MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE")


class _Joined(io.RawIOBase):
    """Some blobs, one after the other, as one stream."""

    def __init__(self, blobs: BlobStore, parts: Sequence[Stored]) -> None:
        self._blobs = blobs
        self._left = iter(parts)
        self._current: BinaryIO = io.BytesIO()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # Buffer has no name before Python 3.12
        while not (block := self._current.read(len(buffer))):
            following = next(self._left, None)
            if following is None:
                return 0
            self._current.close()
            self._current = self._blobs.open(following.digest)
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        self._current.close()
        super().close()
