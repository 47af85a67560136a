"""What MLflow's grammar accepts, we accept; what it refuses, we refuse or give a meaning of our own."""

from __future__ import annotations

import pytest

from runstone.core.errors import InvalidArgument
from runstone.store.search import (
    EXPERIMENTS,
    LOGGED_MODELS,
    MODEL_VERSIONS,
    REGISTERED_MODELS,
    RUNS,
    Comparison,
    Field,
    Op,
    Vocabulary,
    parse_filter,
)

NUMBER: set[Op] = {"=", "!=", ">", ">=", "<", "<="}
TEXT: set[Op] = {"=", "!=", "LIKE", "ILIKE"}
LIST: set[Op] = {"IN", "NOT IN"}
NULL: set[Op] = {"IS NULL", "IS NOT NULL"}
NOUNS = (RUNS, EXPERIMENTS, REGISTERED_MODELS, MODEL_VERSIONS, LOGGED_MODELS)
NUMERIC_NAMES = ("metric", "time", "created", "timestamp", "version_number")

MLFLOW = [
    (RUNS, ["metrics.x", "start_time", "end_time", "created"], NUMBER),
    (RUNS, ["params.x", "tags.x"], TEXT | NULL),
    (RUNS, ["run_name", "run name", "Run name", "Run Name", "status", "artifact_uri", "user_id"], TEXT),
    (RUNS, ["run_id"], TEXT | LIST),
    (RUNS, ["dataset.name", "datasets.digest", "datasets.context"], TEXT | LIST),
    (EXPERIMENTS, ["name"], TEXT),
    (EXPERIMENTS, ["experiment_id"], {"=", "!="} | LIST),
    (EXPERIMENTS, ["creation_time", "last_update_time"], NUMBER),
    (EXPERIMENTS, ["tags.x"], TEXT | NULL),
    (REGISTERED_MODELS, ["name"], TEXT | LIST),
    (REGISTERED_MODELS, ["tags.x"], TEXT),
    (MODEL_VERSIONS, ["name", "run_id"], TEXT | LIST),
    (MODEL_VERSIONS, ["source_path", "attribute.source_path"], TEXT),
    (MODEL_VERSIONS, ["version_number"], NUMBER),
    (MODEL_VERSIONS, ["tag.x", "tags.x"], TEXT),
    (
        LOGGED_MODELS,
        ["name", "model_id", "model_type", "status", "source_run_id", "params.x", "tags.x"],
        TEXT,
    ),
    (
        LOGGED_MODELS,
        ["creation_time", "creation_timestamp", "last_updated_time", "last_updated_timestamp", "metrics.x"],
        NUMBER,
    ),
]


@pytest.mark.parametrize(("vocabulary", "names", "ops"), MLFLOW)
def test_mlflows_operators_are_known_and_read(vocabulary: Vocabulary, names: list[str], ops: set[Op]) -> None:
    for name in names:
        value = "1" if any(part in name for part in NUMERIC_NAMES) else "'1'"
        for op in ops:
            right = "" if op in NULL else f"({value}, {value})" if op in LIST else value

            tree = parse_filter(f"{name} {op} {right}", vocabulary)

            assert isinstance(tree, Comparison)
            assert tree.op == op
            assert vocabulary.mlflow_ops(tree.field) == ops


@pytest.mark.parametrize(
    ("vocabulary", "text"),
    [
        (RUNS, "metrics.x > 1 and params.y = 'a' AND tags.z LIKE '%b'"),
        (RUNS, 'metrics."a b" >= -1.5e-3'),
        (RUNS, "metrics.`a/b` = 1"),
        (RUNS, 'parameter.x = "it\'s"'),
        (RUNS, "parameters.x = 'say \"hi\"'"),
        (RUNS, "attr.status = 'RUNNING'"),
        (RUNS, "run.status = 'RUNNING'"),
        (RUNS, "run_id IN ('a', 'b')"),
        (RUNS, "run_id NOT IN ('a')"),
        (RUNS, "params.lr IS NULL and tags.x is not null"),
        (REGISTERED_MODELS, "name ILIKE '%x%' AND tags.`mlflow.prompt.is_prompt` != 'true'"),
        (MODEL_VERSIONS, "name = 'm' and version_number >= 2"),
        (LOGGED_MODELS, "name = 'model'"),
    ],
)
def test_what_mlflow_accepts_is_accepted(vocabulary: Vocabulary, text: str) -> None:
    parse_filter(text, vocabulary)


