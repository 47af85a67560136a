"""``runstone experiments``."""

from __future__ import annotations

from collections.abc import Sequence

import click

from runstone.cli.confirm import confirm, yes_option
from runstone.cli.invocation import Invocation, shared, shared_by_group
from runstone.cli.lazy_group import Entry, LazyGroup
from runstone.cli.lookup import all_experiments, find_experiment
from runstone.cli.shapes import experiment_shape
from runstone.cli.suggestions import suggest_experiments
from runstone.cli.table import Cell, Column, Row, print_table
from runstone.cli.tags import parse_tags
from runstone.cli.text import ago, clean, count, iso_moment, moment
from runstone.cli.view import view_of, view_options
from runstone.core.entities import Experiment, ViewType
from runstone.core.errors import InvalidArgument, InvalidState
from runstone.store.protocol import Store

_HERE = "runstone.cli.experiments"
_STATES = ("RUNNING", "FINISHED", "FAILED", "KILLED", "SCHEDULED")

TABLE = {
    "list": Entry(f"{_HERE}:list_experiments", "Show all experiments as a tree."),
    "show": Entry(f"{_HERE}:show", "Show an experiment and how its runs went."),
    "create": Entry(f"{_HERE}:create", "Make an experiment."),
    "rename": Entry(f"{_HERE}:rename", "Give an experiment another name."),
    "tag": Entry(f"{_HERE}:tag", "Set or delete tags of an experiment."),
    "delete": Entry(f"{_HERE}:delete", "Mark an experiment and its runs deleted."),
    "restore": Entry(f"{_HERE}:restore", "Bring a deleted experiment and its runs back."),
}


@shared_by_group
@click.group(cls=LazyGroup, table=TABLE)
def experiments() -> None:
    """Groups of runs, whose names nest by /.

    EXPERIMENT is an experiment's name or id.
    """


@click.command("list")
@view_options("experiments")
@shared
def list_experiments(invocation: Invocation, deleted: bool, whole: bool) -> None:
    """Show all experiments as a tree, each with how many runs it has; in a pipe as a list with whole names.

    \b
    Example:
      runstone experiments list
    """
    store = invocation.reading_store(empty=[])
    found = sorted(all_experiments(store, view_of(deleted=deleted, whole=whole)), key=lambda e: e.name.split("/"))
    runs = {e.experiment_id: store.count_runs([e.experiment_id], view=_view_of(e)) for e in found}
    if invocation.as_json:
        invocation.print_json([experiment_shape(e, runs[e.experiment_id]) for e in found])
        return
    if not found:
        invocation.note("No experiments match.")
        return
    columns = [Column("experiment", keeps=True), Column("runs", True), Column("id"), Column("updated")]
    if invocation.is_terminal:
        print_table(invocation, columns, _tree(found, runs))
    else:
        print_table(invocation, [*columns, Column("stage")], _flat(found, runs))


@click.command()
@click.argument("experiment", shell_complete=suggest_experiments)
@shared
def show(invocation: Invocation, experiment: str) -> None:
    """Show an experiment, its tags, and how its runs went.

    \b
    Example:
      runstone experiments show demo/digits
    """
    store = invocation.reading_store()
    found = find_experiment(store, experiment)
    ids, view = [found.experiment_id], _view_of(found)
    states = {state: store.count_runs(ids, filter=f"status = '{state}'", view=view) for state in _STATES}
    if invocation.as_json:
        invocation.print_json({**experiment_shape(found, sum(states.values())), "runs_by_status": states})
        return
    deleted = click.style("  deleted", fg="red") if found.lifecycle_stage == "deleted" else ""
    invocation.print(
        f"{click.style(clean(found.name), bold=True)}{deleted}  {click.style(f'id {found.experiment_id}', dim=True)}"
    )
    if found.creation_time:
        invocation.print(f"  created  {moment(found.creation_time)}  ({ago(found.creation_time)})")
    told = ", ".join(f"{how_many:,} {state.lower()}" for state, how_many in states.items() if how_many)
    invocation.print(f"  runs     {told or 'none'}")
    for key, value in sorted(found.tags.items()):
        invocation.print(f"  tag      {clean(key)} = {clean(value)}")
    if sum(states.values()):
        invocation.note(f'Its runs: runstone runs list -e "{clean(found.name)}"')


@click.command()
@click.argument("name")
@click.option("-t", "--tag", "tags", multiple=True, metavar="KEY=VALUE", help="A tag; several may be given.")
@shared
def create(invocation: Invocation, name: str, tags: tuple[str, ...]) -> None:
    """Make an experiment; runs also make theirs when they name a new one.

    \b
    Example:
      runstone experiments create vision/segmentation --tag team=perception
    """
    made = invocation.session().store.create_experiment(name, tags=parse_tags(tags))
    if invocation.as_json:
        invocation.print_json(experiment_shape(made, 0))
    else:
        invocation.print(f"Made experiment {clean(made.name)} (id {made.experiment_id}).")


@click.command()
@click.argument("experiment", shell_complete=suggest_experiments)
@click.argument("name")
@shared
def rename(invocation: Invocation, experiment: str, name: str) -> None:
    """Give an experiment another name.

    \b
    Example:
      runstone experiments rename vision/segmentation vision/masks
    """
    store = invocation.reading_store()
    found = find_experiment(store, experiment)
    store.rename_experiment(found.experiment_id, name)
    _told(invocation, store, found, f"{clean(found.name)} is {clean(name)} now.")


