"""What a shell proposes for arguments: runs, experiments, metrics and artifacts of the store.

Only what begins like the word at hand; nothing at all where the store cannot be read, for a shell shows no errors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click

from runstone.cli.invocation import Invocation

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from runstone.core.entities import Run, ViewType
    from runstone.store.protocol import Store

_MOST = 50
Suggest = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]
_Find = Callable[["Store", click.Context, str], Iterable[tuple[str, str]]]


def _suggesting(find: _Find) -> Suggest:
    """Return a function for click that proposes what another finds in the store, with a help text each."""

    def suggest(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem  # only a shell that completes needs it

        from runstone.core.errors import RunstoneError

        invocation = context.ensure_object(Invocation)
        try:
            with context.scope(cleanup=False):
                if not invocation.has_store():
                    return []
                found: dict[str, str] = {}
                for text, told in find(invocation.session().store, context, begun):
                    found.setdefault(text, told)
        except (RunstoneError, OSError):
            return []
        # A space would end the word, and shells differ in how they quote what they propose.
        fitting = [text for text in found if text.startswith(begun) and text.isprintable() and " " not in text]
        return [CompletionItem(text, help=found[text]) for text in fitting[:_MOST]]

    return suggest


def _active_runs(store: Store, context: click.Context, begun: str) -> Iterable[tuple[str, str]]:
    from runstone.core.entities import ViewType

    return _runs(store, begun, ViewType.ACTIVE_ONLY)


def _deleted_runs(store: Store, context: click.Context, begun: str) -> Iterable[tuple[str, str]]:
    from runstone.core.entities import ViewType

    return _runs(store, begun, ViewType.DELETED_ONLY)


def _runs(store: Store, begun: str, view: ViewType) -> Iterable[tuple[str, str]]:
    from runstone.cli.lookup import quoted
    from runstone.cli.text import ago, short_id

    # A _ or % in the word makes LIKE find more than begins like it; that is left out where it is proposed.
    within = quoted(f"%{begun}%")
    wanted = f"run_name LIKE {quoted(begun + '%')} OR run_id LIKE {within}" if begun else ""
    runs: Iterable[Run] = store.search_runs(None, filter=wanted, view=view, max_results=_MOST * 4)
    for run in runs:
        info = run.info
        told = f"{info.status.lower()}, {ago(info.start_time)}"
        yield info.run_name, told
        if begun:
            yield short_id(info.run_id), f"{info.run_name}, {told}"
            yield info.run_id, f"{info.run_name}, {told}"


def _experiments(store: Store, context: click.Context, begun: str) -> Iterable[tuple[str, str]]:
    from runstone.cli.lookup import all_experiments

    return [(experiment.name, f"id {experiment.experiment_id}") for experiment in all_experiments(store)]


def _metrics(store: Store, context: click.Context, begun: str) -> Iterable[tuple[str, str]]:
    """Return the metrics of the runs that the command line names already, or else of the latest ones."""
    from runstone.cli.lookup import find_runs
    from runstone.cli.text import number

    # An option that still lacks its value keeps click from reading arguments; they are left over.
    named = context.params.get("runs") or context.args
    runs = find_runs(store, named) or store.search_runs(None, max_results=_MOST)
    return [(key, f"last {number(run.metrics[key].last)}") for run in runs for key in sorted(run.metrics)]


def _artifacts(store: Store, context: click.Context, begun: str) -> Iterable[tuple[str, str]]:
    from runstone.cli.lookup import find_run
    from runstone.cli.text import size

    run_id = find_run(store, context.params.get("run") or "").info.run_id
    return [(entry.path, size(entry.size_bytes)) for entry in store.iter_artifacts(run_id)]


suggest_runs = _suggesting(_active_runs)
suggest_deleted_runs = _suggesting(_deleted_runs)
suggest_experiments = _suggesting(_experiments)
suggest_metrics = _suggesting(_metrics)
suggest_artifacts = _suggesting(_artifacts)
