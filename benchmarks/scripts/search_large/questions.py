"""What is asked of a large store, and how long each answer takes."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runstone.store.protocol import Store

_QUESTIONS = {
    "filter_ms": ("metrics.m3 > 0.9 and params.p5 = 'v7'", ["metrics.m1 DESC"]),
    "page_ms": ("", []),
    "sort_ms": ("", ["metrics.m1 DESC"]),
    "text_ms": ("", ["params.p5"]),
    "rare_ms": ("params.p1 < 0.0001", ["metrics.m1 DESC"]),
    "or_ms": ("metrics.m3 > 0.99 or params.p5 = 'v7'", ["metrics.m1 DESC"]),
    "mean_ms": ("metrics.m3.mean > 0.98", ["metrics.m1 DESC"]),
    "like_ms": ("params.p5 LIKE '%v7%'", ["metrics.m1 DESC"]),
    "none_ms": ("params.p2 = 'v1' and params.p3 = 'v2' and params.p4 = 'v3' and params.p5 = 'v4'", ["metrics.m1"]),
}


def measure(store: Store) -> dict[str, float]:
    """Return the median time of each question's first page of 100, in milliseconds."""
    return {name: _timed(store, *question) for name, question in _QUESTIONS.items()}


def _timed(store: Store, filter: str, order_by: list[str]) -> float:
    times = []
    for _ in range(5):
        began = time.perf_counter()
        store.search_runs(["1"], filter=filter, order_by=order_by, max_results=100)
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1e3
