"""The command line, from the help of its commands."""

from __future__ import annotations

from collections.abc import Iterator

import click

from generator import markdown
from runstone.cli.invocation import shared_options
from runstone.cli.main import root

_INTRODUCTION = """\
# The command line

`runstone COMMAND --help` says the same in the terminal.

Results go to standard output, hints, progress and errors to standard error. A terminal gets tables that fit it; a pipe
gets whole ids, and columns that a terminal has no room for.

"""
_CODES = """\
## Exit codes

| code | means |
|---|---|
| 0 | done |
| 1 | something is wrong with what was looked at; an error without a code of its own |
| 2 | wrong usage, or a wrong argument |
| 130 | ended by Ctrl-C |

The other codes are those of [the errors](errors.md).
"""


def page() -> str:
    """Return the page."""
    parts = [_INTRODUCTION + _shared() + "\n" + _CODES]
    with click.Context(root, info_name="runstone") as context:
        parts += [_section(each) for each in (context, *_commands(context))]
    return "\n".join(parts)


def _commands(context: click.Context) -> Iterator[click.Context]:
    group = context.command
    assert isinstance(group, click.Group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        with click.Context(command, info_name=name, parent=context) as below:
            yield below
            if isinstance(command, click.Group):
                yield from _commands(below)


def _shared() -> str:
    with click.Context(root, info_name="runstone") as context:
        rows = [_row(option, context) for option in _of_all()]
    return "## Options of every command\n\n" + markdown.table(("option", ""), rows)


def _of_all() -> list[click.Parameter]:
    command = click.Command("any", context_settings={"help_option_names": ["-h", "--help"]})
    for option in shared_options():
        option(command)
    with click.Context(command, help_option_names=["-h", "--help"]) as context:
        return command.get_params(context)


def _section(context: click.Context) -> str:
    command = context.command
    known = {parameter.name for parameter in _of_all()}
    options = [each for each in command.params if isinstance(each, click.Option) and each.name not in known]
    usage = " ".join(command.collect_usage_pieces(context))
    parts = [f"## {context.command_path}\n", f"```text\n{context.command_path} {usage}\n```\n", _help(command)]
    if options:
        parts.append(markdown.table(("option", ""), [_row(option, context) for option in options]))
    return "\n".join(parts)


def _help(command: click.Command) -> str:
    """Return a help text; its examples as code."""
    text = ""
    for paragraph in (command.help or "").replace("\b\n", "").split("\n\n"):
        head, _, rest = paragraph.strip().partition("\n")
        if head in ("Example:", "Examples:"):
            lines = "\n".join(line.strip() for line in rest.splitlines())
            text += f"```bash\n{lines}\n```\n\n"
        else:
            text += " ".join(paragraph.split()) + "\n\n"
    return text.removesuffix("\n")


def _row(option: click.Parameter, context: click.Context) -> tuple[str, str]:
    record = option.get_help_record(context)
    assert record is not None
    return markdown.code(record[0]), record[1].replace("[", "\\[")
