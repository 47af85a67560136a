"""Files of runs: bytes to the blob store, lines to the manifest, and back."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import unquote, urlsplit

from runstone.core.entities import ArtifactEntry
from runstone.core.errors import FileMissing, InvalidArgument, NotFound
from runstone.core.paths import check_artifact_path, safe_join, walk_files
from runstone.tracking.drain import STORE_TROUBLE

if TYPE_CHECKING:
    from runstone.blobs.protocol import Stored
    from runstone.tracking.run_writer import RunWriter
    from runstone.tracking.session import Session

_PROXIES = ("runstone-artifacts", "mlflow-artifacts")
"""What the store calls its artifacts, and what MLflow's clients call them."""


def log_file(session: Session, writer: RunWriter, local_path: str | os.PathLike[str], folder: str | None) -> None:
    """Record a local file, or a folder with all below it, in a folder of the run's artifacts (its root if None).

    Raises:
        NotFound: There is no such file.
        InvalidArgument: The folder is not a safe relative path, or a link leads out of the tree.
    """
    path = Path(local_path)
    if path.is_dir():
        log_folder(session, writer, path, "/".join(filter(None, (folder, path.name))))
        return
    if not path.exists():
        raise FileMissing(f"there is no file {path}")
    _put_file(session, writer, path, _below(folder, path.name))


def log_folder(session: Session, writer: RunWriter, local_dir: str | os.PathLike[str], folder: str | None) -> None:
    """Record everything below a local folder in a folder of the run's artifacts (its root if None).

    Raises:
        NotFound: There is no such folder.
        InvalidArgument: It is a file, a path is not a safe relative one, or a link leads out of the tree.
    """
    root = Path(local_dir)
    if not root.is_dir():
        if root.exists():
            raise InvalidArgument(
                f"{root} is a file; log_artifact takes files, log_artifacts a folder", field="local_dir"
            )
        raise FileMissing(f"there is no folder {root}")
    found = list(walk_files(root))
    targets = [_below(folder, relative) for _, relative in found]
    try:
        all_stored = session.blobs.put_files([path for path, _ in found])
    except STORE_TROUBLE:
        for (path, _), target in zip(found, targets, strict=True):
            _put_file(session, writer, path, target)
        return
    for target, stored in zip(targets, all_stored, strict=True):
        _record(session, writer, target, stored)


def log_bytes(session: Session, writer: RunWriter, data: bytes, path: str) -> None:
    """Record some bytes at a path of the run's artifacts.

    Raises:
        InvalidArgument: They are no bytes, or the path is not a safe relative one.
    """
    target = check_artifact_path(path)
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise InvalidArgument(f"{target}: the data must be bytes, not {type(data).__name__}; log_text takes text")
    try:
        stored = session.blobs.put_bytes(data)
    except STORE_TROUBLE as error:
        session.waiting.keep(writer.run_id, target, bytes(data), error)
        return
    _record(session, writer, target, stored)


def log_stream(session: Session, writer: RunWriter, stream: BinaryIO, path: str) -> None:
    """Record what a binary stream gives at a path of the run's artifacts.

    Raises:
        InvalidArgument: It is no binary stream, or the path is not a safe relative one.
        StorageFull, PermissionDenied, Unavailable: It cannot be stored; a stream cannot be kept to try again.
    """
    target = check_artifact_path(path)
    given: object = stream
    if isinstance(given, io.TextIOBase) or not hasattr(given, "read"):
        raise InvalidArgument(
            f"{target}: the stream must be binary, as open(…, 'rb') gives it, not {type(given).__name__}"
        )
    _record(session, writer, target, session.blobs.put_stream(stream))


def find_bytes(session: Session, owner_id: str, path: str) -> bytes | None:
    """Return the bytes at a path of a run or model, or None."""
    waiting = session.waiting.find(owner_id, path)
    if waiting is not None:
        return waiting
    entry = session.store.find_artifact(owner_id, check_artifact_path(path))
    return None if entry is None else session.blobs.get_bytes(entry.digest)


