"""Fills a store with what the tests of the interface look at: ``python filling.py``."""

from __future__ import annotations

import math
import sys

import numpy as np

import runstone

SEEDS = 4
STEPS = 400


def vision() -> None:
    """Twelve runs of three rates and four seeds."""
    runstone.set_experiment("vision/digits")
    steps = np.arange(STEPS)
    for rate in (0.1, 0.01, 0.001):
        for seed in range(SEEDS):
            noise = np.random.default_rng(seed).normal(size=STEPS) * 0.01
            loss = np.exp(-steps * rate * 3) + 0.1 + rate + noise
            loss[200] = 5.0  # A spike that must be seen however few points are drawn.
            params = {"lr": rate, "seed": seed, "optimizer": "adam" if rate < 0.05 else "sgd", "layers": [64, 32]}
            with runstone.start_run(run_name=f"lr{rate}-s{seed}", params=params, tags={"team": "red"}):
                runstone.log_series("train/loss", loss, steps=steps)
                runstone.log_series("val/accuracy", 1 - loss[::20] / 6, steps=steps[::20])
                runstone.log_metric("score", 1 - rate + seed / 1000)
                runstone.log_text("# Notes\n\nAll *well*.", "notes.md")
                runstone.log_dict({"lr": rate, "nested": {"deep": [1, 2, 3]}}, "conf/config.json")
                print(f"rate {rate} seed {seed}")


def odd() -> None:
    """Runs that would break a page which trusts what it shows."""
    runstone.set_experiment("odd/<script>window.__pwned = 1</script>")
    attack = '"><img src=x onerror="window.__pwned=1"><script>window.__pwned=1</script>'
    page = (
        "<h1>hello</h1><script>window.__pwned=1; parent.__pwned=1; top.location='/pwned';"
        "fetch('/api/v1/info').then(() => { parent.__pwned = 1 })</script>"
        "<img src=x onerror='parent.__pwned=1'>"
    )
    picture = '<svg xmlns="http://www.w3.org/2000/svg"><script>parent.__pwned=1</script><circle r="9"/></svg>'
    with runstone.start_run(run_name=attack[:250], tags={"rtl": "\u202egnp.exe", "lines": "a\nb\u0007"}) as run:
        runstone.log_param("attack", attack)
        runstone.log_param("long", "x" * 10_000)
        runstone.log_param("a" * 200, "a long key")
        for step, value in enumerate((math.nan, math.inf, -math.inf, 1.0, math.nan)):
            runstone.log_metric("odd", value, step=step)
        runstone.log_series("all nan", np.full(10, math.nan))
        runstone.log_text(page, "page.html")
        runstone.log_text(picture, "picture.svg")
        runstone.log_text(f"[link](javascript:alert(1)) {attack}", "attack.md")
        runstone.set_tag("mlflow.note.content", f"{attack} [x](javascript:window.__pwned=1)")
        print(run.info.run_id)
    with runstone.start_run(run_name="empty"):
        pass


def ended() -> None:
    """Runs that did not go well."""
    runstone.set_experiment("fraud")
    for status in ("FAILED", "KILLED"):
        runstone.start_run(run_name=status.lower())
        runstone.end_run(status)


if __name__ == "__main__":
    runstone.set_tracking_uri(sys.argv[1])
    vision()
    ended()
    odd()
