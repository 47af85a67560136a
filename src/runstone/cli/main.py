"""The entry point: the table of commands, and the rim where errors become exit codes.

Exit codes: 0 done, 1 something is wrong with what was looked at (or nobody reads the output any more), 2 wrong usage or
argument, 130 ended by Ctrl-C; those of our errors stand in the table of ``runstone.core.errors``.  With ``--json`` an
error is an object on standard error: code, message, field, and position where a character is at fault.
"""

from __future__ import annotations

import os
import sys

import click

from runstone.cli.invocation import Invocation, shared_by_group
from runstone.cli.lazy_group import Entry, LazyGroup
from runstone.core.errors import RunstoneError, codes_of
from runstone.core.version import __version__

TABLE = {
    "runs": Entry("runstone.cli.runs:runs", "Find, show, compare and tidy up runs."),
    "experiments": Entry("runstone.cli.experiments:experiments", "Groups of runs, whose names nest by /."),
    "artifacts": Entry("runstone.cli.artifacts:artifacts", "List, get and put the files of runs."),
    "metrics": Entry("runstone.cli.metrics:metrics", "Draw metrics as a chart, or write them to a file."),
    "watch": Entry("runstone.cli.watch:watch", "Follow what is running, live."),
    "server": Entry("runstone.cli.server:server", "Serve the store to a team, and to MLflow's clients."),
    "ui": Entry("runstone.cli.server:ui", "Look at the store in a browser."),
    "users": Entry("runstone.cli.users:users", "Who may log in to a server, and what they may do."),
    "tokens": Entry("runstone.cli.tokens:tokens", "What programs show to a server."),
    "login": Entry("runstone.cli.tokens:login", "Remember a token for a server."),
    "demo": Entry("runstone.cli.demo:demo", "Train real models and record everything about it."),
    "info": Entry("runstone.cli.info:info", "Say where the store is and why, and what it holds."),
    "sync": Entry("runstone.cli.sync:sync", "Bring in what dead processes left behind."),
    "fsck": Entry("runstone.cli.fsck:fsck", "Verify the store, down to the last byte."),
    "gc": Entry("runstone.cli.gc:gc", "Free what deleted runs still take."),
    "backup": Entry("runstone.cli.backup:backup", "Copy the store, also while it is in use."),
    "restore": Entry("runstone.cli.backup:restore", "Make a store out of a backup."),
    "export": Entry("runstone.cli.export:export", "Write runs as Parquet and plain files, or send them to MLflow."),
    "import": Entry("runstone.cli.export:import_", "Take in what export wrote, or MLflow's history."),
    "completion": Entry("runstone.cli.completion:completion", "Print a shell's completion script."),
}


def _print_version(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(f"runstone {__version__}")
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
    _prepare_streams()
    sys.exit(run(sys.argv[1:]))


def _prepare_streams() -> None:
    """Let results go nowhere where the caller closed the output, and no name that a terminal cannot write stop them."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  # open until the end
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    invocation = Invocation()
    try:
        result = root.main(arguments, prog_name="runstone", standalone_mode=False, obj=invocation)
        sys.stdout.flush()
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        # Asked of the arguments, too: the parser may have stopped before it came to the option.
        if invocation.as_json or "--json" in arguments:
            _print_error("usage", error.format_message())
        else:
            error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        _give_up_output()
        return 1
    except RunstoneError as error:
        return _failed(error, invocation)
    except OSError as error:
        code = _failed(_as_ours(error), invocation)
        try:
            sys.stdout.flush()
        except OSError:
            _give_up_output()
        return code
    return result if isinstance(result, int) else 0


def _failed(error: RunstoneError, invocation: Invocation) -> int:
    """Report an error of ours and return its exit code."""
    codes = codes_of(error)
    if invocation.as_json:
        _print_error(codes.code, str(error), getattr(error, "field", None), getattr(error, "position", None))
        return codes.cli
    from runstone.cli.text import clean

    message = "\n".join(clean(line) for line in str(error).split("\n"))
    click.secho("Error: ", fg="red", err=True, nl=False)
    click.echo(message, err=True)
    return codes.cli


def _give_up_output() -> None:
    """Let what is left in the buffer go nowhere, or the interpreter complains about it on the way out."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _as_ours(error: OSError) -> RunstoneError:
    """Return what a file or folder refused to a command, as an error of ours."""
    import errno

    from runstone.core.errors import PermissionDenied, StorageFull

    where = f"{error.filename}: " if error.filename else ""
    message = f"{where}{error.strerror or error}"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return PermissionDenied(message)
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return StorageFull(message)
    return RunstoneError(message)


def _print_error(code: str, message: str, field: str | None = None, position: int | None = None) -> None:
    from runstone.cli.json_text import to_json

    click.echo(to_json({"error": {"code": code, "message": message, "field": field, "position": position}}), err=True)
