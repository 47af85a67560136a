"""Datasets and models as inputs and outputs of runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Literal

import msgspec

from runstone.core import limits
from runstone.core.entities import DatasetInput, DatasetRecord, DatasetSummary, InputTag
from runstone.core.errors import InvalidArgument, NotFound
from runstone.store import rules
from runstone.store.sql.database import Database
from runstone.store.sql.dialect.base import Connection
from runstone.store.sql.keys import marks

_BATCH = 500
_encode_tags = msgspec.msgpack.Encoder().encode
_decode_tags = msgspec.msgpack.Decoder(list[tuple[str, str]]).decode
_RECORD = "d.name, d.digest, d.source_type, d.source, d.schema, d.profile"


class Datasets:
    """Datasets in a SQL database."""

    _database: Database

    def search_datasets(self, experiment_ids: Sequence[str]) -> list[DatasetSummary]:
        """Return the datasets used in these experiments, each once a context."""
        numbers = sorted({rules.check_experiment_id(experiment_id) for experiment_id in experiment_ids})
        return self._database.read(lambda c: _search(c, numbers))

    def get_dataset(self, name: str, digest: str) -> DatasetRecord:
        """Return a dataset version."""
        rules.check_text(name, "name")
        rules.check_text(digest, "digest")
        return self._database.read(lambda c: _get(c, name, digest))


def check_input(dataset_input: DatasetInput) -> DatasetInput:
    """Return the use of a dataset if every text in it can be kept.

    Raises:
        InvalidArgument: One is missing or too long, or a tag comes twice.
    """
    dataset = dataset_input.dataset
    for what, text, max_length in (
        ("dataset.name", dataset.name, limits.MAX_DATASET_NAME_LENGTH),
        ("dataset.digest", dataset.digest, limits.MAX_DATASET_DIGEST_LENGTH),
        ("dataset.source_type", dataset.source_type, limits.MAX_DATASET_NAME_LENGTH),
    ):
        rules.check_text(text, what, max_length=max_length, allow_empty=False)
    rules.check_text(dataset.source, "dataset.source", max_length=limits.MAX_DATASET_SOURCE_LENGTH)
    if dataset.schema is not None:
        rules.check_text(dataset.schema, "dataset.schema", max_length=limits.MAX_DATASET_SCHEMA_LENGTH)
    if dataset.profile is not None:
        rules.check_text(dataset.profile, "dataset.profile", max_length=limits.MAX_DATASET_PROFILE_LENGTH)
    for tag in dataset_input.tags:
        rules.check_text(tag.key, "tags.key", max_length=limits.MAX_INPUT_TAG_KEY_LENGTH, allow_empty=False)
        rules.check_text(tag.value, tag.key, max_length=limits.MAX_INPUT_TAG_VALUE_LENGTH)
    if len({tag.key for tag in dataset_input.tags}) < len(dataset_input.tags):
        raise InvalidArgument(f"a tag of dataset {rules.shown(dataset.name)} is given twice", field="tags")
    return dataset_input


def put_inputs(c: Connection, run_no: int, experiment_id: int, inputs: Sequence[DatasetInput], now_ms: int) -> None:
    """Record datasets as inputs of a run; one that is an input already adds nothing.

    Raises:
        InvalidArgument: There are more than 1,000, or one breaks a rule.
    """
    if len(inputs) > limits.MAX_DATASETS_PER_CALL:
        raise InvalidArgument(
            f"at most {limits.MAX_DATASETS_PER_CALL} datasets can be logged at once, not {len(inputs)}",
            field="datasets",
        )
    for used in map(check_input, inputs):
        number = _ensure(c, experiment_id, used.dataset)
        tags = _encode_tags([(tag.key, tag.value) for tag in used.tags])
        c.run(
            "INSERT INTO run_inputs (run_no, dataset_no, context, tags, created_ms) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (run_no, dataset_no) DO NOTHING",
            (run_no, number, used.context, tags, now_ms),
        )


def inputs_of(c: Connection, run_nos: Sequence[int]) -> dict[int, tuple[DatasetInput, ...]]:
    """Return the datasets that went into runs, by run number and in order of logging."""
    found: dict[int, list[DatasetInput]] = defaultdict(list)
    for start in range(0, len(run_nos), _BATCH):
        batch = run_nos[start : start + _BATCH]
        rows = c.query(
            f"SELECT i.run_no, i.tags, {_RECORD} FROM run_inputs i "
            "JOIN datasets d ON d.dataset_no = i.dataset_no "
            f"WHERE i.run_no IN ({marks(len(batch))}) ORDER BY i.run_no, i.created_ms, i.dataset_no",
            batch,
        )
        for run_no, tags, *record in rows:
            used_as = tuple(InputTag(key, value) for key, value in _decode_tags(bytes(tags)))
            found[run_no].append(DatasetInput(dataset=_record(record), tags=used_as))
    return {run_no: tuple(inputs) for run_no, inputs in found.items()}


def put_models(
    c: Connection,
    run_no: int,
    role: Literal["input", "output"],
    models: Sequence[tuple[str, int]],
    now_ms: int,
) -> None:
    """Record logged models, each with a step, as inputs or outputs of a run; again, the step is the new one.

    Raises:
        InvalidArgument: An id or a step is none.
    """
    c.many(
        "INSERT INTO run_models (run_no, role, model_id, step, created_ms) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (run_no, role, model_id) DO UPDATE SET step = excluded.step",
        [
            (
                run_no,
                role,
                rules.check_text(model_id, "model_id", max_length=256, allow_empty=False),
                step,
                now_ms,
            )
            for model_id, step in ((model_id, rules.check_step(step)) for model_id, step in models)
        ],
    )


def models_of(
    c: Connection, run_nos: Sequence[int], role: Literal["input", "output"]
) -> dict[int, tuple[tuple[str, int], ...]]:
    """Return ids and steps of the models in a role, by run number and in order of logging."""
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for start in range(0, len(run_nos), _BATCH):
        batch = run_nos[start : start + _BATCH]
        rows = c.query(
            "SELECT run_no, model_id, step FROM run_models "
            f"WHERE run_no IN ({marks(len(batch))}) AND role = ? ORDER BY run_no, created_ms, model_id",
            (*batch, role),
        )
        for run_no, model_id, step in rows:
            found[run_no].append((model_id, step))
    return {run_no: tuple(models) for run_no, models in found.items()}


def _ensure(c: Connection, experiment_id: int, dataset: DatasetRecord) -> int:
    """Return the number of a dataset within an experiment, recording it if it is new there."""
    select = "SELECT dataset_no FROM datasets WHERE experiment_id = ? AND name = ? AND digest = ?"
    identity = (experiment_id, dataset.name, dataset.digest)
    row = c.one(select, identity)
    if row is None:
        row = c.one(
            "INSERT INTO datasets (experiment_id, name, digest, source_type, source, schema, profile) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (experiment_id, name, digest) DO NOTHING RETURNING dataset_no",
            (*identity, dataset.source_type, dataset.source, dataset.schema, dataset.profile),
        )
    number: int = (row or c.query(select, identity)[0])[0]
    return number


def _search(c: Connection, experiment_ids: Sequence[int]) -> list[DatasetSummary]:
    found: list[DatasetSummary] = []
    for start in range(0, len(experiment_ids), _BATCH):
        batch = experiment_ids[start : start + _BATCH]
        rows = c.query(
            "SELECT DISTINCT d.experiment_id, d.name, d.digest, i.context FROM datasets d "
            "JOIN run_inputs i ON i.dataset_no = d.dataset_no "
            f"WHERE d.experiment_id IN ({marks(len(batch))})",
            batch,
        )
        for experiment_id, name, digest, context in sorted(rows, key=lambda row: (*row[:3], row[3] or "")):
            found.append(DatasetSummary(experiment_id=str(experiment_id), name=name, digest=digest, context=context))
    return found


def _get(c: Connection, name: str, digest: str) -> DatasetRecord:
    row = c.one(
        f"SELECT {_RECORD} FROM datasets d WHERE d.digest = ? AND d.name = ? ORDER BY d.dataset_no LIMIT 1",
        (digest, name),
    )
    if row is None:
        raise NotFound(f"No dataset {rules.shown(name)} with digest {rules.shown(digest)} was logged")
    return _record(row)


def _record(row: Sequence[str]) -> DatasetRecord:
    name, digest, source_type, source, schema, profile = row
    return DatasetRecord(
        name=name, digest=digest, source_type=source_type, source=source, schema=schema, profile=profile
    )
