"""Blobs in an object store (S3, Google Cloud Storage, Azure, memory), by obstore."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from runstone.blobs.copying import write_all
from runstone.blobs.disk import open_regular, replacing, writing
from runstone.blobs.protocol import RENEWED_WITHIN_MS, BlobFact, Stored
from runstone.blobs.reading import BLOCK, read_to_end, verified
from runstone.core.clock import now_ms
from runstone.core.digest import PREFIX, check_digest
from runstone.core.errors import (
    InvalidArgument,
    MissingExtra,
    NotFound,
    PermissionDenied,
    Unavailable,
    Unsupported,
)

_PART = 16 << 20
_MOST_PARTS = 9000
"""S3 takes 10,000 parts an object; parts of a larger object are larger."""

_PARTS_AT_ONCE = 4
_FILES_AT_ONCE = 8

_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
_CLIENT_OPTIONS = (
    "allow_http",
    "allow_invalid_certificates",
    "connect_timeout",
    "proxy_url",
    "root_certificate",
    "timeout",
    "user_agent",
)
"""Options of the HTTP client, which obstore wants apart from those of the store."""

_TIMEOUT = "5m"
"""Of one request, its body included: obstore's own 30 s would cut a large blob over a slow line."""

_RETRIES = {"max_retries": 5, "retry_timeout": timedelta(seconds=30)}

_FACT = re.compile(r"([0-9a-f]{2})/([0-9a-f]{62})")

_runtime_of: int | None = None
"""The process whose threads do obstore's network work: a fork has none of them, and would wait for ever."""


