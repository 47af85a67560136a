from __future__ import annotations

import math

import pytest

from runstone.core.entities.datasets import DatasetInput, DatasetRecord, InputTag
from runstone.core.entities.metrics import MetricSummary
from runstone.core.entities.runs import Run, RunInfo, RunInputs
from runstone.store.search import (
    REGISTERED_MODELS,
    RUNS,
    Field,
    evaluate,
    ilike,
    like,
    parse_filter,
    run_lookup,
)


def dataset(name: str, context: str | None) -> DatasetInput:
    tags = () if context is None else (InputTag("mlflow.data.context", context),)
    return DatasetInput(dataset=DatasetRecord(name=name, digest=f"d-{name}"), tags=tags)


RUN = Run(
    info=RunInfo(
        run_id="r1",
        run_name="Straße",
        experiment_id="10",
        status="FINISHED",
        start_time=1_767_225_600_000,
        end_time=1_767_225_660_000,
    ),
    params={"lr": 0.01, "text": "0.5", "word": "auto", "flag": True, "none": None, "big": 10, "list": [1, 2]},
    metrics={
        "loss": MetricSummary(0.5, 2, 0, 0.75, 0, 0, 0.25, 1.0, 2.0, 4),
        "nan": MetricSummary(math.nan, 0, 0, math.nan, 0, 0, math.nan, math.nan, 0.0, 1, 1),
    },
    tags={"team": "Vision\nLab", "empty": ""},
    inputs=RunInputs(dataset_inputs=(dataset("digits", "train"), dataset("cancer", None))),
)
BARE = Run(info=RunInfo(run_id="r2", run_name="bare", experiment_id="9", start_time=0))


def holds(text: str, run: Run = RUN) -> bool:
    return evaluate(parse_filter(text, RUNS), run_lookup(run))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("status = 'FINISHED'", True),
        ("status = 'finished'", False),
        ("status > 'FAILED'", True),
        ("run_id IN ('r0', 'r1')", True),
        ("run_id NOT IN ('r0', 'r1')", False),
        ("experiment_id = 10", True),
        ("start_time = '2026-01-01'", True),
        ("start_time < '2026-01-01T00:00:00.001'", True),
        ("start_time BETWEEN '2025-12-31' AND '2026-01-01'", True),
        ("duration = 60000", True),
        ("duration > 60000.5", False),
        ("metrics.loss = 0.5", True),
        ("metrics.loss.min = 0.25", True),
        ("metrics.loss.max = 1", True),
        ("metrics.loss.mean = 0.5", True),
        ("metrics.loss.first = 0.75", True),
        ("metrics.loss.count = 4", True),
        ("metrics.loss IN (1, 0.5)", True),
        ("metrics.loss NOT BETWEEN 0 AND 1", False),
        ("params.lr < 0.1", True),
        ("params.lr = '0.01'", True),
        ("params.text = 0.5", True),
        ("params.text = 5e-1", True),
        ("params.text = '5e-1'", False),
        ("params.big > 9", True),
        ("params.big > '9'", False),
        ("params.big IN (10, 11)", True),
        ("params.flag = true", True),
        ("params.flag = 'True'", True),
        ("params.flag = 1", True),
        ("params.flag != true", False),
        ("params.none = 'None'", True),
        ("params.none IS NULL", False),
        ("params.list = '[1, 2]'", True),
        ("tags.team =~ '^Vision'", True),
        ("tags.team =~ '(?m)^Lab$'", True),
        ("tags.team !~ 'lab'", True),
        ("tags.team LIKE 'Vision_Lab'", True),
        ("tags.team LIKE 'vision%'", False),
        ("tags.team ILIKE 'vision%'", True),
        ("tags.team NOT LIKE '%x%'", True),
        ("tags.empty = ''", True),
        ("tags.empty IS NULL", False),
        ("run_name ILIKE 'STRA_E'", True),
        ("NOT (status = 'FINISHED' AND metrics.loss > 1)", True),
        ("status = 'X' OR status = 'Y' OR run_id = 'r1'", True),
    ],
)
def test_a_filter_holds_for_what_the_run_has(text: str, expected: bool) -> None:
    assert holds(text) is expected


