from __future__ import annotations

import pytest

from runstone.core.errors import InvalidArgument
from runstone.store.search import (
    EXPERIMENTS,
    LOGGED_MODELS,
    MODEL_VERSIONS,
    RUNS,
    Comparison,
    Field,
    Vocabulary,
    field_named,
    parse_filter,
)


def field(left: str, vocabulary: Vocabulary = RUNS) -> Field:
    tree = parse_filter(f"{left} IS NULL", vocabulary)
    assert isinstance(tree, Comparison)
    return tree.field


@pytest.mark.parametrize(
    ("spellings", "entity", "stat"),
    [
        (("metric", "metrics", "Metrics"), "metric", "last"),
        (("param", "params", "parameter", "parameters"), "param", None),
        (("tag", "tags", "TAGS"), "tag", None),
    ],
)
def test_an_entity_goes_by_many_names(spellings: tuple[str, ...], entity: str, stat: str | None) -> None:
    assert {field(f"{spelling}.x") for spelling in spellings} == {Field(entity, "x", stat)}


@pytest.mark.parametrize("prefix", ["", "attribute.", "attributes.", "attr.", "run."])
def test_an_attribute_may_have_a_prefix(prefix: str) -> None:
    assert field(f"{prefix}status") == Field("attribute", "status")


@pytest.mark.parametrize(
    "spelling",
    [
        "run_name",
        "run name",
        "Run name",
        "Run Name",
        "attributes.`run name`",
        "attributes.run name",
        '"run name"',
        "`Run Name`",
    ],
)
def test_the_run_name_may_be_written_with_a_space(spelling: str) -> None:
    assert field(spelling) == Field("attribute", "run_name")


@pytest.mark.parametrize("spelling", ["start_time", "created", "Created"])
def test_created_is_the_start_time(spelling: str) -> None:
    assert field(spelling) == Field("attribute", "start_time")


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("params.a.b.c", "a.b.c"),
        ("params.a-b/c:d", "a-b/c:d"),
        ("params.größe", "größe"),
        ("params.0", "0"),
        ("params.in", "in"),
        ("params.`a b`", "a b"),
        ('params."a b"', "a b"),
        ("params.`a.b`", "a.b"),
        ("params.`a``b`", "a`b"),
        ("params.'a'", None),
        ("`params`.a", "a"),
        ('"params"."a b"', "a b"),
        ("params.min", "min"),
    ],
)
def test_a_key_is_plain_or_quoted(written: str, key: str | None) -> None:
    if key is None:
        with pytest.raises(InvalidArgument, match="expected a name after the dot"):
            field(written)
    else:
        assert field(written) == Field("param", key)


@pytest.mark.parametrize(
    ("written", "key", "stat"),
    [
        ("metrics.loss", "loss", "last"),
        ("metrics.loss.last", "loss", "last"),
        ("metrics.loss.min", "loss", "min"),
        ("metrics.loss.MAX", "loss", "max"),
        ("metrics.val.loss.mean", "val.loss", "mean"),
        ("metrics.val.loss", "val.loss", "last"),
        ("metrics.min", "min", "last"),
        ("metrics.min.min", "min", "min"),
        ("metrics.`loss.min`", "loss.min", "last"),
        ("metrics.`loss`.first", "loss", "first"),
        ('metrics."val loss".count', "val loss", "count"),
        ("metrics.`min`", "min", "last"),
    ],
)
def test_a_metric_may_end_in_a_statistic(written: str, key: str, stat: str) -> None:
    assert field(written) == Field("metric", key, stat)


def test_metrics_of_logged_models_have_no_statistics() -> None:
    assert field("metrics.loss.min", LOGGED_MODELS) == Field("metric", "loss.min", "last")


def test_datasets_have_a_name_a_digest_and_a_context() -> None:
    assert field("dataset.name") == Field("dataset", "name")
    assert field("datasets.digest") == Field("dataset", "digest")
    assert field("datasets.context") == Field("dataset", "context")


@pytest.mark.parametrize(
    ("written", "vocabulary", "position", "problem"),
    [
        ("statu", RUNS, 0, "runs have no attribute 'statu'; did you mean 'status'?"),
        ("attributes.start_tim", RUNS, 11, "did you mean 'start_time'?"),
        ("zz", RUNS, 0, "did you mean metrics.zz or params.zz or tags.zz? There are run_id, "),
        ("metrc.loss", RUNS, 0, "no entity 'metrc'; did you mean 'metrics'?"),
        ("zz.loss", RUNS, 0, "there are attributes, metrics, params, tags, datasets"),
        ("metrics.loss", EXPERIMENTS, 0, "experiments have no metrics; there are attributes, tags"),
        ("version_numbr", MODEL_VERSIONS, 0, "did you mean 'version_number'?"),
        ("dataset.nam", RUNS, 8, "datasets have no 'nam'; did you mean 'name'?"),
        ("metrics.`loss`.mim", RUNS, 15, "no statistic 'mim'; did you mean 'min'?"),
        ("metrics.`loss`.zz", RUNS, 15, "there are last, min, max, mean, first, count"),
        ("params.`a`.b", RUNS, 7, "quoted as a whole"),
        ("params.a.`b`", RUNS, 9, "quoted as a whole"),
        ("params.", RUNS, 7, "expected a name after the dot"),
        ("params.a..b", RUNS, 9, "expected a name after the dot"),
        ("params.``", RUNS, 7, "the key is empty"),
        ("params.`a", RUNS, 7, "never closed"),
    ],
)
def test_an_unknown_name_is_a_mistake_with_a_hint(
    written: str, vocabulary: Vocabulary, position: int, problem: str
) -> None:
    with pytest.raises(InvalidArgument) as caught:
        field(written, vocabulary)

    assert caught.value.position == position
    assert problem in caught.value.message


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("metrics.val loss.min", Field("metric", "val loss.min", "last")),
        ("params.a`b", Field("param", "a`b")),
        ("creation_time", Field("attribute", "creation_timestamp")),
        ("attributes.name", Field("attribute", "name")),
    ],
)
def test_a_name_that_stands_alone_needs_no_quotes(name: str, expected: Field) -> None:
    assert field_named(name, LOGGED_MODELS) == expected


def test_an_unknown_name_that_stands_alone_is_a_mistake() -> None:
    with pytest.raises(InvalidArgument, match="logged models have no attribute 'nam'; did you mean 'name'"):
        field_named("nam", LOGGED_MODELS)
