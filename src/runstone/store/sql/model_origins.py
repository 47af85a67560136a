"""Where a new version comes from: its source followed to files, run and logged model."""

from __future__ import annotations

from typing import NamedTuple

from runstone.core.entities import ModelVersion
from runstone.core.errors import InvalidArgument, NotFound
from runstone.store import rules
from runstone.store.model_uris import (
    LocalUri,
    LoggedModelUri,
    ModelUri,
    RunUri,
    VersionUri,
    is_inside,
    local_path,
)
from runstone.store.sql import logged_models, model_versions, registered_models
from runstone.store.sql.dialect.base import Connection


class Origin(NamedTuple):
    """What a version is made from; the location is None where the source is one itself."""

    storage_location: str | None
    run_id: str | None
    model_id: str | None


def follow(c: Connection, uri: ModelUri, run_id: str | None, model_id: str | None) -> Origin:
    """Return the origin of a version, given the run and the logged model that the caller says it is of.

    A local path is taken only from inside the artifacts of that run or model, where those are in a folder
    themselves.

    Raises:
        NotFound: The source names a version or logged model that does not exist.
        InvalidArgument: It is of another run or logged model than said.
    """
    location = None
    if isinstance(uri, LoggedModelUri):
        model_id = _agreed(uri.model_id, model_id, "model_id")
        location = logged_models.get(c, uri.model_id).artifact_location
    elif isinstance(uri, VersionUri):
        version = _version(c, uri)
        location = version.storage_location or version.source
        run_id = run_id or version.run_id
        if version.model_id is not None:
            model_id = _agreed(version.model_id, model_id, "model_id")
    elif isinstance(uri, RunUri):
        run_id = _agreed(uri.run_id, run_id, "run_id")
    model = None if model_id is None else logged_models.find(c, model_id)
    if isinstance(uri, LocalUri):
        homes = [] if model is None else [model.artifact_location]
        if run_id is not None:
            homes += _run_folder(c, run_id)
        _check_local(uri.path, homes)
    if run_id is None and model is not None:
        run_id = model.source_run_id
    return Origin(location, run_id, model_id)


def _agreed(named: str, said: str | None, what: str) -> str:
    if said is not None and said != named:
        raise InvalidArgument(
            f"Invalid model version source: it is of {what} {rules.shown(named)}, but {what} "
            f"{rules.shown(said)} was given; they must be the same, or leave {what} out",
            field=what,
        )
    return named


def _version(c: Connection, uri: VersionUri) -> ModelVersion:
    registered_models.require(c, uri.name)
    if uri.alias is not None:
        return model_versions.get(c, (uri.name, model_versions.by_alias(c, uri.name, uri.alias)))
    text = uri.version or ""
    if text.lower() == "latest":
        return model_versions.get(c, (uri.name, model_versions.by_alias(c, uri.name, "latest")))
    if text.isdigit():
        return model_versions.get(c, (uri.name, rules.check_model_version(text)))
    stage = rules.check_stage(text)
    found = model_versions.latest(c, [uri.name], [stage])[uri.name]
    if not found:
        raise NotFound(f"Registered Model with name={uri.name} has no version in stage {stage}")
    return found[0]


def _run_folder(c: Connection, run_id: str) -> list[str]:
    row = c.one(
        "SELECT e.artifact_location FROM runs r JOIN experiments e ON e.experiment_id = r.experiment_id "
        "WHERE r.run_id = ?",
        (run_id,),
    )
    return [] if row is None else [f"{row[0].rstrip('/')}/{run_id}/artifacts"]


def _check_local(path: str, homes: list[str]) -> None:
    for home in homes:
        folder = local_path(home)
        if folder is not None and is_inside(path, folder):
            return
    raise InvalidArgument(
        f"Invalid model version source: {rules.shown(path)}. To use a local path as a model version source, "
        "give the run_id or model_id whose artifact directory it is in; or log the model's files and use "
        "runs:/<run id>/<path> or models:/<model id>.",
        field="source",
    )
