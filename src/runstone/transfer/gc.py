"""Freeing what deleted runs left: first their rows, then bytes that nothing points at any more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import msgspec
from msgspec import Struct

from runstone.blobs.local import LocalBlobs
from runstone.core.clock import now_ms
from runstone.core.entities import Node
from runstone.core.errors import InvalidArgument
from runstone.core.events import ArtifactLogged, decode_event
from runstone.journal.format import iter_frames
from runstone.journal.reader import iter_journals, read_events
from runstone.store.protocol.maintenance import Garbage, Progress
from runstone.tracking.session import Session

SAFETY = timedelta(hours=1)
"""Bytes younger than this may belong to a file that is being logged right now."""

SHARED_SAFETY = timedelta(days=7)
"""The same where many machines store their bytes: what is logged while the database is away waits in theirs."""

_MOST_OWNERS = 100_000


class Leftovers(Struct, frozen=True, kw_only=True):
    """What does no harm and takes space: bytes that nothing points at, and what interrupted writes left."""

    blobs: int
    blob_bytes: int
    temporary_bytes: int


class Freed(Struct, frozen=True, kw_only=True):
    """What was removed, or would be.

    Attributes:
        garbage: Rows, and the digests of blobs with their size.
        temporary_bytes: What interrupted writes left.
    """

    garbage: Garbage
    temporary_bytes: int = 0


def find(session: Session, *, older_than: timedelta | None = None, progress: Progress) -> Garbage:
    """Return what could be removed, and remove nothing.

    Args:
        older_than: Only what was deleted that long ago; everything deleted if None.
    """
    rows = session.store.find_garbage(older_than_ms=_before(older_than))
    going = _freed_with(session, rows, progress)
    # Journals before manifests: what moves from one to the other meanwhile is seen in at least one of them.
    in_use = _digests_in_journals(session) | ({digest for digest, _ in session.store.iter_digests()} - going)
    return _with_blobs(session, rows, in_use, progress)


def find_leftovers(session: Session, *, progress: Progress) -> Leftovers:
    """Return what `runstone gc` could remove besides what is deleted."""
    in_use = _digests_in_journals(session) | {digest for digest, _ in session.store.iter_digests()}
    garbage = _with_blobs(session, Garbage(), in_use, progress)
    return Leftovers(
        blobs=len(garbage.blob_digests), blob_bytes=garbage.blob_bytes, temporary_bytes=stale_bytes(session)
    )


def stale_bytes(session: Session) -> int:
    """Return how many bytes interrupted writes left that could be removed."""
    return session.blobs.sweep(SAFETY, dry_run=True)


def collect(session: Session, *, older_than: timedelta | None = None, progress: Progress) -> Freed:
    """Remove deleted runs, experiments and models for good, then blobs without an owner, then stale temporary files.

    Args:
        older_than: Only what was deleted that long ago; everything deleted if None.

    Returns:
        What was removed.
    """
    rows = session.store.find_garbage(older_than_ms=_before(older_than))
    if rows.run_ids or rows.experiment_ids or rows.model_ids:
        session.store.remove_garbage(rows, progress)
    in_use = _digests_in_journals(session) | {digest for digest, _ in session.store.iter_digests()}
    garbage = _with_blobs(session, rows, in_use, progress, remove=True)
    return Freed(garbage=garbage, temporary_bytes=session.blobs.sweep(SAFETY))


def _before(older_than: timedelta | None) -> int | None:
    return None if older_than is None else now_ms() - int(older_than.total_seconds() * 1000)


def _with_blobs(
    session: Session, rows: Garbage, in_use: set[str], progress: Progress, *, remove: bool = False
) -> Garbage:
    """Add the blobs that are not in use, and are old enough, to what is garbage.

    With ``remove``, each is looked at once more and removed: bytes that somebody logs again after ``in_use`` was made
    up are young again by then.
    """
    safety = SAFETY if isinstance(session.blobs, LocalBlobs) else SHARED_SAFETY
    before = now_ms() - int(safety.total_seconds() * 1000)
    digests, size_bytes = [], 0
    for seen, fact in enumerate(session.blobs.iter_digests()):
        if seen % 1000 == 0:
            progress("blobs looked at", seen, 0)
        if fact.digest not in in_use and fact.modified_ms < before:
            if remove and not session.blobs.delete_if_older(fact.digest, before):
                continue  # stored again since it was listed
            digests.append(fact.digest)
            size_bytes += fact.size_bytes
    return msgspec.structs.replace(rows, blob_digests=tuple(digests), blob_bytes=size_bytes)


def _freed_with(session: Session, rows: Garbage, progress: Progress) -> set[str]:
    """Return the digests that only these runs and models point at."""
    going = {*rows.run_ids, *rows.model_ids}
    digests: set[str] = set()
    for done, owner_id in enumerate([*rows.run_ids, *rows.model_ids]):
        progress("deleted runs", done, len(going))
        digests.update(entry.digest for entry in session.store.iter_artifacts(owner_id))
    return {digest for digest in sorted(digests) if _owners(session, digest) <= going}


def _owners(session: Session, digest: str) -> set[str]:
    edges = session.store.list_edges(Node("blob", digest), direction="up", max_results=_MOST_OWNERS)
    return {edge.source.id for edge in edges if edge.relation == "artifact"}


def _digests_in_journals(session: Session) -> set[str]:
    """Return the digests of files that were logged and are not in a manifest yet."""
    digests: set[str] = set()
    for folder, _, _ in iter_journals(session.journal_root):
        try:
            for piece in read_events(folder):
                digests.update(_logged(piece.data))
        except FileNotFoundError:
            continue  # brought in meanwhile, and so in a manifest by now
    return digests


def _logged(frames: bytes) -> Iterable[str]:
    for _, payload in iter_frames(frames):
        try:
            event = decode_event(payload)
        except InvalidArgument:
            continue  # a newer version's; its blobs are young
        if isinstance(event, ArtifactLogged):
            yield event.digest
