from __future__ import annotations

import pytest

from runstone.core.errors import InvalidArgument
from runstone.store.search import EXPERIMENTS, REGISTERED_MODELS, RUNS, Field, OrderTerm, parse_order_by

START = Field("attribute", "start_time")


@pytest.mark.parametrize(
    ("item", "term"),
    [
        ("metrics.loss.min DESC", OrderTerm(Field("metric", "loss", "min"), True)),
        ("metrics.`val loss` desc", OrderTerm(Field("metric", "val loss", "last"), True)),
        ("params.lr", OrderTerm(Field("param", "lr"))),
        ("start_time ASC", OrderTerm(START)),
        ("created", OrderTerm(START)),
        ("attribute.start_time Desc", OrderTerm(START, True)),
        ('"run name" DESC', OrderTerm(Field("attribute", "run_name"), True)),
        ("run name DESC", OrderTerm(Field("attribute", "run_name"), True)),
        ("tags.desc desc", OrderTerm(Field("tag", "desc"), True)),
    ],
)
def test_an_order_is_a_field_and_perhaps_a_direction(item: str, term: OrderTerm) -> None:
    assert parse_order_by([item], RUNS) == (term,)


def test_orders_may_share_an_item_and_the_first_of_a_field_counts() -> None:
    orders = parse_order_by(["params.a, start_time DESC", "created ASC", "params.a DESC"], RUNS)

    assert orders == (OrderTerm(Field("param", "a")), OrderTerm(START, True))


def test_no_items_are_no_orders() -> None:
    assert parse_order_by([], RUNS) == ()


def test_timestamp_is_when_a_model_was_last_updated() -> None:
    assert parse_order_by(["timestamp"], REGISTERED_MODELS) == (
        OrderTerm(Field("attribute", "last_updated_timestamp")),
    )


@pytest.mark.parametrize(
    ("item", "position", "problem"),
    [
        ("", 0, "expected a field of runs, found the end"),
        ("DESC", 0, "expected a field of runs, found DESC"),
        ("params.a,", 9, "expected a field of runs, found the end"),
        ("params.a DOWN", 9, "expected ASC, DESC, ',' or the end, found DOWN"),
        ("params.a DESC ASC", 14, "expected ASC, DESC, ',' or the end, found ASC"),
        ("statu", 0, "did you mean 'status'?"),
        ("dataset.name", 0, "no order"),
        ("params.`a", 7, "never closed"),
        ("'start_time'", 0, "expected a field"),
    ],
)
def test_a_mistake_points_at_its_character_and_item(item: str, position: int, problem: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        parse_order_by(["start_time", item], RUNS)

    assert (caught.value.field, caught.value.position) == ("order_by[1]", position)
    assert caught.value.message.startswith(f"order_by[1], character {position + 1}: ")
    assert problem in caught.value.message


def test_experiments_have_no_params_to_order_by() -> None:
    with pytest.raises(InvalidArgument, match="experiments have no params"):
        parse_order_by(["params.a"], EXPERIMENTS)


def test_there_are_at_most_fifty_orders() -> None:
    assert len(parse_order_by([f"params.p{i}" for i in range(50)], RUNS)) == 50

    with pytest.raises(InvalidArgument, match="at most 50"):
        parse_order_by([f"params.p{i}" for i in range(51)], RUNS)
