"""Finding logged models: a filter, datasets and an order as SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import msgspec

from runstone.core.entities import ViewType
from runstone.core.errors import InvalidArgument
from runstone.store import rules
from runstone.store.protocol.models import LoggedModelOrder
from runstone.store.search import LOGGED_MODELS, field_named, parse_filter
from runstone.store.search.tree import Comparison, Entity, Field, Tree, fields_of
from runstone.store.sql.clauses import ALWAYS, NEVER, Clause, compare, compare_nullable, compile_tree, join
from runstone.store.sql.dialect.base import Connection, Dialect
from runstone.store.sql.keys import marks
from runstone.store.sql.keyset import question_digest
from runstone.store.sql.listing import SortColumn, fetch_page, nullable
from runstone.store.sql.text_numbers import number_of

Dataset = tuple[str, str | None]

_ATTRIBUTES = {
    "name": "m.name",
    "model_id": "m.model_id",
    "model_type": "m.model_type",
    "status": "m.status",
    "source_run_id": "m.source_run_id",
    "creation_timestamp": "m.created_ms",
    "last_updated_timestamp": "m.updated_ms",
    "experiment_id": "CAST(m.experiment_id AS TEXT)",
}
_TIMES = ("creation_timestamp", "last_updated_timestamp")
_TEXTS: dict[Entity, str] = {"param": "logged_model_params", "tag": "logged_model_tags"}
_MAX_ORDERS = 16
_MAX_DATASETS = 200


class Order(NamedTuple):
    """One order, and the dataset that its metric is on, if it says."""

    field: Field
    descending: bool
    dataset: Dataset | None


class Question(NamedTuple):
    """What is asked, read and checked."""

    experiment_ids: tuple[int, ...]
    tree: Tree
    datasets: tuple[Dataset, ...]
    order: tuple[Order, ...]
    view: ViewType
    digest: bytes

    @classmethod
    def parse(
        cls,
        experiment_ids: Sequence[str],
        filter: str,
        datasets: Sequence[Dataset],
        order_by: Sequence[LoggedModelOrder],
        view: ViewType,
    ) -> Question:
        """Read a question.

        Raises:
            InvalidArgument: An id, the filter, a dataset or an order cannot be read.
        """
        ids = tuple(sorted({rules.check_experiment_id(experiment_id) for experiment_id in experiment_ids}))
        if len(datasets) > _MAX_DATASETS:
            raise InvalidArgument(f"at most {_MAX_DATASETS} datasets are taken, not {len(datasets)}", field="datasets")
        narrowed = tuple(_checked_dataset(name, digest) for name, digest in datasets)
        asked = [msgspec.structs.astuple(order) for order in order_by]
        return cls(
            ids,
            parse_filter(filter, LOGGED_MODELS),
            narrowed,
            _orders(order_by),
            view,
            question_digest("logged models", ids, filter, narrowed, asked, int(view)),
        )


def find(
    c: Connection, dialect: Dialect, question: Question, limit: int, page_token: str | None
) -> tuple[list[str], str | None]:
    """Return the ids of a page of models, and the token of the page after it.

    Raises:
        InvalidArgument: The token is not of this question.
    """
    ids = question.experiment_ids
    conditions = [
        Clause(f"m.experiment_id IN ({marks(len(ids))})", ids) if ids else NEVER,
        _in_view(question.view),
        compile_tree(question.tree, lambda comparison: _leaf(dialect, question.datasets, comparison)),
    ]
    if question.datasets and not any(field.entity == "metric" for field in fields_of(question.tree)):
        on_one = _on_datasets(question.datasets)
        conditions.append(Clause(f"{_ANY_POINT} AND {on_one.sql})", on_one.params))
    rows, token = fetch_page(
        c,
        keys=("m.model_id",),
        source=Clause("logged_models m"),
        where=join(conditions, "AND"),
        order=_sort_columns(dialect, question.order),
        question=question.digest,
        limit=limit,
        page_token=page_token,
    )
    return [row[0] for row in rows], token


_ANY_POINT = "EXISTS (SELECT 1 FROM logged_model_metrics x WHERE x.model_id = m.model_id"


def _in_view(view: ViewType) -> Clause:
    if view == ViewType.ALL:
        return ALWAYS
    return Clause("m.lifecycle_stage = ?", ("active" if view == ViewType.ACTIVE_ONLY else "deleted",))


def _checked_dataset(name: str, digest: str | None) -> Dataset:
    rules.check_text(name, "dataset_name", allow_empty=False)
    return name, None if digest is None else rules.check_text(digest, "dataset_digest")


def _orders(order_by: Sequence[LoggedModelOrder]) -> tuple[Order, ...]:
    if len(order_by) > _MAX_ORDERS:
        raise InvalidArgument(f"at most {_MAX_ORDERS} orders are taken, not {len(order_by)}", field="order_by")
    orders: list[Order] = []
    for asked in order_by:
        field = field_named(asked.field_name, LOGGED_MODELS)
        if asked.dataset_digest is not None and asked.dataset_name is None:
            raise InvalidArgument("an order by a dataset's digest needs its name too", field="order_by")
        if asked.dataset_name is not None and field.entity != "metric":
            raise InvalidArgument(
                f"only orders by a metric can be on a dataset, and {rules.shown(asked.field_name)} is none",
                field="order_by",
            )
        dataset = None
        if asked.dataset_name is not None:
            dataset = _checked_dataset(asked.dataset_name, asked.dataset_digest)
        orders.append(Order(field, not asked.ascending, dataset))
    return tuple(orders)


def _leaf(dialect: Dialect, datasets: Sequence[Dataset], comparison: Comparison) -> Clause:
    """Return the condition of one comparison: true or false, never NULL."""
    field = comparison.field
    if field.entity == "attribute":
        return compare_nullable(dialect, _ATTRIBUTES[field.key], comparison)
    if field.entity == "metric":
        return _metric_leaf(dialect, datasets, comparison)
    exists = f"EXISTS (SELECT 1 FROM {_TEXTS[field.entity]} x WHERE x.model_id = m.model_id AND x.key = ?"
    if comparison.op in ("IS NULL", "IS NOT NULL"):
        return Clause(f"{'NOT ' if comparison.op == 'IS NULL' else ''}{exists})", (field.key,))
    if not comparison.numeric:
        condition = compare(dialect, "x.value", comparison)
        return Clause(f"{exists} AND {condition.sql})", (field.key, *condition.params))
    number = number_of(dialect, "x.value")
    condition = compare(dialect, number.sql, comparison)
    return Clause(f"{exists} AND {condition.sql})", (field.key, *number.params, *condition.params))


def _metric_leaf(dialect: Dialect, datasets: Sequence[Dataset], comparison: Comparison) -> Clause:
    on_one = _on_datasets(datasets)
    exists = Clause(f"{_ANY_POINT} AND x.key = ? AND {on_one.sql}", (comparison.field.key, *on_one.params))
    if comparison.op in ("IS NULL", "IS NOT NULL"):
        return Clause(f"{'NOT ' if comparison.op == 'IS NULL' else ''}{exists.sql})", exists.params)
    condition = compare(dialect, "x.value", comparison)
    if comparison.op in ("!=", "NOT IN"):
        # NaN, which is kept as NULL, is no number's equal.
        condition = Clause(f"(x.value IS NULL OR {condition.sql})", condition.params)
    return Clause(f"{exists.sql} AND {condition.sql})", (*exists.params, *condition.params))


def _on_datasets(datasets: Sequence[Dataset]) -> Clause:
    """Return the condition for a point ``x`` to be on one of some datasets; without any, every point is."""
    if not datasets:
        return ALWAYS
    joined = join([_on_dataset(dataset) for dataset in datasets], "OR")
    return Clause(f"({joined.sql})", joined.params)


def _on_dataset(dataset: Dataset) -> Clause:
    name, digest = dataset
    if digest is None:
        return Clause("x.dataset_name = ?", (name,))
    return Clause("x.dataset_name = ? AND x.dataset_digest = ?", (name, digest))


def _sort_columns(dialect: Dialect, order: Sequence[Order]) -> list[SortColumn]:
    columns: list[SortColumn] = []
    for field, descending, dataset in order or (Order(Field("attribute", "creation_timestamp"), True, None),):
        if field.entity == "metric":
            columns += _metric_columns(field, descending, dataset)
        elif field.entity == "attribute":
            kind: Literal["integer", "text"] = "integer" if field.key in _TIMES else "text"
            columns += nullable(Clause(_ATTRIBUTES[field.key]), kind, descending)
        elif field.entity == "tag":
            value = "(SELECT x.value FROM logged_model_tags x WHERE x.model_id = m.model_id AND x.key = ?)"
            columns += nullable(Clause(value, (field.key,)), "text", descending)
        else:
            columns += _param_columns(dialect, field, descending)
    return [*columns, SortColumn(Clause("m.model_id"), "text")]


def _metric_columns(field: Field, descending: bool, dataset: Dataset | None) -> list[SortColumn]:
    """Sort by the newest point: numbers, then NaN, then models without one."""
    on_one = ALWAYS if dataset is None else _on_dataset(dataset)
    points = Clause(
        f"FROM logged_model_metrics x WHERE x.model_id = m.model_id AND x.key = ? AND {on_one.sql}",
        (field.key, *on_one.params),
    )
    newest = f"(SELECT x.value {points.sql} ORDER BY x.timestamp_ms DESC, x.step DESC, x.run_id DESC LIMIT 1)"
    rank = f"CASE WHEN {newest} IS NOT NULL THEN 0 WHEN EXISTS (SELECT 1 {points.sql}) THEN 1 ELSE 2 END"
    return [
        SortColumn(Clause(rank, (*points.params, *points.params)), "integer"),
        SortColumn(Clause(f"COALESCE({newest}, 0)", points.params), "float", descending),
    ]


def _param_columns(dialect: Dialect, field: Field, descending: bool) -> list[SortColumn]:
    """Sort by a param: those that read as numbers by number, then other texts, then models without it."""
    row = "FROM logged_model_params x WHERE x.model_id = m.model_id AND x.key = ?"
    number = number_of(dialect, "x.value")
    params = (*number.params, field.key)
    return [
        SortColumn(
            Clause(f"COALESCE((SELECT CASE WHEN ({number.sql}) IS NULL THEN 1 ELSE 0 END {row}), 2)", params),
            "integer",
        ),
        SortColumn(Clause(f"COALESCE((SELECT {number.sql} {row}), 0)", params), "float", descending),
        SortColumn(Clause(f"COALESCE((SELECT x.value {row}), '')", (field.key,)), "text", descending),
    ]
