"""Finding registered models and versions: filters and orders as SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from runstone.store.search import MODEL_VERSIONS, REGISTERED_MODELS, Vocabulary, parse_filter, parse_order_by
from runstone.store.search.tree import Comparison, Field, OrderTerm, Tree, fields_of
from runstone.store.sql.clauses import Clause, compare, compare_nullable, compile_tree, join
from runstone.store.sql.dialect.base import Connection, Dialect, Row
from runstone.store.sql.events import PROMPT_TAG
from runstone.store.sql.keyset import question_digest
from runstone.store.sql.listing import SortColumn, fetch_page, nullable
from runstone.store.sql.text_numbers import number_of


class _Noun(NamedTuple):
    """What differs between models and versions.

    Attributes:
        tagged: Joins a tag ``x`` to its owner.
        tie_break: Comes after all orders, and makes every row's place its own.
    """

    vocabulary: Vocabulary
    attributes: dict[str, str]
    integers: tuple[str, ...]
    keys: tuple[str, ...]
    source: str
    tags: str
    tagged: str
    default_order: tuple[OrderTerm, ...]
    tie_break: tuple[SortColumn, ...]


_MODELS = _Noun(
    vocabulary=REGISTERED_MODELS,
    attributes={
        "name": "m.name",
        "creation_timestamp": "m.created_ms",
        "last_updated_timestamp": "m.updated_ms",
        "description": "m.description",
    },
    integers=("creation_timestamp", "last_updated_timestamp"),
    keys=("m.name",),
    source="registered_models m",
    tags="registered_model_tags",
    tagged="x.name = m.name",
    default_order=(),
    tie_break=(SortColumn(Clause("m.name"), "text"),),
)
_VERSIONS = _Noun(
    vocabulary=MODEL_VERSIONS,
    attributes={
        "name": "m.name",
        "version_number": "m.version",
        "creation_timestamp": "m.created_ms",
        "last_updated_timestamp": "m.updated_ms",
        "source_path": "m.source",
        "run_id": "m.run_id",
        "model_id": "m.model_id",
        "registry_stage": "m.registry_stage",
        "status": "m.status",
        "user_id": "m.user_id",
        "description": "m.description",
    },
    integers=("version_number", "creation_timestamp", "last_updated_timestamp"),
    keys=("m.name", "m.version"),
    source="model_versions m",
    tags="model_version_tags",
    tagged="x.name = m.name AND x.version = m.version",
    default_order=(OrderTerm(Field("attribute", "last_updated_timestamp"), descending=True),),
    tie_break=(
        SortColumn(Clause("m.name"), "text"),
        SortColumn(Clause("m.version"), "integer", descending=True),
    ),
)


class Question(NamedTuple):
    """What is asked, read and checked."""

    noun: _Noun
    tree: Tree
    order: tuple[OrderTerm, ...]
    digest: bytes

    @classmethod
    def of_models(cls, filter: str, order_by: Sequence[str]) -> Question:
        """Read a question about registered models.

        Raises:
            InvalidArgument: The filter or an order cannot be read.
        """
        return cls._parse(_MODELS, filter, order_by)

    @classmethod
    def of_versions(cls, filter: str, order_by: Sequence[str]) -> Question:
        """Read a question about versions.

        Raises:
            InvalidArgument: The filter or an order cannot be read.
        """
        return cls._parse(_VERSIONS, filter, order_by)

    @classmethod
    def _parse(cls, noun: _Noun, filter: str, order_by: Sequence[str]) -> Question:
        return cls(
            noun,
            parse_filter(filter, noun.vocabulary),
            tuple(parse_order_by(order_by, noun.vocabulary)) or noun.default_order,
            question_digest(noun.vocabulary.noun, filter, tuple(order_by)),
        )


def find_models(
    c: Connection, dialect: Dialect, question: Question, limit: int, page_token: str | None
) -> tuple[list[str], str | None]:
    """Return the names of a page of models, and the token of the page after it.

    Prompts are left out unless the filter speaks of the tag that marks them.

    Raises:
        InvalidArgument: The token is not of this question.
    """
    conditions = []
    if Field("tag", PROMPT_TAG) not in fields_of(question.tree):
        conditions.append(
            Clause(f"NOT {_tag_exists(_MODELS)} AND lower(x.value) = 'true')", (PROMPT_TAG,)),
        )
    rows, token = _find(c, dialect, question, conditions, limit, page_token)
    return [row[0] for row in rows], token


def find_versions(
    c: Connection, dialect: Dialect, question: Question, limit: int, page_token: str | None
) -> tuple[list[tuple[str, int]], str | None]:
    """Return names and numbers of a page of versions, and the token of the page after it.

    Raises:
        InvalidArgument: The token is not of this question.
    """
    rows, token = _find(c, dialect, question, [], limit, page_token)
    return [(row[0], row[1]) for row in rows], token


def _find(
    c: Connection,
    dialect: Dialect,
    question: Question,
    conditions: Sequence[Clause],
    limit: int,
    page_token: str | None,
) -> tuple[list[Row], str | None]:
    noun = question.noun
    matching = compile_tree(question.tree, lambda comparison: _leaf(dialect, noun, comparison))
    return fetch_page(
        c,
        keys=noun.keys,
        source=Clause(noun.source),
        where=join([*conditions, matching], "AND"),
        order=[*_sort_columns(noun, question.order), *noun.tie_break],
        question=question.digest,
        limit=limit,
        page_token=page_token,
    )


def _leaf(dialect: Dialect, noun: _Noun, comparison: Comparison) -> Clause:
    """Return the condition of one comparison: true or false, never NULL."""
    field = comparison.field
    if field.entity == "attribute":
        return compare_nullable(dialect, noun.attributes[field.key], comparison)
    exists = _tag_exists(noun)
    if comparison.op in ("IS NULL", "IS NOT NULL"):
        return Clause(f"{'NOT ' if comparison.op == 'IS NULL' else ''}{exists})", (field.key,))
    if not comparison.numeric:
        condition = compare(dialect, "x.value", comparison)
        return Clause(f"{exists} AND {condition.sql})", (field.key, *condition.params))
    number = number_of(dialect, "x.value")
    condition = compare(dialect, number.sql, comparison)
    return Clause(f"{exists} AND {condition.sql})", (field.key, *number.params, *condition.params))


def _tag_exists(noun: _Noun) -> str:
    """Return the beginning of a condition on a tag ``x``; it takes the key, and a parenthesis closes it."""
    return f"EXISTS (SELECT 1 FROM {noun.tags} x WHERE {noun.tagged} AND x.key = ?"


def _sort_columns(noun: _Noun, order: Sequence[OrderTerm]) -> list[SortColumn]:
    columns: list[SortColumn] = []
    for field, descending in ((term.field, term.descending) for term in order):
        if field.entity == "tag":
            value = f"(SELECT x.value FROM {noun.tags} x WHERE {noun.tagged} AND x.key = ?)"
            columns += nullable(Clause(value, (field.key,)), "text", descending)
        else:
            kind: Literal["integer", "text"] = "integer" if field.key in noun.integers else "text"
            columns += nullable(Clause(noun.attributes[field.key]), kind, descending)
    return columns
