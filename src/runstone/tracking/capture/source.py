"""Who started what, where: the part that every run has from its first moment.

It is on the way to the first logged value: nothing is imported that is not loaded anyway.
"""

from __future__ import annotations

import os
import platform
import sys

from runstone.core.secrets import redact, redact_argv
from runstone.tracking.capture.program import entry_point, in_notebook, is_interactive

_BATCH_SYSTEMS = ("SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID", "AWS_BATCH_JOB_ID")
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./-_")


def capture_source() -> dict[str, str]:
    """Return the tags that say who started what, where, under which Python."""
    entry = entry_point()
    return {
        "mlflow.user": user(),
        "mlflow.source.name": redact(entry or (sys.argv[0] if sys.argv else "") or sys.executable or ""),
        "mlflow.source.type": source_type(entry),
        "runstone.command": command(),
        "runstone.folder": redact(_current_folder()),
        "runstone.host": platform.node(),
        "runstone.pid": str(os.getpid()),
        "runstone.python": ".".join(map(str, sys.version_info[:3])),
    }


def user() -> str:
    """Return the user's name: what the environment says, else the system's, else the numeric id."""
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        if os.environ.get(variable):
            return os.environ[variable]
    if sys.platform == "win32":
        return ""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # Containers run under ids that have no entry.
        return str(os.getuid())


def source_type(entry: str) -> str:
    """Return MLflow's word for the kind of program: NOTEBOOK, JOB, LOCAL or UNKNOWN.

    PROJECT is told by whoever launches one, through MLFLOW_RUN_CONTEXT.
    """
    if in_notebook():
        return "NOTEBOOK"
    if any(os.environ.get(variable) for variable in _BATCH_SYSTEMS):
        return "JOB"
    return "LOCAL" if entry or is_interactive() else "UNKNOWN"


def command() -> str:
    """Return the command line, quoted for a shell, without secrets."""
    arguments = redact_argv(sys.orig_argv or sys.argv)
    return " ".join(map(_quoted, arguments))


def _quoted(argument: str) -> str:
    if argument and (_PLAIN.issuperset(argument) or _PLAIN.issuperset(argument.replace("[redacted]", ""))):
        return argument
    return "'" + argument.replace("'", "'\"'\"'") + "'"


def _current_folder() -> str:
    try:
        return os.getcwd()
    except FileNotFoundError:  # Somebody removed it under the program's feet.
        return ""
