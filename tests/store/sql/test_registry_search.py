"""Filters on models as SQL mean what ``evaluate`` says they mean, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from runstone.core.entities import LoggedModel, Metric, ModelVersion, RegisteredModel
from runstone.store.search import And, Comparison, Entity, Field, Not, Op, Or, Tree, evaluate, format_tree
from runstone.store.search.evaluate import Found, Lookup
from runstone.store.sql.database import Database
from runstone.store.sql.logged_models import LoggedModels, put_model_metrics
from runstone.store.sql.registry import Registry

_TEXTS = (
    "",
    "a",
    "A",
    "ab",
    "aB",
    "a%b",
    "a_b",
    "it's",
    'say "x"',
    "1",
    "1.0",
    "01",
    "-2.5",
    "1e3",
    " 7 ",
    "inf",
)
_PATTERNS = ("", "%", "a%", "A_", "%b", "_%_", "1%", "a\\%")
_NUMBERS = (-2.5, 0, 1, 7, 1000, float("inf"))
_TEXT_OPS: tuple[Op, ...] = ("=", "!=", "<", "<=", ">", ">=")


def _comparisons(field: Field) -> st.SearchStrategy[Tree]:
    """Return comparisons of a field of text."""
    texts, numbers = st.sampled_from(_TEXTS), st.sampled_from(_NUMBERS)
    choices: list[st.SearchStrategy[Tree]] = [
        st.builds(Comparison, st.just(field), st.sampled_from(_TEXT_OPS), texts),
        st.builds(
            Comparison,
            st.just(field),
            st.sampled_from(("LIKE", "NOT LIKE", "ILIKE", "NOT ILIKE")),
            st.sampled_from(_PATTERNS),
        ),
        st.builds(
            Comparison,
            st.just(field),
            st.sampled_from(("IN", "NOT IN")),
            st.lists(texts, min_size=1, max_size=3).map(tuple),
        ),
        st.builds(Comparison, st.just(field), st.just("BETWEEN"), st.tuples(texts, texts)),
        st.builds(Comparison, st.just(field), st.sampled_from(("REGEXP", "NOT REGEXP")), st.just("^[a1]")),
        _null_tests(field),
    ]
    if field.entity != "attribute":
        choices += _numeric(field, numbers)
    return st.one_of(choices)


def _numbers_only(field: Field) -> st.SearchStrategy[Tree]:
    return st.one_of([*_numeric(field, st.sampled_from(_NUMBERS)), _null_tests(field)])


def _numeric(field: Field, numbers: st.SearchStrategy[float]) -> list[st.SearchStrategy[Tree]]:
    return [
        st.builds(Comparison, st.just(field), st.sampled_from(_TEXT_OPS), numbers, st.just(True)),
        st.builds(
            Comparison,
            st.just(field),
            st.sampled_from(("IN", "NOT IN")),
            st.lists(numbers, min_size=1, max_size=3).map(tuple),
            st.just(True),
        ),
        st.builds(Comparison, st.just(field), st.just("BETWEEN"), st.tuples(numbers, numbers), st.just(True)),
    ]


def _null_tests(field: Field) -> st.SearchStrategy[Tree]:
    return st.builds(Comparison, st.just(field), st.sampled_from(("IS NULL", "IS NOT NULL")))


def _trees(leaves: Sequence[st.SearchStrategy[Tree]]) -> st.SearchStrategy[Tree]:
    def grown(trees: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
        several = st.lists(trees, min_size=2, max_size=3).map(tuple)
        return st.builds(And, several) | st.builds(Or, several) | st.builds(Not, trees)

    return st.recursive(st.one_of(leaves), grown, max_leaves=5)


def _lookup(attributes: object, names: Mapping[str, str], maps: Mapping[Entity, Mapping[str, Found]]) -> Lookup:
    def lookup(field: Field) -> Found:
        if field.entity == "attribute":
            found: Found = getattr(attributes, names.get(field.key, field.key))
            return found
        return maps[field.entity].get(field.key)

    return lookup


def _check(trees: st.SearchStrategy[Tree], search: Callable[[str], set[str]], lookups: Mapping[str, Lookup]) -> None:
    @settings(max_examples=150)
    @given(trees)
    def agrees(tree: Tree) -> None:
        expected = {name for name, lookup in lookups.items() if evaluate(tree, lookup)}

        assert search(format_tree(tree)) == expected

    agrees()


def test_a_filter_on_registered_models_means_what_evaluate_says(database: Database) -> None:
    registry = Registry()
    registry._database = database
    models: list[RegisteredModel] = [
        registry.create_registered_model(
            f"m{at}", tags={"x": text, **({"y": text} if at % 3 else {})}, description=text
        )
        for at, text in enumerate(_TEXTS)
    ]

    def search(filter: str) -> set[str]:
        return {model.name for model in registry.search_registered_models(filter=filter, max_results=1000)}

    fields = [Field("attribute", "description"), Field("tag", "x"), Field("tag", "y"), Field("tag", "absent")]
    _check(
        _trees([_comparisons(field) for field in fields]),
        search,
        {model.name: _lookup(model, {}, {"tag": model.tags}) for model in models},
    )


def test_a_filter_on_versions_means_what_evaluate_says(database: Database) -> None:
    registry = Registry()
    registry._database = database
    registry.create_registered_model("net")
    versions: list[ModelVersion] = [
        registry.create_model_version(
            "net",
            "s3://there",
            run_id=text if text.isalnum() else None,
            tags={"x": text, **({"y": text} if at % 3 else {})},
        )
        for at, text in enumerate(_TEXTS)
    ]

    def search(filter: str) -> set[str]:
        return {version.version for version in registry.search_model_versions(filter=filter)}

    equalities: tuple[Op, ...] = ("=", "!=", "LIKE", "NOT ILIKE")
    run = Field("attribute", "run_id")
    fields = [Field("tag", "x"), Field("tag", "y")]
    _check(
        _trees(
            [
                *(_comparisons(field) for field in fields),
                _numbers_only(Field("attribute", "version_number")),
                st.builds(
                    Comparison,
                    st.just(run),
                    st.sampled_from(equalities),
                    st.sampled_from(("a", "A", "1", "%b")),
                ),
                _null_tests(run),
            ]
        ),
        search,
        {
            version.version: _lookup(_Numbered(version), {"version_number": "number"}, {"tag": version.tags})
            for version in versions
        },
    )


class _Numbered:
    def __init__(self, version: ModelVersion) -> None:
        self.number = int(version.version)
        self.run_id = version.run_id


def test_a_filter_on_logged_models_means_what_evaluate_says(database: Database) -> None:
    store = LoggedModels()
    store._database = database
    models: list[LoggedModel] = []
    for at, text in enumerate(_TEXTS):
        made = store.create_logged_model(
            "0",
            model_type=text if at % 2 else None,
            params={"x": text},
            tags={"y": text} if at % 3 else {},
        )
        values = [float("nan"), 1.0, 7.0, float("-inf"), -2.5][at % 5 : at % 5 + at % 3]
        points = [Metric("acc", value, step=step, model_id=made.model_id) for step, value in enumerate(values)]
        database.write(lambda c, points=points: put_model_metrics(c, points, "r"))
        models.append(store.get_logged_model(made.model_id))

    def search(filter: str) -> set[str]:
        return {model.model_id for model in store.search_logged_models(["0"], filter=filter, max_results=1000)}

    def lookup(model: LoggedModel) -> Lookup:
        values = tuple(metric.value for metric in model.metrics)
        maps: dict[Entity, Mapping[str, Found]] = {
            "param": model.params,
            "tag": model.tags,
            "metric": {"acc": values},
        }
        return _lookup(model, {}, maps)

    _check(
        _trees(
            [
                _comparisons(Field("attribute", "model_type")),
                _comparisons(Field("param", "x")),
                _comparisons(Field("tag", "y")),
                _numbers_only(Field("metric", "acc", "last")),
            ]
        ),
        search,
        {model.model_id: lookup(model) for model in models},
    )
