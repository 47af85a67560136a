from __future__ import annotations

from collections.abc import Callable, Iterator

import click

from runstone.cli.main import root


def test_the_help_of_every_command_is_the_reviewed_one(check_snapshot: Callable[[str, str], None]) -> None:
    with click.Context(root, info_name="runstone", terminal_width=100, **root.context_settings) as context:
        helps = [each.get_help() for each in (context, *_below(context))]

    check_snapshot("cli_help.txt", "\n\n\n".join(helps) + "\n")


def _below(context: click.Context) -> Iterator[click.Context]:
    """Yield a context for each command below a group, in the order that help lists them."""
    group = context.command
    assert isinstance(group, click.Group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        with click.Context(command, info_name=name, parent=context) as below:
            yield below
            if isinstance(command, click.Group):
                yield from _below(below)
