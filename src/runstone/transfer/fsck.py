"""Verifying a store: the database, every blob that it points at, every journal."""

from __future__ import annotations

from pathlib import Path

from runstone.core.entities import Node
from runstone.core.errors import InvalidArgument, NotFound, StoreCorrupt
from runstone.journal.format import FRAME_HEAD_SIZE, frames_end, iter_points, points_end
from runstone.journal.reader import is_held, iter_journals
from runstone.store.protocol.maintenance import Problem, Progress
from runstone.tracking.session import Session

_MOST_OWNERS = 5


def check(session: Session, *, blobs: bool = True, progress: Progress) -> list[Problem]:
    """Verify a store and return what is wrong with it.

    Args:
        blobs: Read every blob, too, which takes as long as reading all of them does.
    """
    problems = session.store.check(progress)
    if blobs:
        problems += _check_blobs(session, progress)
    return problems + _check_journals(session, progress)


def _check_blobs(session: Session, progress: Progress) -> list[Problem]:
    problems = []
    digests = session.store.iter_digests()
    for done, (digest, size_bytes) in enumerate(digests):
        progress("blobs", done, len(digests))
        what = _what_is_wrong(session, digest, size_bytes)
        if what is not None:
            problems.append(Problem(kind="blob", where=f"{digest} ({_owners(session, digest)})", what=what))
    progress("blobs", len(digests), len(digests))
    return problems


def _what_is_wrong(session: Session, digest: str, size_bytes: int) -> str | None:
    try:
        session.blobs.verify(digest)
        found = session.blobs.size(digest)
    except NotFound:
        return "its bytes are missing; restore a backup, or log the same file again"
    except InvalidArgument:
        return None  # no digest at all, which the check of the manifests tells
    except StoreCorrupt as error:
        return str(error)
    return None if found == size_bytes else f"it has {found} bytes, its manifest says {size_bytes}"


def _owners(session: Session, digest: str) -> str:
    """Return the paths at which a blob stands, as people would look for them."""
    edges = session.store.list_edges(Node("blob", digest), direction="up", max_results=_MOST_OWNERS + 1)
    named = [f"{edge.source.kind} {edge.source.id}: {edge.label}" for edge in edges[:_MOST_OWNERS]]
    return "; ".join(named + (["…"] if len(edges) > _MOST_OWNERS else [])) or "of nothing any more"


def _check_journals(session: Session, progress: Progress) -> list[Problem]:
    problems = []
    journals = list(iter_journals(session.journal_root))
    for done, (folder, run_id, _) in enumerate(journals):
        progress("journals", done, len(journals))
        # A journal that is written to right now ends anywhere; it is its writer's to look after.
        if is_held(folder):
            continue
        try:
            damage = _damage(folder)
        except FileNotFoundError:
            continue  # brought in meanwhile
        if damage:
            what = f"{damage}; `runstone sync` brings in the rest"
            problems.append(Problem(kind="journal", where=f"{folder} (run {run_id})", what=what))
        elif folder.exists():
            what = "its process is gone and what it logged is not in the store yet; run `runstone sync`"
            problems.append(Problem(kind="journal", where=f"{folder} (run {run_id})", what=what))
    progress("journals", len(journals), len(journals))
    return problems


def _damage(folder: Path) -> str | None:
    """Return what is wrong inside a journal; a record that was being written at the end is no damage."""
    damaged_points = 0
    for path in sorted(folder.glob("points-*")):
        data = path.read_bytes()
        damaged_points += sum(point is None for point in iter_points(data[: points_end(data)]))
    if damaged_points:
        return f"{damaged_points} of its points are damaged"
    segments = sorted(folder.glob("events-*"))
    starts = [int(path.name.rpartition("-")[2]) for path in segments]
    for path, start, following in zip(segments, starts, [*starts[1:], None], strict=True):
        data = path.read_bytes()
        end = frames_end(data)
        if _is_damaged_at(data, end) if following is None else start + end < following:
            return f"its events are damaged or missing from byte {end} of {path.name} on"
    return None


def _is_damaged_at(data: bytes, end: int) -> bool:
    """Say whether what follows the last whole frame is more than one that was being written."""
    rest = len(data[end:].rstrip(b"\0"))
    if rest == 0:
        return False
    length = int.from_bytes(data[end : end + 4], "little")
    # The space of a frame is there before the frame is begun, so one that reaches beyond it has a damaged head.
    return length == 0 or FRAME_HEAD_SIZE + length > len(data) - end or rest > FRAME_HEAD_SIZE + length
