"""``runstone runs tag``."""

from __future__ import annotations

import click

from runstone.cli.invocation import Invocation, shared
from runstone.cli.lookup import find_run
from runstone.cli.suggestions import suggest_runs
from runstone.cli.tags import parse_tags
from runstone.cli.text import clean
from runstone.core.errors import InvalidArgument


@click.command()
@click.argument("run", shell_complete=suggest_runs)
@click.argument("tags", nargs=-1, metavar="[KEY=VALUE]...")
@click.option("-d", "--delete", "deleted", multiple=True, metavar="KEY", help="Delete this tag.")
@shared
def tag(invocation: Invocation, run: str, tags: tuple[str, ...], deleted: tuple[str, ...]) -> None:
    """Set or delete tags of a run.

    \b
    Example:
      runstone runs tag brisk-heron-412 stage=baseline --delete scratch
    """
    wanted = parse_tags(tags)
    if not wanted and not deleted:
        raise InvalidArgument("nothing to do: give key=value to set a tag, or --delete KEY", field="tags")
    store = invocation.reading_store()
    run_id = find_run(store, run).info.run_id
    if wanted:
        store.log_batch(run_id, tags=wanted)
    for key in deleted:
        store.delete_tag(run_id, key)
    if invocation.as_json:
        invocation.print_json({"run_id": run_id, "tags": store.get_run(run_id).tags})
        return
    for key, value in wanted.items():
        invocation.print(f"{clean(key)} = {clean(value)}")
    for key in deleted:
        invocation.print(f"{clean(key)} deleted")
