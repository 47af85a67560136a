"""Logging files to the active run: artifacts of any kind, media, tables."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from runstone.tracking.client import Client
from runstone.tracking.fluent.target import chosen_experiment_id, target_of

if TYPE_CHECKING:
    import pandas


def log_artifact(
    local_path: str | os.PathLike[str], artifact_path: str | None = None, run_id: str | None = None
) -> None:
    """Record a local file, or a folder, in a folder of the run's artifacts.

    Raises:
        NotFound: There is no such file.
        InvalidArgument: The path is not a safe relative one.
    """
    client, target = target_of(run_id)
    client.log_artifact(target, local_path, artifact_path)


def log_artifacts(
    local_dir: str | os.PathLike[str], artifact_path: str | None = None, run_id: str | None = None
) -> None:
    """Record everything below a local folder in a folder of the run's artifacts.

    Raises:
        NotFound: There is no such folder.
        InvalidArgument: A path is not a safe relative one, or a link leads out of the folder.
    """
    client, target = target_of(run_id)
    client.log_artifacts(target, local_dir, artifact_path)


def log_text(text: str, artifact_file: str, run_id: str | None = None) -> None:
    """Record a text as a file of the run's artifacts.

    Raises:
        InvalidArgument: The path is not a safe relative one.
    """
    client, target = target_of(run_id)
    client.log_text(target, text, artifact_file)


def log_dict(dictionary: Any, artifact_file: str, run_id: str | None = None) -> None:
    """Record a dict or list as JSON, or as YAML if the file's name says so.

    Raises:
        InvalidArgument: It cannot be written as JSON, or the path is not a safe relative one.
    """
    client, target = target_of(run_id)
    client.log_dict(target, dictionary, artifact_file)


def log_bytes(data: bytes, artifact_file: str, run_id: str | None = None) -> None:
    """Record some bytes as a file of the run's artifacts.

    Raises:
        InvalidArgument: The path is not a safe relative one.
    """
    client, target = target_of(run_id)
    client.log_bytes(target, data, artifact_file)


def log_stream(stream: BinaryIO, artifact_file: str, run_id: str | None = None) -> None:
    """Record what a binary stream gives as a file of the run's artifacts.

    Raises:
        InvalidArgument: The path is not a safe relative one.
    """
    client, target = target_of(run_id)
    client.log_stream(target, stream, artifact_file)


def log_figure(figure: Any, artifact_file: str, *, save_kwargs: Mapping[str, Any] | None = None) -> None:
    """Record a matplotlib or plotly figure in the format that the file's name says.

    Raises:
        InvalidArgument: It is no figure, or the path is not a safe relative one.
        MissingExtra: The format needs a package that is not installed.
    """
    client, target = target_of(None)
    client.log_figure(target, figure, artifact_file, save_kwargs=save_kwargs)


def log_image(
    image: Any,
    artifact_file: str | None = None,
    key: str | None = None,
    step: int | None = None,
    timestamp: int | None = None,
    synchronous: bool | None = False,
) -> None:
    """Record an image: a path, a PIL image, or an array of shape (H, W), (H, W, 1), (H, W, 3) or (H, W, 4).

    Args:
        artifact_file: Where a single image goes; or else
        key: the series it belongs to, at ``step`` (0 if None) and ``timestamp`` (Unix milliseconds; now if None).

    Raises:
        InvalidArgument: It is no image, or not exactly one of ``artifact_file`` and ``key`` is given.
    """
    client, target = target_of(None)
    client.log_image(target, image, artifact_file, key, step, timestamp)


def log_audio(
    audio: Any,
    artifact_file: str | None = None,
    *,
    sample_rate: int | None = None,
    key: str | None = None,
    step: int | None = None,
    timestamp: int | None = None,
) -> None:
    """Record a sound: a path, bytes, or samples of shape (n,) or (n, channels); arguments as in ``log_image``.

    Raises:
        InvalidArgument: It is no sound, or ``sample_rate`` is missing.
    """
    client, target = target_of(None)
    client.log_audio(target, audio, artifact_file, sample_rate=sample_rate, key=key, step=step, timestamp=timestamp)


def log_histogram(
    key: str,
    values: Any = None,
    *,
    step: int | None = None,
    bins: int = 64,
    np_histogram: tuple[Any, Any] | None = None,
) -> None:
    """Record how values are distributed at a step.

    Args:
        values: Anything array-like; NaN and infinities are counted apart.
        np_histogram: Counts and edges as NumPy returns them, instead of values.

    Raises:
        InvalidArgument: There is nothing to count.
    """
    client, target = target_of(None)
    client.log_histogram(target, key, values, step=step, bins=bins, np_histogram=np_histogram)


def log_table(data: Any, artifact_file: str, run_id: str | None = None) -> None:
    """Append rows to a table at a path of the run's artifacts: a pandas DataFrame, or a dict of columns.

    Raises:
        InvalidArgument: It is no table, or the path is not a safe relative one.
    """
    client, target = target_of(run_id)
    client.log_table(target, data, artifact_file)


def load_table(
    artifact_file: str, run_ids: Sequence[str] | None = None, extra_columns: Sequence[str] | None = None
) -> pandas.DataFrame:
    """Return the tables at a path of the runs of the active experiment, one below the other.

    Raises:
        NotFound: No run has a table there.
    """
    return Client().load_table(chosen_experiment_id(), artifact_file, run_ids, extra_columns)
