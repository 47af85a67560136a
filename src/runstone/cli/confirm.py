"""Asking before something is taken away."""

from __future__ import annotations

import sys

import click

from runstone.core.errors import InvalidArgument

yes_option = click.option("-y", "--yes", is_flag=True, help="Do not ask.")


def confirm(question: str, *, yes: bool) -> None:
    """Ask on the terminal, and end the command if the answer is no.

    Raises:
        InvalidArgument: Nobody is there to be asked and ``--yes`` was not given.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise InvalidArgument(f"{question} Nobody is there to be asked; add --yes", field="yes")
    click.confirm(question, abort=True, err=True)
