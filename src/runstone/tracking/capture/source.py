"""What was started, by whom, where: known at once."""

from __future__ import annotations

import os
import shlex
import socket
import sys
from pathlib import Path

from runstone.core.secrets import redact, redact_argv

_MAX_COMMAND = 5000


def capture_source() -> dict[str, str]:
    """Return tags for command, entry point, user, host and interpreter."""
    tags = {
        "mlflow.user": user(),
        "mlflow.source.name": source_name(),
        "mlflow.source.type": source_type(),
        "runstone.command": shlex.join(redact_argv(_argv()))[:_MAX_COMMAND],
        "runstone.host": socket.gethostname(),
        "runstone.pid": str(os.getpid()),
        "runstone.python": ".".join(map(str, sys.version_info[:3])),
        "runstone.folder": redact(os.getcwd()),  # a path that is gone raises here, as it should
    }
    return {key: _storable(value) for key, value in {**tags, **_given_tags()}.items() if value}


def user() -> str:
    """Return the login name, without looking it up in a directory service if the environment has it."""
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        if os.environ.get(variable):
            return os.environ[variable]
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"


def source_type() -> str:
    """Return NOTEBOOK, PROJECT or LOCAL, as MLflow has them."""
    if is_notebook():
        return "NOTEBOOK"
    return "PROJECT" if os.environ.get("MLFLOW_PROJECT_ENV") else "LOCAL"


def is_notebook() -> bool:
    """Say whether this is a notebook's kernel, without importing anything."""
    shell = sys.modules.get("IPython")
    get_ipython = getattr(shell, "get_ipython", None)
    instance = get_ipython() if get_ipython is not None else None
    return instance is not None and type(instance).__name__ == "ZMQInteractiveShell"


def entry_script() -> Path | None:
    """Return the file that was started, if there is one."""
    main = sys.modules.get("__main__")
    name = getattr(main, "__file__", None)
    if not name:
        return None
    path = Path(name)
    return path.absolute() if path.is_file() else None


def source_name() -> str:
    """Return what was started: a notebook's file, a script, or the interpreter."""
    for variable in ("JPY_SESSION_NAME", "VSCODE_NOTEBOOK"):
        if is_notebook() and os.environ.get(variable):
            return os.environ[variable]
    script = entry_script()
    return str(script) if script else (sys.argv[0] if sys.argv and sys.argv[0] else sys.executable or "python")


def _argv() -> list[str]:
    """Return the command line as it was typed, where the interpreter still knows it."""
    original = getattr(sys, "orig_argv", None)
    return list(original) if original else [sys.executable, *sys.argv]


def _given_tags() -> dict[str, str]:
    """Return the tags that a launcher passed on in ``MLFLOW_RUN_CONTEXT``."""
    text = os.environ.get("MLFLOW_RUN_CONTEXT")
    if not text:
        return {}
    import json

    given = json.loads(text)
    return {str(key): str(value) for key, value in given.items()}


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