def get_bytes(session: Session, owner_id: str, path: str) -> bytes:
    """Return the bytes at a path of a run or model.

    Raises:
        NotFound: Nothing is there.
        InvalidArgument: A folder is there.
    """
    data = find_bytes(session, owner_id, path)
    if data is None:
        if session.store.iter_artifacts(owner_id, check_artifact_path(path)):
            raise InvalidArgument(f"artifact {path!r} of {owner_id} is a folder", field="path")
        raise NotFound(f"{owner_id} has no artifact {path!r}")
    return data


def download(session: Session, owner_id: str, path: str, destination: str | os.PathLike[str] | None) -> str:
    """Copy a file or folder of a run's or model's artifacts into a local folder, and return where it is.

    Args:
        path: What to copy, under the last part of its path; empty for all, under whole paths.
        destination: A local folder, made if absent; a new temporary one if None.

    Raises:
        NotFound: Nothing is there.
        InvalidArgument: The path is not a safe relative one.
    """
    wanted = check_artifact_path(path, allow_empty=True)
    entries = session.store.iter_artifacts(owner_id, wanted)
    if not entries and wanted:
        raise NotFound(f"{owner_id} has no artifact {wanted!r}")
    import tempfile  # not for those who only log

    root = Path(tempfile.mkdtemp(prefix="runstone-") if destination is None else destination).absolute()
    root.mkdir(parents=True, exist_ok=True)
    above, _, name = wanted.rpartition("/")
    for entry in entries:
        fetch(session, entry, root, above=above)
    return str(root / name)


def fetch(session: Session, entry: ArtifactEntry, root: Path, *, above: str = "") -> Path:
    """Copy one artifact to its path below a local folder, without the folders ``above`` what is wanted."""
    path = check_artifact_path(entry.path)
    target = safe_join(root, path.removeprefix(f"{above}/") if above else path)
    target.parent.mkdir(parents=True, exist_ok=True)
    session.blobs.get_file(entry.digest, target)
    return target


def split_uri(uri: str) -> tuple[str, str]:
    """Return the run or model id and the path that an artifact URI names.

    Understood are ``runs:/<run id>/<path>``, ``models:/m-<id>/<path>``, and a run's ``artifact_uri`` with a path.

    Raises:
        InvalidArgument: It is another kind of URI.
    """
    parts = urlsplit(uri)
    segments = [segment for segment in unquote(parts.path).split("/") if segment]
    if parts.scheme == "runs" and segments:
        return segments[0], "/".join(segments[1:])
    if parts.scheme == "models" and segments and segments[0].startswith("m-"):
        return segments[0], "/".join(segments[1:])
    if parts.scheme in _PROXIES and len(segments) >= 3 and "artifacts" in segments:
        at = segments.index("artifacts", 2)
        return segments[at - 1], "/".join(segments[at + 1 :])
    raise InvalidArgument(
        f"not an artifact URI: {uri!r}; expected runs:/<run id>/<path>, models:/m-<id>/<path> or a run's artifact_uri",
        field="artifact_uri",
    )


def _put_file(session: Session, writer: RunWriter, path: Path, target: str) -> None:
    try:
        stored = session.blobs.put_file(path)
    except STORE_TROUBLE as error:
        from runstone.blobs.disk import open_regular

        # What is wrong with the file itself is the caller's to see to.
        os.close(open_regular(path)[0])
        session.waiting.keep(writer.run_id, target, path.absolute(), error)
        return
    _record(session, writer, target, stored)


def _record(session: Session, writer: RunWriter, target: str, stored: Stored) -> None:
    session.waiting.forget(writer.run_id, target)
    writer.log_artifact(target, stored.digest, stored.size_bytes)


def _below(folder: str | None, name: str) -> str:
    return check_artifact_path(f"{folder.rstrip('/')}/{name}" if folder else name)
