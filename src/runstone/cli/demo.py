"""``runstone demo``."""

from __future__ import annotations

import math
import os
import pickle
import shlex
import shutil
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runstone.cli.chart import draw_chart
from runstone.cli.demo_models import RECIPES, Digits, Recipe, confusion_figure, load_digits, measure, require_packages
from runstone.cli.invocation import Invocation, shared
from runstone.cli.progress import Tell, progress
from runstone.cli.shapes import run_shape
from runstone.cli.table import Cell, Column, Row, print_table
from runstone.cli.text import count, duration, number, short_id
from runstone.core.entities import Run

if TYPE_CHECKING:
    from runstone.data.dataset import Dataset
    from runstone.store.protocol import Store

EXPERIMENT = "demo/digits"
_SCORE = "val/accuracy"


@click.command()
@click.option(
    "--seeds", type=click.IntRange(1, 100), default=3, show_default=True, help="How many times each model is trained."
)
@shared
def demo(invocation: Invocation, seeds: int) -> None:
    """Train three kinds of model on handwritten digits under a few seeds, and record everything about it.

    The digits come with scikit-learn; nothing is downloaded.  It takes some seconds and needs the extra [demo].  The
    fitted models are kept as pickled files.

    \b
    Examples:
      runstone demo
      runstone demo --seeds 5 --store /tmp/try
    """
    require_packages()
    from runstone.tracking.fluent.location import flush, set_tracking_uri
    from runstone.tracking.session import session_at

    if invocation.store_uri is not None:
        set_tracking_uri(invocation.store_uri)
    began = time.monotonic()
    with progress(invocation) as tell:
        run_ids = _train_all(list(range(seeds)), tell)
    flush()
    session = session_at()
    runs = [session.store.get_run(run_id) for run_id in run_ids]
    if invocation.as_json:
        invocation.print_json([run_shape(run, EXPERIMENT) for run in runs])
        return
    took = duration(int((time.monotonic() - began) * 1000))
    invocation.print(f"Trained {count(runs, 'model')} in {took}, recorded in {session.location.folder}\n")
    _print_comparison(invocation, runs)
    _print_chart(invocation, session.store, runs)
    _print_what_next(invocation, runs)


def _train_all(seeds: Sequence[int], tell: Tell) -> list[str]:
    from runstone.data.constructors import from_numpy

    data = load_digits()
    dataset = from_numpy(data.train_images, targets=data.train_labels, name="digits")
    run_ids: list[str] = []
    for recipe in RECIPES:
        for seed in seeds:
            tell("trained", len(run_ids), len(RECIPES) * len(seeds))
            run_ids.append(_train(recipe, data, dataset, seed))
    return run_ids


def _train(recipe: Recipe, data: Digits, dataset: Dataset, seed: int) -> str:
    """Train one model under one seed, as a program that uses Runstone would, and return the run's id."""
    from runstone.tracking.fluent.files import log_bytes, log_figure
    from runstone.tracking.fluent.inputs import log_input
    from runstone.tracking.fluent.runs import seed_everything, start_run
    from runstone.tracking.fluent.values import log

    with start_run(
        run_name=f"{recipe.name}-seed{seed}",
        experiment=EXPERIMENT,
        params={"model": recipe.name, "seed": seed, **recipe.params},
        tags={"model": recipe.name},
        description="A run of `runstone demo`.",
    ) as run:
        seed_everything(seed)
        log_input(dataset, context="train")
        model = None
        for step, model in enumerate(recipe.train(data, recipe.params, seed)):
            log(measure(model, data), step=step)
        log_figure(confusion_figure(model, data), "confusion.png")
        log_bytes(pickle.dumps(model), "model/model.pkl")
        return run.run_id


