"""From what people type to runs and experiments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from runstone.cli.text import ago, clean, count, cut, short_id
from runstone.core.entities import Experiment, Run, ViewType
from runstone.core.errors import InvalidArgument, NotFound
from runstone.core.page import iter_pages

if TYPE_CHECKING:
    from runstone.store.protocol import Store

_HEX = re.compile(r"[0-9a-f]{1,32}")
_MOST_CANDIDATES = 10
_LATEST = "latest"


def find_run(store: Store, text: str) -> Run:
    """Return the run of an id, of a name, the one started last for ``latest``, or that of an id's first or last digits.

    A name goes before digits, as a branch's does in git, and a name of an active run before that of a deleted one.

    Raises:
        NotFound: There is none.
        InvalidArgument: There are several; the message lists them.
    """
    digits = text.lower() if _HEX.fullmatch(text.lower()) else ""
    if len(digits) == 32:
        return store.get_run(digits)
    found: Sequence[Run] = []
    if "\0" not in text:
        by_name = f"run_name = {quoted(text)}"
        found = _search(store, by_name, ViewType.ACTIVE_ONLY) or _search(store, by_name, ViewType.DELETED_ONLY)
    if text == _LATEST and not found:
        found = store.search_runs(None, max_results=1)
    if digits and not found:
        found = _search(store, f"run_id LIKE '{digits}%' OR run_id LIKE '%{digits}'", ViewType.ALL)
    if not found:
        raise NotFound(f"there is no run {text!r}: give its id, the first or last digits of it, its name, or {_LATEST}")
    if len(found) > 1:
        raise InvalidArgument(_ambiguous(store, text, found), field="run")
    return found[0]


def find_runs(store: Store, texts: Iterable[str]) -> list[Run]:
    """Return a run for each text, each run once.

    Raises:
        NotFound, InvalidArgument: As ``find_run``.
    """
    return list({run.info.run_id: run for run in (find_run(store, text) for text in texts)}.values())


def find_experiment(store: Store, text: str) -> Experiment:
    """Return the experiment of a name or an id.

    Raises:
        NotFound: There is none; the message proposes the nearest name.
    """
    experiment = store.find_experiment(text) if text and "\0" not in text else None
    if experiment is None and text.isascii() and text.isdigit():
        experiment = next((e for e in all_experiments(store) if e.experiment_id == text), None)
    if experiment is None:
        raise NotFound(f"there is no experiment {text!r}{_nearest(store, text)}")
    return experiment


def find_experiments(store: Store, texts: Sequence[str]) -> list[str] | None:
    """Return the ids of experiments by names, ids, or ``prefix/*``; None, which is all, when nothing is given.

    Raises:
        NotFound: One of them is not there.
    """
    if not texts or "*" in texts:
        return None
    ids: dict[str, None] = {}
    for text in texts:
        if text.endswith("/*"):
            below = [e for e in all_experiments(store) if e.name.startswith(text[:-1])]
            if not below:
                raise NotFound(f"there is no experiment below {text[:-2]!r}{_nearest(store, text[:-2])}")
            ids.update((e.experiment_id, None) for e in below)
        else:
            ids[find_experiment(store, text).experiment_id] = None
    return list(ids)


def all_experiments(store: Store, view: ViewType = ViewType.ALL) -> list[Experiment]:
    """Return every experiment."""
    return list(iter_pages(lambda token: store.search_experiments(view=view, page_token=token)))


def experiment_names(store: Store, runs: Sequence[Run]) -> dict[str, str]:
    """Return the names of these runs' experiments by id."""
    ids = {run.info.experiment_id for run in runs}
    return {experiment_id: store.get_experiment(experiment_id).name for experiment_id in sorted(ids)}


def quoted(text: str) -> str:
    """Return a text as a string of the filter language."""
    return "'" + text.replace("'", "''") + "'"


def _search(store: Store, filter: str, view: ViewType) -> Sequence[Run]:
    return store.search_runs(None, filter=filter, view=view, max_results=_MOST_CANDIDATES + 1)


def _ambiguous(store: Store, text: str, runs: Sequence[Run]) -> str:
    names = experiment_names(store, runs)
    lines = [
        f"    {run.info.run_id}  {short_id(run.info.run_id)}  {_shortened(run.info.run_name)}  "
        f"{_shortened(names[run.info.experiment_id])}  "
        f"{ago(run.info.start_time)}"
        for run in runs[:_MOST_CANDIDATES]
    ]
    more = ["    …"] if len(runs) > _MOST_CANDIDATES else []
    how_many = count(runs, "run") if not more else f"more than {_MOST_CANDIDATES} runs"
    return "\n".join([f"{text!r} means {how_many}; give more digits of the id:", *lines, *more])


def _shortened(name: str) -> str:
    return cut(clean(name), 40)


def _nearest(store: Store, text: str) -> str:
    from difflib import get_close_matches  # only a mistake needs it

    names = [experiment.name for experiment in all_experiments(store, ViewType.ACTIVE_ONLY)]
    near = get_close_matches(text, names, n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else "; `runstone experiments list` shows them"
