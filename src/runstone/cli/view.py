"""Whether a list shows what is deleted: ``--deleted`` and ``--all``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from runstone.core.entities import ViewType


def view_options(noun: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command the options ``--deleted`` and ``--all`` as its arguments ``deleted`` and ``whole``.

    Args:
        noun: What it lists, as its help says.
    """

    def give(function: Callable[..., Any]) -> Callable[..., Any]:
        function = click.option("--all", "whole", is_flag=True, help=f"Deleted {noun}, too.")(function)
        return click.option("--deleted", is_flag=True, help=f"Only deleted {noun}.")(function)

    return give


def view_of(*, deleted: bool, whole: bool) -> ViewType:
    """Return what those options ask for."""
    return ViewType.ALL if whole else ViewType.DELETED_ONLY if deleted else ViewType.ACTIVE_ONLY
