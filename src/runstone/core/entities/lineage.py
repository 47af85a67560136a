"""Lineage: what was made from what, found by content."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

NodeKind = Literal["blob", "dataset", "run", "model", "model_version", "code"]
Relation = Literal["input", "output", "artifact", "source", "registered", "child"]


class Node(Struct, frozen=True, order=True):
    """A thing in the lineage graph: blobs and datasets by digest, runs and models by id, code by commit."""

    kind: NodeKind
    id: str


class Edge(Struct, frozen=True, order=True, kw_only=True):
    """``target`` was made from ``source``.

    Attributes:
        label: What it was in this relation: an input's context, an artifact's path, a model's name.
    """

    source: Node
    target: Node
    relation: Relation
    label: str = ""
    run_id: str = ""
    created_ms: int = 0