@pytest.mark.parametrize("left", ["metrics.m", "metrics.m.min", "params.m", "tags.m", "end_time", "duration"])
@pytest.mark.parametrize(
    "right", ["= 1", "!= 1", "IN (1)", "NOT IN (1)", "< 1", ">= 1", "BETWEEN 0 AND 1", "NOT BETWEEN 0 AND 1"]
)
def test_no_comparison_holds_where_the_key_is_missing(left: str, right: str) -> None:
    assert holds(f"{left} {right}", BARE) is False
    assert holds(f"NOT {left} {right}", BARE) is True


@pytest.mark.parametrize("right", ["= 'x'", "!= 'x'", "IN ('x')", "NOT IN ('x')"])
def test_no_comparison_holds_for_an_id_that_is_missing(right: str) -> None:
    assert holds(f"parent_run_id {right}", BARE) is False


@pytest.mark.parametrize("op", ["LIKE", "NOT LIKE", "ILIKE", "NOT ILIKE", "REGEXP", "NOT REGEXP"])
def test_no_pattern_holds_where_the_key_is_missing(op: str) -> None:
    assert holds(f"params.m {op} '.*'", BARE) is False


@pytest.mark.parametrize("left", ["metrics.m", "metrics.m.count", "params.m", "tags.m", "dataset.name", "end_time"])
def test_what_is_missing_is_null(left: str) -> None:
    assert holds(f"{left} IS NULL", BARE) is True
    assert holds(f"{left} IS NOT NULL", BARE) is False


@pytest.mark.parametrize(
    ("right", "expected"),
    [
        ("= 1", False),
        ("!= 1", True),
        ("< inf", False),
        ("<= inf", False),
        (">= -inf", False),
        ("IN (1)", False),
        ("NOT IN (1)", True),
        ("BETWEEN -inf AND inf", False),
        ("NOT BETWEEN 0 AND 1", False),
        ("IS NULL", False),
        ("IS NOT NULL", True),
    ],
)
def test_a_metric_that_is_nan_is_there_and_unequal_to_everything(right: str, expected: bool) -> None:
    assert holds(f"metrics.nan {right}") is expected


@pytest.mark.parametrize("text", ["params.word != 1", "params.word > 0", "params.word NOT IN (1)", "params.list != 1"])
def test_no_number_compares_with_a_param_that_is_none(text: str) -> None:
    assert holds(text) is False


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dataset.name = 'cancer'", True),
        ("dataset.name != 'cancer'", True),
        ("NOT dataset.name = 'cancer'", False),
        ("dataset.name = 'other'", False),
        ("dataset.context = 'train'", True),
        ("dataset.context != 'train'", False),
        ("dataset.digest LIKE 'd-%'", True),
        ("dataset.name IS NOT NULL", True),
    ],
)
def test_a_comparison_on_datasets_holds_if_it_does_for_one(text: str, expected: bool) -> None:
    assert holds(text) is expected


@pytest.mark.parametrize(("tags", "expected"), [({}, True), ({"mlflow.prompt.is_prompt": "true"}, False)])
def test_models_without_the_prompt_marker_are_no_prompts(tags: dict[str, str], expected: bool) -> None:
    tree = parse_filter("tags.`mlflow.prompt.is_prompt` != 'true'", REGISTERED_MODELS)

    def lookup(field: Field) -> str | None:
        return tags.get(field.key)

    assert evaluate(tree, lookup) is expected


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("", "", True),
        ("", "a", False),
        ("%", "", True),
        ("_", "", False),
        ("a%", "abc", True),
        ("%c", "abc", True),
        ("%b%", "abc", True),
        ("a_c", "abc", True),
        ("a_c", "abbc", False),
        ("%ab", "aab", True),
        ("a%b%c", "a-b-b-c", True),
        ("a%b%c", "a-b-b", False),
        ("%%", "x", True),
        ("a\\%", "a\\x", True),
        ("a.c", "abc", False),
        ("a", "A", False),
    ],
)
def test_like(pattern: str, text: str, expected: bool) -> None:
    assert like(pattern, text) is expected


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("ÄPFEL", "äpfel", True),
        ("σας", "ΣΑΣ", True),
        ("stra_e", "STRAßE", True),
        ("STRASSE", "straße", False),
        ("%ẞ", "ß", True),
        ("_", "İ", True),
    ],
)
def test_ilike_takes_one_character_for_one(pattern: str, text: str, expected: bool) -> None:
    assert ilike(pattern, text) is expected


def test_a_pattern_of_many_percents_takes_no_exponential_time() -> None:
    # A translation into a regular expression would not return in this century.
    assert like("%a" * 200 + "b", "a" * 4000) is False