class ObjectBlobs:
    """Blobs under a prefix of a bucket: ``<prefix>/sha256/ab/cdef…``.

    The time of an object cannot be renewed.  Where one that is there is stored again, the time of an empty object
    ``<prefix>/renewed/ab/cdef…`` counts.

    Args:
        uri: ``s3://bucket/prefix`` and the like; ``memory:`` for one that lives as long as this object.
        options: Settings of obstore's store and HTTP client (``endpoint``, ``access_key_id``, ``allow_http`` …);
            what is not given is read from the environment (``AWS_ENDPOINT_URL``, ``AWS_ACCESS_KEY_ID`` …).

    Raises:
        MissingExtra: obstore is not installed.
        InvalidArgument: The URI or an option is not understood.
    """

    def __init__(self, uri: str, **options: object) -> None:
        try:
            import obstore
        except ImportError as error:
            raise MissingExtra(f"the blob store {uri}", "s3") from error
        self._obstore = obstore
        self._uri = uri
        self._is_remote = not uri.startswith("memory:")
        self._store, folder = _connect(uri, options) if self._is_remote else _memory(options)
        self._prefix = f"{folder}/sha256".lstrip("/")
        self._renewals = f"{folder}/renewed".lstrip("/")

    def put_bytes(self, data: bytes) -> Stored:
        stored = Stored(PREFIX + hashlib.sha256(data).hexdigest(), len(data))
        if not self._is_there(stored.digest):
            with self._errors("there is no such bucket; make it"):
                self._obstore.put(self._store, self._key(stored.digest), data)
        return stored

    def put_file(self, path: str | os.PathLike[str]) -> Stored:
        descriptor, _ = open_regular(path)
        with os.fdopen(descriptor, "rb") as stream:
            # Larger ones are copied aside first: what was hashed is what is sent, even if the file changes.
            data = stream.read(_PART)
            return self.put_bytes(data) if len(data) < _PART else self._put_copied(data, stream)

    def put_files(self, paths: Sequence[str | os.PathLike[str]]) -> list[Stored]:
        with ThreadPoolExecutor(_FILES_AT_ONCE, thread_name_prefix="runstone-upload") as pool:
            return list(pool.map(self.put_file, paths))

    def put_stream(self, stream: BinaryIO) -> Stored:
        return self._put_copied(b"", stream)

    def open(self, digest: str) -> BinaryIO:
        key = self._key(check_digest(digest))
        with self._errors(f"there is no blob {digest}"):
            found = self._obstore.get(self._store, key)
            size: int = found.meta["size"]
            blocks = iter(found.stream(min_chunk_size=BLOCK))
        return verified(
            partial(self._next_block, blocks), lambda: None, digest=digest, size=size, where=f"{self._uri} ({key})"
        )

    def get_bytes(self, digest: str) -> bytes:
        with self.open(digest) as stream:
            return stream.read()

    def get_file(self, digest: str, destination: str | os.PathLike[str]) -> None:
        with self.open(digest) as stream, replacing(destination) as target:
            while block := stream.read(BLOCK):
                write_all(target, block)

    def renew(self, blob: Stored) -> bool:
        return self._is_there(check_digest(blob.digest))

    def exists(self, digest: str) -> bool:
        try:
            self.size(digest)
        except NotFound:
            return False
        return True

    def size(self, digest: str) -> int:
        with self._errors(f"there is no blob {digest}"):
            found: int = self._obstore.head(self._store, self._key(check_digest(digest)))["size"]
        return found

    def verify(self, digest: str) -> None:
        with self.open(digest) as stream:
            read_to_end(stream)

    def iter_digests(self) -> Iterator[BlobFact]:
        renewed = {digest: _modified_ms(entry) for digest, entry in self._entries(self._renewals)}
        for digest, entry in self._entries(self._prefix):
            yield BlobFact(digest, entry["size"], max(_modified_ms(entry), renewed.get(digest, 0)))

    def delete(self, digest: str) -> None:
        for key in (self._key(check_digest(digest)), self._renewal(digest)):
            with suppress(NotFound), self._errors(""):
                self._obstore.delete(self._store, key)

    def delete_if_older(self, digest: str, before_ms: int) -> bool:
        # As close together as can be: object stores have no way to do both at once.
        found = self._modified_ms(digest)
        if found is None or found >= before_ms:
            return False
        self.delete(digest)
        return True

    def sweep(self, older_than: timedelta, *, dry_run: bool = False) -> int:
        """Return 0: an object is there whole or not at all; a rule of the bucket ends stale multipart uploads."""
        return 0

    def url(self, digest: str, expires: timedelta) -> str | None:
        key = self._key(check_digest(digest))
        if not self._is_remote:
            return None
        try:
            with self._errors(f"there is no blob {digest}"):
                return str(self._obstore.sign(self._store, "GET", key, expires))
        except Unsupported:
            return None  # These credentials cannot sign.

    def _key(self, digest: str) -> str:
        name = digest[len(PREFIX) :]
        return f"{self._prefix}/{name[:2]}/{name[2:]}"

    def _renewal(self, digest: str) -> str:
        name = digest[len(PREFIX) :]
        return f"{self._renewals}/{name[:2]}/{name[2:]}"

    def _is_there(self, digest: str) -> bool:
        """Say whether there is such a blob, which is young from then on."""
        modified_ms = self._modified_ms(digest)
        if modified_ms is None:
            return False
        if now_ms() - modified_ms <= RENEWED_WITHIN_MS:
            return True
        with self._errors("there is no such bucket; make it"):
            self._obstore.put(self._store, self._renewal(digest), b"")
        return self.exists(digest)  # unless it was removed just before that

    def _modified_ms(self, digest: str) -> int | None:
        """Return when somebody last stored a blob, or None if it is not there."""
        times = []
        for key in (self._key(check_digest(digest)), self._renewal(digest)):
            try:
                with self._errors(f"there is no blob {digest}"):
                    times.append(_modified_ms(self._obstore.head(self._store, key)))
            except NotFound:
                if not times:
                    return None
            # A blob that is young needs no second look.
            if now_ms() - times[0] <= RENEWED_WITHIN_MS:
                break
        return max(times)

    def _entries(self, prefix: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield what lies below a prefix by the digest that its key has."""
        with self._errors("there is no such bucket; make it"):
            for page in self._obstore.list(self._store, prefix=prefix):
                for entry in page:
                    if name := _FACT.fullmatch(entry["path"].removeprefix(f"{prefix}/")):
                        yield PREFIX + name[1] + name[2], entry

    def _put_copied(self, beginning: bytes, stream: BinaryIO) -> Stored:
        hasher = hashlib.sha256()
        with _temporary_file() as copy:
            block = beginning or stream.read(BLOCK)
            while block:
                hasher.update(block)
                with writing(tempfile.gettempdir(), way_out="set TMPDIR to another folder"):
                    copy.write(block)
                block = stream.read(BLOCK)
            stored = Stored(PREFIX + hasher.hexdigest(), copy.tell())
            if not self._is_there(stored.digest):
                copy.seek(0)
                with self._errors("there is no such bucket; make it"):
                    self._obstore.put(
                        self._store,
                        self._key(stored.digest),
                        copy,
                        chunk_size=max(_PART, stored.size_bytes // _MOST_PARTS),
                        max_concurrency=_PARTS_AT_ONCE,
                    )
        return stored

    def _next_block(self, blocks: Iterator[bytes]) -> bytes:
        with self._errors("it was deleted while it was read"):
            return bytes(next(blocks, b""))

    @contextmanager
    def _errors(self, absent: str) -> Iterator[None]:
        """Turn obstore's errors into ours; ``absent`` says what it means that something is not there."""
        self._check_process()
        errors = self._obstore.exceptions
        try:
            yield
        except FileNotFoundError as error:
            raise NotFound(f"{self._uri}: {absent} ({_reason(error)})") from error
        except errors.NotSupportedError as error:
            raise Unsupported(f"{self._uri} cannot do this: {_reason(error)}") from error
        except errors.BaseError as error:
            reason = _reason(error)
            if isinstance(error, errors.PermissionDeniedError | errors.UnauthenticatedError) or _REFUSED.search(reason):
                raise PermissionDenied(
                    f"{self._uri} refuses: {reason}; check the credentials and what they allow"
                ) from error
            raise Unavailable(f"{self._uri} cannot be used at the moment: {reason}") from error

    def _check_process(self) -> None:
        global _runtime_of
        if _runtime_of is None:
            _runtime_of = os.getpid()
        elif self._is_remote and _runtime_of != os.getpid():
            raise Unsupported(
                f"{self._uri} cannot be used in this process: it was forked from one that had used an object store; "
                "start workers with the spawn or forkserver method, or log artifacts in the parent"
            )


def _modified_ms(entry: Mapping[str, Any]) -> int:
    return int(entry["last_modified"].timestamp() * 1000)


_REFUSED = re.compile(r"\b40[13] (Unauthorized|Forbidden)")
_CODE = re.compile(r"<Code>(\w+)</Code>")


def _reason(error: Exception) -> str:
    """Return what matters of a message that goes on with XML and a dump of structures."""
    text = str(error)
    line = text.partition("\n")[0].partition("<?xml")[0].rstrip(": ")[:300]
    code = _CODE.search(text)
    return f"{line}: {code[1]}" if code else line


def _connect(uri: str, options: Mapping[str, object]) -> tuple[Any, str]:
    import obstore
    from obstore.store import from_url

    parts = urlsplit(uri)
    if not parts.netloc or parts.query or parts.fragment:
        raise InvalidArgument(
            f"not a blob store: {uri!r}; expected {parts.scheme}://bucket/prefix", field="artifacts_uri"
        )
    client = {"timeout": _TIMEOUT, **{key: options[key] for key in options if key in _CLIENT_OPTIONS}}
    others: dict[str, Any] = {key: options[key] for key in options if key not in _CLIENT_OPTIONS}
    endpoints = (options.get("endpoint"), *map(os.environ.get, _ENDPOINTS))
    if any(str(endpoint).startswith("http://") for endpoint in endpoints if endpoint):
        # Who writes such an address means it; the client's options hide AWS_ALLOW_HTTP from obstore.
        client.setdefault("allow_http", "true")
    try:
        store = from_url(
            f"{parts.scheme}://{parts.netloc}",
            **{"client_options": client, "retry_config": _RETRIES, **others},
        )
    except (obstore.exceptions.BaseError, TypeError, ValueError) as error:
        raise InvalidArgument(f"cannot use {uri} as a blob store: {_reason(error)}", field="artifacts_uri") from error
    return store, parts.path.strip("/")


def _memory(options: Mapping[str, object]) -> tuple[Any, str]:
    from obstore.store import MemoryStore

    if options:
        raise InvalidArgument(f"memory: takes no options, not {', '.join(options)}")
    return MemoryStore(), ""


@contextmanager
def _temporary_file() -> Iterator[BinaryIO]:
    with ExitStack() as stack:
        with writing(tempfile.gettempdir(), way_out="set TMPDIR to another folder"):
            file = stack.enter_context(tempfile.TemporaryFile(prefix="runstone-"))
        yield file
