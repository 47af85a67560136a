"""Which program is running: its script, module or notebook, and the folder its code is in."""

from __future__ import annotations

import os
import sys


def in_notebook() -> bool:
    """Say whether the code runs in an IPython kernel; never imports IPython."""
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return callable(get_ipython) and hasattr(get_ipython(), "kernel")


def is_interactive() -> bool:
    """Say whether there is a prompt, and so no script."""
    return hasattr(sys, "ps1") or bool(sys.flags.interactive)


def entry_file() -> str | None:
    """Return the absolute path of the script or notebook that was started, if it is known and exists."""
    path = _notebook_file() if in_notebook() else getattr(sys.modules.get("__main__"), "__file__", None)
    if not isinstance(path, str) or not path:
        return None
    path = os.path.abspath(path)
    return path if os.path.isfile(path) else None


def entry_point() -> str:
    """Return what was started, as a person would say it: a module after ``-m``, a path, ``-c``, or nothing."""
    main = sys.modules.get("__main__")
    module = getattr(getattr(main, "__spec__", None), "name", None)
    if module and not in_notebook():
        return str(module).removesuffix(".__main__")
    path = entry_file()
    if path is not None:
        return path
    return "-c" if "-c" in sys.orig_argv[:-1] and not is_interactive() else ""


def own_file() -> str | None:
    """Return the entry file if it is the user's own, not an installed program such as pytest or torchrun."""
    path = entry_file()
    if path is None:
        return None
    parts = path.split(os.sep)
    installed = "site-packages" in parts or "dist-packages" in parts
    folders = {os.path.dirname(os.__file__), os.path.dirname(sys.executable)}
    return None if installed or any(path.startswith(folder + os.sep) for folder in folders if folder) else path


def code_folder() -> str:
    """Return the folder of the user's entry file, or the current one."""
    path = own_file()
    return os.getcwd() if path is None else os.path.dirname(path)


def _notebook_file() -> str | None:
    """Return a notebook's path as Visual Studio Code or Jupyter Server tell it."""
    path = getattr(sys.modules.get("__main__"), "__vsc_ipynb_file__", None) or os.environ.get("JPY_SESSION_NAME")
    return path if isinstance(path, str) and path.endswith(".ipynb") else None
