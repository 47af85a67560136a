"""Fills a store with what the tests of the interface look at: ``python filling.py``."""

from __future__ import annotations

import io
import json
import math
import sys
import wave

import numpy as np
import pyarrow
import pyarrow.ipc
import pyarrow.parquet

import runstone
from runstone import Client
from runstone.core.entities import LoggedModelInput, LoggedModelOutput, Run

SEEDS = 4
ATTACK_MODEL = '"><img src=x onerror=window.__pwned=1>'
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
    client = Client()
    client.create_registered_model(ATTACK_MODEL, description=attack)
    client.create_model_version(ATTACK_MODEL, "s3://bucket/<script>", description=attack)
    client.set_experiment_tag(run.info.experiment_id, "runstone.view.kept", '{"filter": 3, "columns": "<script>"}')


def ended() -> None:
    """Runs that did not go well."""
    runstone.set_experiment("fraud")
    for status in ("FAILED", "KILLED"):
        runstone.start_run(run_name=status.lower())
        runstone.end_run(status)


def media() -> None:
    """Runs that log pictures, sound, tables, plots and histograms as they go, below a sweep that holds them."""
    runstone.set_experiment("vision/media")
    with runstone.start_run(run_name="sweep"):
        for seed in range(3):
            rng = np.random.default_rng(seed)
            with runstone.start_run(run_name=f"m{seed}", nested=True, params={"seed": seed, "width": 2**seed}):
                for step in range(0, 50, 10):
                    picture = (rng.random((48, 64, 3)) * 255).astype(np.uint8)
                    picture[: step + 1, :, seed] = 255
                    runstone.log_image(picture, key="samples/digit", step=step)
                    runstone.log_histogram("weights", rng.normal(step / 20, 1, 500), step=step)
                    runstone.log_metric("loss", 1 / (step + 1) + seed / 10, step=step)
                runstone.log_bytes(_tone(220 * (seed + 1)), "sound/tone.wav")
                runstone.log_table({"input": ["a", "b"], "score": [0.5, seed]}, "predictions.json")
                runstone.log_text(_BARS, "plots/bars.vl.json")
                runstone.log_text("a,b\n1,2\n3,4\n", "rows.csv")
                runstone.log_text("def f(x):\n    return x + 1\n", "code/model.py")
                _log_numpy(rng)


_BARS = """{"$schema": "https://vega.github.io/schema/vega-lite/v6.json",
 "data": {"values": [{"a": "x", "b": 3}, {"a": "y", "b": 5}]}, "mark": "bar",
 "encoding": {"x": {"field": "a", "type": "nominal"}, "y": {"field": "b", "type": "quantitative"}}}"""


def _tone(hertz: int) -> bytes:
    into = io.BytesIO()
    with wave.open(into, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        samples = np.sin(np.arange(8000) / 8000 * 2 * np.pi * hertz) * 8000
        sound.writeframes(samples.astype("<i2").tobytes())
    return into.getvalue()


def _log_numpy(rng: np.random.Generator) -> None:
    into = io.BytesIO()
    np.save(into, rng.random((20, 5)))
    runstone.log_bytes(into.getvalue(), "arrays/weights.npy")


def files() -> None:
    """Two runs with a file of each kind that has a preview, and code and packages that differ."""
    runstone.set_experiment("files")
    for number in (1, 2):
        with runstone.start_run(run_name=f"files-{number}"):
            runstone.log_text(f"def f():\n    return {number}\n\n# the same\n", "code/train.py")
            runstone.log_text(f"numpy==2.{number}\nsame==1\n", "runstone/environment/requirements.txt")
            runstone.log_text(_patch(number), "runstone/code/diff.patch")
            table = pyarrow.table({"id": list(range(5000)), "name": [f"row {one}" for one in range(5000)]})
            into = io.BytesIO()
            pyarrow.parquet.write_table(table, into)
            runstone.log_bytes(into.getvalue(), "data/rows.parquet")
            into = io.BytesIO()
            with pyarrow.ipc.new_file(into, table.schema) as writer:
                writer.write_table(table)
            runstone.log_bytes(into.getvalue(), "data/rows.arrow")
            into = io.BytesIO()
            np.savez_compressed(into, weights=np.eye(3), names=np.array(["a", "b"]))
            runstone.log_bytes(into.getvalue(), "data/arrays.npz")
            runstone.log_bytes(_safetensors(), "data/model.safetensors")
            runstone.log_text(_NOTEBOOK, "look.ipynb")
            runstone.log_bytes(_PDF, "report.pdf")
            runstone.log_bytes(b"PAR1 but cut", "broken/cut.parquet")
            runstone.log_bytes(b"\x93NUMPY\x01\x00\xff\xff", "broken/cut.npy")
            runstone.log_bytes(b"\xff" * 16, "broken/claims.safetensors")
            runstone.log_bytes(b"%PDF-1.4 nothing", "broken/empty.pdf")
            runstone.log_bytes(b"cos\nsystem\n(S'id'\ntR.", "broken/model.pkl")


def _patch(number: int) -> str:
    return (
        "diff --git a/train.py b/train.py\n--- a/train.py\n+++ b/train.py\n@@ -1 +1 @@\n"
        f"-rate = 0\n+rate = 0.{number}\n"
    )


def _safetensors() -> bytes:
    header = json.dumps({"layer.weight": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}).encode()
    return len(header).to_bytes(8, "little") + header + bytes(24)


_NOTEBOOK = json.dumps(
    {
        "nbformat": 4,
        "cells": [
            {"cell_type": "markdown", "source": ["# A look\n", "<script>window.__pwned=1</script>"]},
            {
                "cell_type": "code",
                "source": "print('hello')",
                "outputs": [{"output_type": "stream", "text": ["hello from a cell\n"]}],
            },
        ],
    }
)

_PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 120]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj
4 0 obj<</Length 44>>stream
BT /F1 24 Tf 40 50 Td (A report) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
"""


def registry() -> None:
    """A model of three versions, from data by runs; an alias that has moved."""
    client = Client()
    runstone.set_experiment("churn")
    data = runstone.data.from_numpy(np.arange(12.0).reshape(6, 2), name="customers")
    client.create_registered_model("churn", tags={"team": "red"}, description="Who is about to leave.")
    previous: str | None = None
    for number, auc in enumerate((0.81, 0.86, 0.84), start=1):
        with runstone.start_run(run_name=f"train-{number}", params={"depth": number}) as run:
            runstone.log_input(data, context="training")
            runstone.log_metric("auc", auc)
            runstone.flush()
        previous = _version(client, run, number, previous)
    client.set_registered_model_alias("churn", "champion", "1")
    client.set_registered_model_alias("churn", "champion", "2")
    client.set_registered_model_alias("churn", "challenger", "3")


def _version(client: Client, run: Run, number: int, previous: str | None) -> str:
    model = client.create_logged_model(run.info.experiment_id, name="tree", source_run_id=run.info.run_id)
    client.finalize_logged_model(model.model_id, "READY")
    client.log_outputs(run.info.run_id, [LoggedModelOutput(model.model_id, 0)])
    if previous is not None:
        client.log_inputs(run.info.run_id, models=[LoggedModelInput(previous)])
    client.create_model_version(
        "churn",
        model.artifact_location,
        run_id=run.info.run_id,
        model_id=model.model_id,
        description=f"The {number}. one.",
    )
    return model.model_id


if __name__ == "__main__":
    runstone.set_tracking_uri(sys.argv[1])
    vision()
    media()
    files()
    registry()
    ended()
    odd()
