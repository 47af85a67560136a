"""Lineage edges."""

from __future__ import annotations

from typing import Literal, Protocol

from runstone.core.entities import Edge, Node


class LineageStore(Protocol):
    """What was made from what."""

    def list_edges(
        self, node: Node, *, direction: Literal["up", "down", "both"] = "both", max_results: int = 1000
    ) -> list[Edge]:
        """Return the edges at a node: ``up`` to what it was made from, ``down`` to what was made of it."""
