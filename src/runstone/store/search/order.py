"""Orders to fields: ``metrics.loss.min DESC``, ``created``."""

from __future__ import annotations

from collections.abc import Sequence

from runstone.core.errors import InvalidArgument
from runstone.store.search.cursor import Cursor
from runstone.store.search.errors import Text
from runstone.store.search.fields import read_field
from runstone.store.search.tree import Field, OrderTerm
from runstone.store.search.vocabulary import Vocabulary

# SQLite joins at most 64 tables, and an order on a key may cost a join.
MAX_ORDER_TERMS = 50


def parse_order_by(items: Sequence[str], vocabulary: Vocabulary) -> tuple[OrderTerm, ...]:
    """Return the orders of a search, the first being the strongest.

    Args:
        items: A field each, or several with commas between, each perhaps followed by ASC or DESC.  Where a
            field comes again, the first counts.
        vocabulary: Of the noun that is searched.

    Raises:
        InvalidArgument: An item cannot be read; ``field`` says which, ``position`` is the offset in it.
    """
    terms: dict[Field, OrderTerm] = {}
    for index, item in enumerate(items):
        for term in _item(Text(item, f"order_by[{index}]"), vocabulary):
            terms.setdefault(term.field, term)
    if len(terms) > MAX_ORDER_TERMS:
        raise InvalidArgument(f"order_by: {len(terms)} fields; at most {MAX_ORDER_TERMS} are taken", field="order_by")
    return tuple(terms.values())


def _item(text: Text, vocabulary: Vocabulary) -> list[OrderTerm]:
    cursor = Cursor(text)
    terms: list[OrderTerm] = []
    while True:
        start = cursor.token.start
        field = read_field(cursor, vocabulary)
        if field.entity == "dataset":
            raise text.mistake(start, "a run has many datasets, so they give no order")
        is_descending = cursor.take_keyword("DESC")
        if not is_descending:
            cursor.take_keyword("ASC")
        terms.append(OrderTerm(field, is_descending))
        if cursor.at("end"):
            return terms
        cursor.take(",", "ASC, DESC, ',' or the end")
