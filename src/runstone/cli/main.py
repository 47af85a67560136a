"""The entry point: the table of commands, and the rim where errors become exit codes.

Exit codes: 0 done, 1 something is wrong with what was looked at (or nobody reads the output any more), 2 wrong usage or
argument, 130 ended by Ctrl-C; those of our errors stand in the table of ``runstone.core.errors``.
"""

from __future__ import annotations

import os
import sys

import click

from runstone.cli.invocation import shared_by_group
from runstone.cli.lazy_group import Entry, LazyGroup
from runstone.cli.version import version
from runstone.core.errors import RunstoneError, codes_of

TABLE = {
    "runs": Entry("runstone.cli.runs:runs", "Find, show, compare and tidy up runs."),
    "experiments": Entry("runstone.cli.experiments:experiments", "Groups of runs, whose names nest by /."),
    "artifacts": Entry("runstone.cli.artifacts:artifacts", "List, get and put the files of runs."),
    "metrics": Entry("runstone.cli.metrics:metrics", "Draw metrics as a chart, or write them to a file."),
    "watch": Entry("runstone.cli.watch:watch", "Follow what is running, live."),
    "demo": Entry("runstone.cli.demo:demo", "Train real models and record everything about it."),
    "info": Entry("runstone.cli.info:info", "Say where the store is and why, and what it holds."),
    "sync": Entry("runstone.cli.sync:sync", "Bring in what dead processes left behind."),
    "fsck": Entry("runstone.cli.fsck:fsck", "Verify the store, down to the last byte."),
    "gc": Entry("runstone.cli.gc:gc", "Free what deleted runs still take."),
    "backup": Entry("runstone.cli.backup:backup", "Copy the store, also while it is in use."),
    "restore": Entry("runstone.cli.backup:restore", "Make a store out of a backup."),
    "export": Entry("runstone.cli.export:export", "Write runs as Parquet and plain files."),
    "import": Entry("runstone.cli.export:import_", "Take in what export wrote."),
    "completion": Entry("runstone.cli.completion:completion", "Print a shell's completion script."),
}


def _print_version(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(f"runstone {version()}")
        context.exit()


@shared_by_group
@click.group(
    cls=LazyGroup,
    table=TABLE,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Each command explains itself and gives an example: runstone COMMAND --help",
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Print the version."
)
def root() -> None:
    """Record, find, compare and reproduce machine-learning experiments."""


def main() -> None:
    """Run the command line and exit."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    try:
        result = root.main(arguments, prog_name="runstone", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        # What is left in the buffer goes nowhere, or the interpreter complains about it on the way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except RunstoneError as error:
        return _failed(error)
    return result if isinstance(result, int) else 0


def _failed(error: RunstoneError) -> int:
    """Report an error of ours in a line and return its exit code."""
    from runstone.cli.text import clean

    message = "\n".join(clean(line) for line in str(error).split("\n"))
    click.secho("Error: ", fg="red", err=True, nl=False)
    click.echo(message, err=True)
    return codes_of(error).cli
