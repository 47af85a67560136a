"""The cells that were run in IPython: in a notebook they, and no file, are the code."""

from __future__ import annotations

import sys
from itertools import count

from runstone.core.secrets import redact

CELLS = "runstone/code/cells.py"

_MOST_CHARACTERS = 10 * 1024 * 1024


def capture_cells() -> dict[str, bytes]:
    """Return a file with the cells run so far in the order they were run, if this is IPython.

    They are separated as in the percent format, which Visual Studio Code, Spyder and Jupytext read.
    """
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    inputs = getattr(getattr(shell, "history_manager", None), "input_hist_raw", None)
    if not inputs:
        return {}
    # The first input is not one: IPython counts from 1.
    cells = [f"# %% [{number}]\n{text.rstrip()}\n" for number, text in zip(count(1), inputs[1:], strict=False) if text]
    return {CELLS: redact("\n".join(cells)[-_MOST_CHARACTERS:]).encode("utf-8", "replace")} if cells else {}
