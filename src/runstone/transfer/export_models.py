"""Logged models and the registry in an export."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from runstone.core.entities import LoggedModel, ModelVersion, RegisteredModel, ViewType
from runstone.core.page import iter_pages
from runstone.store.protocol import Store
from runstone.transfer.layout import (
    MODEL_FILES,
    AliasRow,
    ModelArtifactRow,
    ModelMetricRow,
    ModelRow,
    RegisteredModelRow,
    VersionRow,
)
from runstone.transfer.sink import Sink

_PROMPT_TAG = "tags.`mlflow.prompt.is_prompt`"
_EVERY_MODEL = f"{_PROMPT_TAG} IS NULL OR {_PROMPT_TAG} IS NOT NULL"
"""Prompts too, which a search leaves out unless it speaks of the tag that marks them."""


def write_models(
    store: Store,
    sink: Sink,
    experiment_ids: Sequence[str],
    run_ids: Collection[str],
    searched_ids: Sequence[str],
) -> set[str]:
    """Write the logged models of some experiments, and those that some runs made, and return their ids.

    Args:
        searched_ids: The experiments of both.
    """
    written: set[str] = set()
    wanted = set(experiment_ids)
    for model in _iter_models(store, searched_ids):
        if model.experiment_id in wanted or model.source_run_id in run_ids:
            _write_model(store, sink, model)
            written.add(model.model_id)
    return written


def write_registry(store: Store, sink: Sink, part: tuple[Collection[str], Collection[str]] | None) -> None:
    """Write registered models with their versions and aliases.

    Args:
        part: Runs and logged models; only the versions made from these are written, or all if None.
    """
    versions = [version for version in _iter_versions(store) if _is_of(version, part)]
    versions.sort(key=lambda version: (version.creation_timestamp, version.name, int(version.version)))
    numbers = {(version.name, version.version) for version in versions}
    names = {name for name, _ in numbers}
    for model in _iter_registered(store):
        if part is None or model.name in names:
            _write_registered(sink, model, numbers)
    for version in versions:
        _write_version(sink, version)


def _iter_models(store: Store, experiment_ids: Sequence[str]) -> Iterator[LoggedModel]:
    for experiment_id in experiment_ids:
        yield from iter_pages(
            lambda token, ids=(experiment_id,): store.search_logged_models(  # type: ignore[misc]
                ids, view=ViewType.ALL, page_token=token
            )
        )


def _iter_registered(store: Store) -> Iterator[RegisteredModel]:
    return iter_pages(lambda token: store.search_registered_models(filter=_EVERY_MODEL, page_token=token))


def _iter_versions(store: Store) -> Iterator[ModelVersion]:
    return iter_pages(lambda token: store.search_model_versions(page_token=token))


def _is_of(version: ModelVersion, part: tuple[Collection[str], Collection[str]] | None) -> bool:
    return part is None or version.run_id in part[0] or version.model_id in part[1]


def _write_model(store: Store, sink: Sink, model: LoggedModel) -> None:
    sink.add(
        ModelRow(
            model_id=model.model_id,
            experiment_id=model.experiment_id,
            name=model.name,
            model_type=model.model_type,
            source_run_id=model.source_run_id,
            status=model.status,
            status_message=sink.redaction.optional(model.status_message),
            lifecycle_stage=model.lifecycle_stage,
            creation_time_ms=model.creation_timestamp,
            last_update_time_ms=model.last_updated_timestamp,
            params={key: sink.redaction.text(value) for key, value in model.params.items()},
            tags=sink.redaction.tags(model.tags),
        )
    )
    for metric in model.metrics:
        sink.add(
            ModelMetricRow(
                model_id=model.model_id,
                run_id=metric.run_id,
                key=metric.key,
                step=metric.step,
                timestamp_ms=metric.timestamp,
                value=metric.value,
                dataset_name=metric.dataset_name,
                dataset_digest=metric.dataset_digest,
            )
        )
    for entry in store.iter_artifacts(model.model_id):
        written = sink.put_file(MODEL_FILES, model.model_id, entry)
        if written is not None:
            sink.add(
                ModelArtifactRow(model.model_id, written.path, written.digest, written.size_bytes, written.created_ms)
            )


def _write_registered(sink: Sink, model: RegisteredModel, numbers: Collection[tuple[str, str]]) -> None:
    sink.add(
        RegisteredModelRow(
            name=model.name,
            description=sink.redaction.text(model.description),
            creation_time_ms=model.creation_timestamp,
            last_update_time_ms=model.last_updated_timestamp,
            tags=sink.redaction.tags(model.tags),
        )
    )
    for alias, version in model.aliases.items():
        if (model.name, version) in numbers:
            sink.add(AliasRow(model.name, alias, int(version)))


def _write_version(sink: Sink, version: ModelVersion) -> None:
    sink.add(
        VersionRow(
            name=version.name,
            version=int(version.version),
            source=sink.redaction.text(version.source),
            storage_location=sink.redaction.optional(version.storage_location),
            run_id=version.run_id,
            run_link=sink.redaction.text(version.run_link),
            model_id=version.model_id,
            description=sink.redaction.text(version.description),
            user_id=version.user_id,
            stage=version.registry_stage,
            status=version.status,
            creation_time_ms=version.creation_timestamp,
            last_update_time_ms=version.last_updated_timestamp,
            tags=sink.redaction.tags(version.tags),
        )
    )