def _print_comparison(invocation: Invocation, runs: Sequence[Run]) -> None:
    """Print mean and spread over seeds of each model, the best first."""
    by_model: dict[str, list[Run]] = {}
    for run in runs:
        by_model.setdefault(run.tags["model"], []).append(run)
    means = {name: statistics.mean(values) for name, values in _scores(by_model).items()}
    rows: list[Row] = []
    for name, group in sorted(by_model.items(), key=lambda pair: -means[pair[0]]):
        style = "bold green" if means[name] == max(means.values()) else ""
        rows.append(
            [
                Cell(name, style),
                Cell(_mean_and_spread([_score(run) for run in group]), style),
                _mean_and_spread([run.metrics["val/loss"].last for run in group]),
                _mean_and_spread([run.metrics["train/accuracy"].last for run in group]),
                str(len(group)),
            ]
        )
    columns = [Column("model", keeps=True)]
    columns += [Column(name, is_number=True) for name in (_SCORE, "val/loss", "train/accuracy")]
    print_table(invocation, [*columns, Column("n", is_number=True, keeps=True)], rows)
    invocation.print("\nMean ± standard deviation over seeds, on images that the models have not seen.")
    if doubt := _doubt(by_model):
        invocation.print(doubt)
    invocation.print()


def _doubt(by_model: Mapping[str, Sequence[Run]]) -> str:
    """Return what keeps the best model from being called better than the next, if something does."""
    scores = sorted(
        ((statistics.mean(values), values, name) for name, values in _scores(by_model).items()), reverse=True
    )
    (first, first_values, best), (second, second_values, other) = scores[:2]
    if min(len(first_values), len(second_values)) < 2:
        return "One seed says little: the next may turn the order around."
    # Standard error of the difference of two means.
    error = math.hypot(*(statistics.stdev(v) / math.sqrt(len(v)) for v in (first_values, second_values)))
    if first - second < 2 * error:
        return f"{best} and {other} are closer than the seeds scatter: this does not show which is better."
    return ""


def _scores(by_model: Mapping[str, Sequence[Run]]) -> dict[str, list[float]]:
    return {name: [_score(run) for run in group] for name, group in by_model.items()}


def _score(run: Run) -> float:
    return run.metrics[_SCORE].last


def _mean_and_spread(values: Sequence[float]) -> str:
    mean = f"{statistics.mean(values):.4f}"
    return f"{mean} ± {statistics.stdev(values):.4f}" if len(values) > 1 else mean


def _print_chart(invocation: Invocation, store: Store, runs: Sequence[Run]) -> None:
    """Draw the learning curves of each model's first seed."""
    shown = {run.tags["model"]: run.info.run_id for run in reversed(runs)}
    series = store.read_series(list(shown.values()), ["val/loss"])
    lines = {}
    for recipe in RECIPES:
        columns = series[(shown[recipe.name], "val/loss")]
        lines[recipe.name] = (columns.steps.tolist(), columns.values.tolist())
    invocation.print(draw_chart(invocation, lines, height=12, log_y=True, title="val/loss by step, seed 0"))


def _print_what_next(invocation: Invocation, runs: Sequence[Run]) -> None:
    best = max(runs, key=_score)
    other = next((run for run in runs if run.tags["model"] != best.tags["model"]), best)
    store = "" if invocation.store_uri is None else f" --store {shlex.quote(invocation.store_uri)}"
    first, second = short_id(best.info.run_id), short_id(other.info.run_id)
    program = _program()
    commands = {
        f"{program} runs list -e {EXPERIMENT}{store}": "all runs",
        f"{program} runs show {first}{store}": f"everything about the best ({_SCORE} {number(_score(best))})",
        f"{program} runs compare {first} {second}{store}": "in what two differ",
        f"{program} metrics plot {first} {second} -m {_SCORE}{store}": "curves",
        f"{program} artifacts get {first} confusion.png{store}": "a file of a run",
        f"{program} info{store}": "where all this is kept",
    }
    widest = max(map(len, commands))
    invocation.print(f"\n{click.style('Next', bold=True)}")
    for command, why in commands.items():
        invocation.print(f"  {click.style(f'{command:<{widest}}', fg='cyan')}  {click.style(why, dim=True)}")


def _program() -> str:
    """Return what to type for this program: its path where the shell would not find it, or find another."""
    here = Path(sys.argv[0])
    if here.name != "runstone" or not here.is_file():
        return "runstone"
    found = shutil.which("runstone")
    return "runstone" if found is not None and here.samefile(found) else shlex.quote(os.path.relpath(here))
