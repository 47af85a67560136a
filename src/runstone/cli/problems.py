"""Problems of a store, as a command reports them."""

from __future__ import annotations

from collections.abc import Sequence

import click

from runstone.cli.invocation import Invocation
from runstone.cli.text import clean
from runstone.store.protocol.maintenance import Problem


def print_problems(invocation: Invocation, problems: Sequence[Problem]) -> None:
    """Print what is wrong, where, and what can be done."""
    for problem in problems:
        invocation.print(f"{click.style(problem.kind, fg='red', bold=True)}  {clean(problem.where)}")
        invocation.print(f"    {clean(problem.what)}")