@click.command()
@click.argument("experiment", shell_complete=suggest_experiments)
@click.argument("tags", nargs=-1, metavar="[KEY=VALUE]...")
@click.option("-d", "--delete", "deleted", multiple=True, metavar="KEY", help="Delete this tag.")
@shared
def tag(invocation: Invocation, experiment: str, tags: tuple[str, ...], deleted: tuple[str, ...]) -> None:
    """Set or delete tags of an experiment.

    \b
    Example:
      runstone experiments tag vision/masks owner=ana --delete draft
    """
    wanted = parse_tags(tags)
    if not wanted and not deleted:
        raise InvalidArgument("nothing to do: give key=value to set a tag, or --delete KEY", field="tags")
    store = invocation.reading_store()
    found = find_experiment(store, experiment)
    if wanted:
        store.set_experiment_tags(found.experiment_id, wanted)
    for key in deleted:
        store.delete_experiment_tag(found.experiment_id, key)
    lines = [f"{clean(key)} = {clean(value)}" for key, value in wanted.items()]
    _told(invocation, store, found, "\n".join([*lines, *(f"{clean(key)} deleted" for key in deleted)]))


@click.command()
@click.argument("experiment", shell_complete=suggest_experiments)
@yes_option
@shared
def delete(invocation: Invocation, experiment: str, yes: bool) -> None:
    """Mark an experiment and its runs deleted, until they are restored, or removed for good by `runstone gc`.

    \b
    Example:
      runstone experiments delete vision/masks --yes
    """
    store = invocation.reading_store()
    found = find_experiment(store, experiment)
    if found.lifecycle_stage == "deleted":
        raise InvalidState(f"experiment {found.name!r} is deleted already")
    runs = store.count_runs([found.experiment_id])
    confirm(f"Delete experiment {clean(found.name)} with {count(runs, 'run')}?", yes=yes)
    store.delete_experiment(found.experiment_id)
    _told(invocation, store, found, f"Deleted experiment {clean(found.name)} with {count(runs, 'run')}.")
    if not invocation.as_json:
        invocation.note(f"To undo: runstone experiments restore {found.experiment_id}")


@click.command()
@click.argument("experiment", shell_complete=suggest_experiments)
@shared
def restore(invocation: Invocation, experiment: str) -> None:
    """Bring a deleted experiment and its runs back.

    \b
    Example:
      runstone experiments restore vision/masks
    """
    store = invocation.reading_store()
    found = find_experiment(store, experiment)
    store.restore_experiment(found.experiment_id)
    _told(invocation, store, found, f"Restored experiment {clean(found.name)}.")


def _told(invocation: Invocation, store: Store, changed: Experiment, text: str) -> None:
    """Say what was done, or print the experiment as it is now."""
    if invocation.as_json:
        now = store.get_experiment(changed.experiment_id)
        invocation.print_json(experiment_shape(now, store.count_runs([now.experiment_id], view=_view_of(now))))
    else:
        invocation.print(text)


def _view_of(experiment: Experiment) -> ViewType:
    """Return the view in which an experiment's runs are counted: those of a deleted one are deleted, too."""
    return ViewType.ACTIVE_ONLY if experiment.lifecycle_stage == "active" else ViewType.ALL


def _flat(experiments: Sequence[Experiment], runs: dict[str, int]) -> list[Row]:
    return [
        [
            experiment.name,
            f"{runs[experiment.experiment_id]}",
            experiment.experiment_id,
            iso_moment(_updated_ms(experiment)) if _updated_ms(experiment) else "-",
            experiment.lifecycle_stage,
        ]
        for experiment in experiments
    ]


def _tree(experiments: Sequence[Experiment], runs: dict[str, int]) -> list[Row]:
    """Return a row for each experiment, and for each folder that is none itself with the runs of all below it."""
    by_name = {experiment.name: experiment for experiment in experiments}
    folders: dict[str, int] = {}
    for experiment in experiments:
        parts = experiment.name.split("/")
        for depth in range(1, len(parts)):
            folder = "/".join(parts[:depth])
            folders[folder] = folders.get(folder, 0) + runs[experiment.experiment_id]
    rows: list[Row] = []
    names = sorted({*by_name, *folders}, key=lambda name: name.split("/"))
    for at, name in enumerate(names):
        label = _branch(names, at) + (name.rpartition("/")[2] or name)
        found = by_name.get(name)
        if found is None:
            rows.append([Cell(f"{label}/", "dim"), Cell(f"{folders[name]:,}", "dim"), "", ""])
            continue
        deleted = found.lifecycle_stage == "deleted"
        style = "red" if deleted else "bold"
        rows.append(
            [
                Cell(label + (" (deleted)" if deleted else ""), style),
                f"{runs[found.experiment_id]:,}",
                Cell(found.experiment_id, "yellow"),
                Cell(_updated(found), "dim"),
            ]
        )
    return rows


def _updated(experiment: Experiment) -> str:
    moment_ms = _updated_ms(experiment)
    return ago(moment_ms) if moment_ms else "-"


def _updated_ms(experiment: Experiment) -> int:
    """Return when an experiment was changed last; 0 for Default, which is there from the beginning."""
    return experiment.last_update_time or experiment.creation_time or 0


def _branch(names: Sequence[str], at: int) -> str:
    """Return the lines of the tree that stand before a name; parents stand somewhere above their children."""
    depth = names[at].count("/")
    drawn = ""
    for level in range(1, depth + 1):
        parent = "/".join(names[at].split("/")[:level])
        me = "/".join(names[at].split("/")[: level + 1])
        has_later = any(
            later.startswith(f"{parent}/") and not (later == me or later.startswith(f"{me}/"))
            for later in names[at + 1 :]
        )
        if level == depth:
            drawn += "├─ " if has_later else "└─ "
        else:
            drawn += "│  " if has_later else "   "
    return drawn
