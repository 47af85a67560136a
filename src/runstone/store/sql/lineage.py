"""Lineage: edges, most of which other tables imply.

What runs logged says already who made what, so only edges that nothing else implies have a table of their
own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from runstone.core.entities import Edge, Node, NodeKind, Relation
from runstone.store import rules
from runstone.store.sql.database import Database
from runstone.store.sql.dialect.base import Connection

_COMMIT_TAG = "mlflow.source.git.commit"
_MAX_EDGES = 100_000
_EDGE = "source_kind, source_id, target_kind, target_id, relation, label, run_id, created_ms"


class Lineage:
    """Lineage in a SQL database."""

    _database: Database

    def list_edges(
        self, node: Node, *, direction: Literal["up", "down", "both"] = "both", max_results: int = 1000
    ) -> list[Edge]:
        """Return the edges at a node: ``up`` to what it was made from, ``down`` to what was made of it."""
        rules.check_text(node.id, "node.id")
        limit = rules.check_max_results(max_results, _MAX_EDGES)
        return self._database.read(lambda c: edges_of(c, node, direction, limit))


def add_edge(c: Connection, edge: Edge) -> None:
    """Record an edge that no other table implies; again is no error."""
    c.run(
        f"INSERT INTO edges ({_EDGE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (source_kind, source_id, target_kind, target_id, relation, label) DO NOTHING",
        (
            edge.source.kind,
            edge.source.id,
            edge.target.kind,
            edge.target.id,
            edge.relation,
            edge.label,
            edge.run_id,
            edge.created_ms,
        ),
    )


def edges_of(c: Connection, node: Node, direction: Literal["up", "down", "both"], limit: int) -> list[Edge]:
    """Return up to ``limit`` edges at a node, each once, in their natural order."""
    found: dict[tuple[Node, Node, Relation, str], Edge] = {}
    for edge in _edges_of(c, node, direction, limit):
        found.setdefault((edge.source, edge.target, edge.relation, edge.label), edge)
        if len(found) == limit:
            break
    return sorted(found.values())


def _edges_of(c: Connection, node: Node, direction: str, limit: int) -> Iterator[Edge]:
    kinds = _same_content(node.kind)
    for kind in kinds:
        for rule in _RULES:
            if direction in ("up", "both") and rule.target.kind == kind:
                yield from rule.edges(c, rule.target, node.id, limit)
            if direction in ("down", "both") and rule.source.kind == kind:
                yield from rule.edges(c, rule.source, node.id, limit)
        if direction in ("up", "both"):
            yield from _recorded(c, "target_kind = ? AND target_id = ?", kind, node.id, limit)
        if direction in ("down", "both"):
            yield from _recorded(c, "source_kind = ? AND source_id = ?", kind, node.id, limit)


def _same_content(kind: NodeKind) -> tuple[NodeKind, ...]:
    """A dataset and a blob of one digest are the same bytes, whatever they were logged as."""
    return ("blob", "dataset") if kind in ("blob", "dataset") else (kind,)


class _End(NamedTuple):
    """One end of the edges of a rule.

    Attributes:
        sql: The node's id.
        found_by: The condition that finds it by an index; ``params`` says with which pieces of the id.
    """

    kind: NodeKind
    sql: str
    found_by: str

    def params(self, id: str) -> tuple[Any, ...] | None:
        """Return the values for ``found_by``, or None if nothing can have this id."""
        if self.kind == "model_version":
            name, _, version = id.rpartition("/")
            is_number = version.isascii() and version.isdigit() and len(version) <= 18
            return (name, int(version)) if is_number else None
        if self.kind == "code":
            return (id[:200], id)
        return (id,)


class _Rule(NamedTuple):
    """Edges that some tables imply.

    Attributes:
        tables: What follows FROM.
        run_id: The run that made the edge.
        condition: Holds for the rows that are edges of this kind.
        params: Values of the condition.
    """

    source: _End
    target: _End
    relation: Relation
    tables: str
    label: str = "''"
    run_id: str = "''"
    created_ms: str = "0"
    condition: str = "1 = 1"
    params: tuple[Any, ...] = ()

    def edges(self, c: Connection, end: _End, id: str, limit: int) -> Iterator[Edge]:
        """Yield the edges whose one end has this id."""
        values = end.params(id)
        if values is None:
            return
        for source_id, target_id, label, run_id, created_ms in c.query(
            f"SELECT {self.source.sql}, {self.target.sql}, {self.label}, {self.run_id}, {self.created_ms} "
            f"FROM {self.tables} WHERE {self.condition} AND {end.found_by} LIMIT ?",
            (*self.params, *values, limit),
        ):
            yield Edge(
                source=Node(self.source.kind, source_id),
                target=Node(self.target.kind, target_id),
                relation=self.relation,
                label=label or "",
                run_id=run_id,
                created_ms=created_ms,
            )


_RUN = _End("run", "r.run_id", "r.run_id = ?")
_BLOB = _End("blob", "a.digest", "a.digest = ?")
_LOGGED_MODEL = _End("model", "m.model_id", "m.model_id = ?")
_USED_MODEL = _End("model", "u.model_id", "u.model_id = ?")
_MODEL_VERSION = _End("model_version", "v.name || '/' || v.version", "v.name = ? AND v.version = ?")

_MODELS_OF_RUNS = "runs r JOIN run_models u ON u.run_no = r.run_no LEFT JOIN logged_models m ON m.model_id = u.model_id"

_RULES = (
    _Rule(
        source=_End("dataset", "d.digest", "d.digest = ?"),
        target=_RUN,
        relation="input",
        tables=("runs r JOIN run_inputs i ON i.run_no = r.run_no JOIN datasets d ON d.dataset_no = i.dataset_no"),
        label="i.context",
        run_id="r.run_id",
        created_ms="i.created_ms",
    ),
    _Rule(
        source=_RUN,
        target=_BLOB,
        relation="artifact",
        tables="runs r JOIN run_artifacts a ON a.run_no = r.run_no",
        label="a.path",
        run_id="r.run_id",
        created_ms="a.created_ms",
    ),
    _Rule(
        source=_End("model", "a.model_id", "a.model_id = ?"),
        target=_BLOB,
        relation="artifact",
        tables="model_artifacts a",
        label="a.path",
        created_ms="a.created_ms",
    ),
    _Rule(
        source=_End("run", "m.source_run_id", "m.source_run_id = ?"),
        target=_LOGGED_MODEL,
        relation="output",
        tables="logged_models m",
        label="m.name",
        run_id="m.source_run_id",
        created_ms="m.created_ms",
        condition="m.source_run_id IS NOT NULL",
    ),
    _Rule(
        source=_RUN,
        target=_USED_MODEL,
        relation="output",
        tables=_MODELS_OF_RUNS,
        label="m.name",
        run_id="r.run_id",
        created_ms="u.created_ms",
        condition="u.role = 'output'",
    ),
    _Rule(
        source=_USED_MODEL,
        target=_RUN,
        relation="input",
        tables=_MODELS_OF_RUNS,
        label="m.name",
        run_id="r.run_id",
        created_ms="u.created_ms",
        condition="u.role = 'input'",
    ),
    _Rule(
        source=_End("model", "v.model_id", "v.model_id = ?"),
        target=_MODEL_VERSION,
        relation="registered",
        tables="model_versions v",
        run_id="COALESCE(v.run_id, '')",
        created_ms="v.created_ms",
        condition="v.model_id IS NOT NULL",
    ),
    _Rule(
        source=_End("run", "v.run_id", "v.run_id = ?"),
        target=_MODEL_VERSION,
        relation="registered",
        tables="model_versions v",
        run_id="v.run_id",
        created_ms="v.created_ms",
        # A version of a logged model comes from the run by way of the model.
        condition="v.run_id IS NOT NULL AND v.model_id IS NULL",
    ),
    _Rule(
        source=_End("run", "r.parent_run_id", "r.parent_run_id = ?"),
        target=_RUN,
        relation="child",
        tables="runs r",
        run_id="r.run_id",
        created_ms="r.start_ms",
        condition="r.parent_run_id IS NOT NULL",
    ),
    _Rule(
        source=_End("code", "t.text", "substr(t.text, 1, 200) = ? AND t.text = ?"),
        target=_RUN,
        relation="source",
        tables="keys k JOIN run_tags t ON t.key_id = k.key_id JOIN runs r ON r.run_no = t.run_no",
        run_id="r.run_id",
        created_ms="r.start_ms",
        condition="k.name = ?",
        params=(_COMMIT_TAG,),
    ),
)


def _recorded(c: Connection, condition: str, kind: NodeKind, id: str, limit: int) -> Iterator[Edge]:
    for source_kind, source_id, target_kind, target_id, relation, label, run_id, created_ms in c.query(
        f"SELECT {_EDGE} FROM edges WHERE {condition} LIMIT ?",
        (kind, id, limit),
    ):
        yield Edge(
            source=Node(source_kind, source_id),
            target=Node(target_kind, target_id),
            relation=relation,
            label=label,
            run_id=run_id,
            created_ms=created_ms,
        )
