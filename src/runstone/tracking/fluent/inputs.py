"""Logging what the active run was made from, and what it made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runstone.core.entities import (
    DatasetInput,
    LoggedModelInput,
    LoggedModelOutput,
)
from runstone.core.errors import InvalidArgument
from runstone.tracking.fluent.target import target_of


def log_input(
    dataset: Any = None,
    context: str | None = None,
    tags: Mapping[str, str] | None = None,
    model: LoggedModelInput | None = None,
) -> None:
    """Record a dataset (or logged model) that goes into the run.

    Args:
        dataset: As ``runstone.data.from_…`` makes it.
        context: Its role: train, eval …

    Raises:
        InvalidArgument: It is no dataset.
    """
    client, target = target_of(None)
    inputs = [] if dataset is None else [_dataset_input(dataset, context, tags)]
    client.log_inputs(target, inputs, [] if model is None else [model])


def log_inputs(
    datasets: Sequence[Any] | None = None,
    contexts: Sequence[str | None] | None = None,
    tags_list: Sequence[Mapping[str, str] | None] | None = None,
    models: Sequence[LoggedModelInput | None] | None = None,
) -> None:
    """Record several inputs; the lists go side by side.

    Raises:
        InvalidArgument: Their lengths differ, or something is no dataset.
    """
    lists = [given for given in (datasets, contexts, tags_list, models) if given is not None]
    if len({len(given) for given in lists}) > 1:
        raise InvalidArgument("datasets, contexts, tags_list and models must have the same length")
    count = len(lists[0]) if lists else 0
    for at in range(count):
        log_input(
            None if datasets is None else datasets[at],
            None if contexts is None else contexts[at],
            None if tags_list is None else tags_list[at],
            None if models is None else models[at],
        )


def log_outputs(models: Sequence[LoggedModelOutput] | None = None) -> None:
    """Record logged models that came out of the run.

    Raises:
        InvalidArgument.
    """
    client, target = target_of(None)
    client.log_outputs(target, models or ())


def _dataset_input(dataset: Any, context: str | None, tags: Mapping[str, str] | None) -> DatasetInput:
    from runstone.core.entities import DatasetRecord, InputTag

    if isinstance(dataset, DatasetRecord):
        record = dataset
    elif hasattr(dataset, "to_record"):
        record = dataset.to_record()
    else:
        raise InvalidArgument(
            f"not a dataset: {type(dataset).__name__}; make one with runstone.data.from_pandas, from_path …",
            field="dataset",
        )
    texts = {key: str(value) for key, value in (tags or {}).items()}
    if context is not None:
        texts["mlflow.data.context"] = context
    return DatasetInput(dataset=record, tags=tuple(InputTag(key, value) for key, value in texts.items()))