@pytest.mark.parametrize(
    ("vocabulary", "text"),
    [
        (RUNS, "metrics.x > 1;"),
        (RUNS, "metrics.x > nan"),
        (RUNS, "metrics.x > '1'"),
        (RUNS, "start_time > '1'"),
        (RUNS, "metrics.x LIKE '1'"),
        (RUNS, "metrics.x"),
        (RUNS, "params.x = y"),
        (RUNS, "run_id IN ()"),
        (RUNS, "run_id IN 'a'"),
        (RUNS, "status = 5"),
        (RUNS, "foo.x = 'a'"),
        (RUNS, "foo = 'a'"),
        (RUNS, "datasets.foo = 'a'"),
        (EXPERIMENTS, "metrics.x = 1"),
        (EXPERIMENTS, "creation_time > '1'"),
        (REGISTERED_MODELS, "run_id = 'a'"),
        (MODEL_VERSIONS, "version_number = '1'"),
        (MODEL_VERSIONS, "params.x = '1'"),
        (LOGGED_MODELS, "dataset.name = 'a'"),
    ],
)
def test_what_mlflow_refuses_and_we_have_no_meaning_for_is_refused(vocabulary: Vocabulary, text: str) -> None:
    with pytest.raises(InvalidArgument):
        parse_filter(text, vocabulary)


@pytest.mark.parametrize("text", ["metrics.x > 1 AND", "metrics.x > 1 params.y = 'a'"])
def test_what_mlflow_lets_pass_by_guessing_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument):
        parse_filter(text, RUNS)


@pytest.mark.parametrize(
    ("vocabulary", "text"),
    [
        (RUNS, "  "),
        (RUNS, "metrics.x > 1 OR NOT (params.y = 'a')"),
        (RUNS, "params.x = 1"),
        (RUNS, "params.x IN ('a')"),
        (RUNS, "tags.x > 5"),
        (RUNS, "status IN ('FINISHED', 'FAILED')"),
        (RUNS, "metrics.x.min < 1"),
        (RUNS, "experiment_id = '1'"),
        (RUNS, "lifecycle_stage = 'active'"),
        (RUNS, "start_time > '2026-01-01'"),
        (RUNS, "duration > 60000"),
        (EXPERIMENTS, "name IN ('a')"),
        (EXPERIMENTS, "experiment_id LIKE '1%'"),
        (EXPERIMENTS, "lifecycle_stage = 'deleted'"),
        (REGISTERED_MODELS, "tags.x IS NULL"),
        (MODEL_VERSIONS, "version_number IN (1, 2)"),
        (MODEL_VERSIONS, "params.x IS NULL OR name = 'a'".replace("params", "tags")),
    ],
)
def test_we_give_a_meaning_to_much_that_mlflow_refuses(vocabulary: Vocabulary, text: str) -> None:
    parse_filter(text, vocabulary)


@pytest.mark.parametrize("vocabulary", NOUNS, ids=lambda vocabulary: vocabulary.noun)
def test_ours_takes_all_that_mlflows_does(vocabulary: Vocabulary) -> None:
    fields = [Field("attribute", name) for name in vocabulary.names()]
    fields += [Field(entity, "name", "last" if entity == "metric" else None) for entity in vocabulary.keyed]

    assert [field for field in fields if not vocabulary.mlflow_ops(field) <= vocabulary.ops(field)] == []


@pytest.mark.parametrize("vocabulary", NOUNS, ids=lambda vocabulary: vocabulary.noun)
def test_every_spelling_of_an_attribute_is_in_lower_case(vocabulary: Vocabulary) -> None:
    assert [name for name in vocabulary.attributes if name != name.lower()] == []


def test_statistics_are_ours_alone() -> None:
    assert RUNS.mlflow_ops(Field("metric", "loss", "min")) == frozenset()
