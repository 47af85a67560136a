"""A store of ours with short and long series."""

from __future__ import annotations

import json

import numpy as np
from benchmarks.journals import START_MS, journal
from benchmarks.servers import postgres, runstone
from measure import LONG, SHORT, ask_mlflow, ask_native, ids

from runstone.store.open import open_store


def measure(database: str = "sqlite") -> None:
    """Fill a store, serve it, and print how long the answers take."""
    if database == "sqlite":
        _measure("./store")
        return
    with postgres() as (uri, pid):
        _measure(uri, pid)


def _measure(uri: str, pid: int | None = None) -> None:
    store = open_store(uri)
    for name, points in (("a", SHORT), ("b", LONG)):
        rng = np.random.default_rng(0)
        steps = np.arange(points)
        times = START_MS + np.cumsum(rng.integers(95, 106, points))
        for run_id in ids(name):
            curve = (2 * np.exp(-3 * steps / points) + rng.normal(0, 0.05, points)).astype("f4").astype("f8")
            store.ingest([journal(run_id, {"loss": (steps, times, curve)})])
    store.close()
    with runstone(uri, pid) as server:
        print(json.dumps({**ask_native(server), **ask_mlflow(server)}))
