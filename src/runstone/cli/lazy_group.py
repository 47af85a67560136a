"""A group whose commands are imported when they are called."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import click


class Entry(NamedTuple):
    """A line of a group's table.

    Attributes:
        target: ``module:attribute`` of the command.
        help: What the group's help says of it, so that help imports no command.
    """

    target: str
    help: str


class LazyGroup(click.Group):
    """A group that knows its commands by a table.

    Args:
        table: Its commands by name, in the order that help lists them.
    """

    def __init__(self, *args: Any, table: Mapping[str, Entry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or None."""
        entry = self.table.get(cmd_name)
        if entry is None:
            return None
        module, _, attribute = entry.target.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command of a command line; an unknown name is an error that proposes the nearest."""
        if args and args[0] not in self.table and not args[0].startswith("-"):
            from difflib import get_close_matches  # only a mistake needs it

            near = get_close_matches(args[0], self.table, n=1)
            ctx.fail(f"No such command {args[0]!r}." + (f" Did you mean {near[0]!r}?" if near else ""))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands as the table has them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in self.table.items()])


class DefaultGroup(LazyGroup):
    """A group that takes what is none of its commands for the arguments of one of them.

    Args:
        default: The name of that command.
    """

    def __init__(self, *args: Any, default: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._default = default
        # Options are the command's, too; help alone is the group's.
        self.ignore_unknown_options = True

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take arguments; those that name no command go to the default one."""
        if args and args[0] not in (*self.table, *ctx.help_option_names):
            args = [self._default, *args]
        return super().parse_args(ctx, args)
