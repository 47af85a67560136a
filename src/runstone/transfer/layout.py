"""What an export consists of: a Struct per table, the facts in ``format.json``, and where files lie.

The Structs are the only description of the tables: their Arrow schemas and their checks on import follow from them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from runstone.core.entities import LoggedModelStatus, Status
from runstone.core.errors import InvalidArgument
from runstone.core.paths import check_artifact_path
from runstone.store import rules

FORMAT_VERSION = 1
FORMAT_FILE = "format.json"
POINTS_FOLDER = "points"
RUN_FILES = "artifacts"
MODEL_FILES = "model_artifacts"

ParamType = Literal["null", "bool", "int", "float", "str", "list"]
Stage = Literal["active", "deleted"]


class ExperimentRow(Struct, frozen=True):
    """A line of ``experiments.parquet``."""

    experiment_id: str
    name: str
    artifact_location: str
    lifecycle_stage: Stage
    creation_time_ms: int
    last_update_time_ms: int
    tags: dict[str, str]


class RunRow(Struct, frozen=True):
    """A line of ``runs.parquet``."""

    run_id: str
    experiment_id: str
    run_name: str
    user_id: str
    status: Status
    status_reason: str | None
    start_time_ms: int
    end_time_ms: int | None
    lifecycle_stage: Stage
    parent_run_id: str | None


class ParamRow(Struct, frozen=True):
    """A line of ``params.parquet``: ``text`` is the value (JSON for a list), ``number`` what search compares."""

    run_id: str
    key: str
    type: ParamType
    text: str
    number: float | None


class TagRow(Struct, frozen=True):
    """A line of ``tags.parquet``."""

    run_id: str
    key: str
    value: str


class SummaryRow(Struct, frozen=True):
    """A line of ``metric_summaries.parquet``; an import computes it anew from the points."""

    run_id: str
    key: str
    last: float
    last_step: int
    last_timestamp_ms: int
    first: float
    first_step: int
    first_timestamp_ms: int
    min: float
    max: float
    mean: float
    count: int
    nan_count: int


class PointRow(Struct, frozen=True):
    """A line of ``points/part-*.parquet``."""

    run_id: str
    key: str
    step: int
    timestamp_ms: int
    value: float


class InputRow(Struct, frozen=True):
    """A line of ``inputs.parquet``: a dataset that went into a run."""

    run_id: str
    dataset_name: str
    dataset_digest: str
    context: str | None
    tags: dict[str, str]


class DatasetRow(Struct, frozen=True):
    """A line of ``datasets.parquet``."""

    experiment_id: str
    name: str
    digest: str
    source_type: str
    source: str
    schema: str | None
    profile: str | None


class RunModelRow(Struct, frozen=True):
    """A line of ``run_models.parquet``: a logged model that went into a run or came out of it."""

    run_id: str
    role: Literal["input", "output"]
    model_id: str
    step: int


class ConsoleRow(Struct, frozen=True):
    """A line of ``console.parquet``; pieces of a run stand in the order they were printed."""

    run_id: str
    stream: Literal["stdout", "stderr"]
    timestamp_ms: int
    text: str


class ArtifactRow(Struct, frozen=True):
    """A line of ``artifacts.parquet``; the bytes are at ``artifacts/<run_id>/<path>``."""

    run_id: str
    path: str
    digest: str
    size_bytes: int
    created_ms: int


class ModelRow(Struct, frozen=True):
    """A line of ``logged_models.parquet``."""

    model_id: str
    experiment_id: str
    name: str
    model_type: str | None
    source_run_id: str | None
    status: LoggedModelStatus
    status_message: str | None
    lifecycle_stage: Stage
    creation_time_ms: int
    last_update_time_ms: int
    params: dict[str, str]
    tags: dict[str, str]


class ModelMetricRow(Struct, frozen=True):
    """A line of ``logged_model_metrics.parquet``: a point of a run that describes a logged model."""

    model_id: str
    run_id: str | None
    key: str
    step: int
    timestamp_ms: int
    value: float
    dataset_name: str | None
    dataset_digest: str | None


class ModelArtifactRow(Struct, frozen=True):
    """A line of ``logged_model_artifacts.parquet``; the bytes are at ``model_artifacts/<model_id>/<path>``."""

    model_id: str
    path: str
    digest: str
    size_bytes: int
    created_ms: int


class RegisteredModelRow(Struct, frozen=True):
    """A line of ``registered_models.parquet``."""

    name: str
    description: str
    creation_time_ms: int
    last_update_time_ms: int
    tags: dict[str, str]


class VersionRow(Struct, frozen=True):
    """A line of ``model_versions.parquet``, in the order the versions were made."""

    name: str
    version: int
    source: str
    storage_location: str | None
    run_id: str | None
    run_link: str
    model_id: str | None
    description: str
    user_id: str
    stage: str
    status: str
    creation_time_ms: int
    last_update_time_ms: int
    tags: dict[str, str]


class AliasRow(Struct, frozen=True):
    """A line of ``model_aliases.parquet``."""

    name: str
    alias: str
    version: int


TABLES: dict[type[Struct], str] = {
    ExperimentRow: "experiments.parquet",
    RunRow: "runs.parquet",
    ParamRow: "params.parquet",
    TagRow: "tags.parquet",
    SummaryRow: "metric_summaries.parquet",
    InputRow: "inputs.parquet",
    DatasetRow: "datasets.parquet",
    RunModelRow: "run_models.parquet",
    ConsoleRow: "console.parquet",
    ArtifactRow: "artifacts.parquet",
    ModelRow: "logged_models.parquet",
    ModelMetricRow: "logged_model_metrics.parquet",
    ModelArtifactRow: "logged_model_artifacts.parquet",
    RegisteredModelRow: "registered_models.parquet",
    VersionRow: "model_versions.parquet",
    AliasRow: "model_aliases.parquet",
}
"""The file of each table but the points, which come in parts."""


class TableFile(Struct, frozen=True):
    """What ``format.json`` says about a Parquet file."""

    rows: int
    digest: str


class Format(Struct, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """What ``format.json`` holds.

    Attributes:
        runstone_version: Which version wrote the export.
        created_ms: When it was begun, Unix milliseconds.
        is_whole_store: Whether everything was asked for.
        redacted: How many texts and files lost a secret.
        notes: What of the store is not in the export, in words.
        files: Every Parquet file by its path in the folder.
    """

    format: int
    runstone_version: str
    created_ms: int
    is_whole_store: bool
    redacted: int
    notes: list[str]
    files: dict[str, TableFile]


def points_file(number: int) -> str:
    """Return the path of a part of the points, counted from 0."""
    return f"{POINTS_FOLDER}/part-{number:05}.parquet"


def read_format(folder: Path) -> tuple[Format, bytes]:
    """Return what ``format.json`` says, and its bytes, which identify the export.

    Raises:
        InvalidArgument: The folder is no export, or one of a later format.
    """
    path = file_below(folder, FORMAT_FILE)
    if not path.is_file():
        raise InvalidArgument(
            f"{folder} is no export: it has no {FORMAT_FILE}; give the folder that `runstone export` wrote",
            field="source",
        )
    data = path.read_bytes()
    try:
        facts = msgspec.json.decode(data, type=Format)
    except msgspec.MsgspecError as error:
        raise InvalidArgument(f"{path} cannot be read: {error}", field="source") from error
    if facts.format != FORMAT_VERSION:
        raise InvalidArgument(
            f"{path} is of format {facts.format}, and this version reads format {FORMAT_VERSION}; upgrade runstone",
            field="source",
        )
    return facts, data


def file_below(folder: Path, *parts: str) -> Path:
    """Return the path of a file below a folder by checked relative parts, none of which may be a link.

    Raises:
        InvalidArgument: A part is not a safe relative path, or there is a link on the way.
    """
    target = folder
    for part in parts:
        for name in check_artifact_path(part).split("/"):
            target = target / name
            if target.is_symlink():
                raise InvalidArgument(f"{target} is a link; an export has none, so nothing is read from it")
    return target


def check_owner(owner_id: str) -> str:
    """Return the id of a run or model, which can be the name of a folder.

    Raises:
        InvalidArgument: It is none.
    """
    return rules.check_run_id(owner_id)
