"""``runstone tokens`` and ``runstone login``."""

from __future__ import annotations

import re
import sys
from datetime import timedelta

import click

from runstone.cli.invocation import Invocation, shared, shared_by_group
from runstone.cli.lazy_group import Entry, LazyGroup
from runstone.cli.table import Column, print_table
from runstone.cli.text import clean, iso_moment
from runstone.cli.users import grants_option, read_grants
from runstone.core.clock import now_ms
from runstone.core.errors import InvalidArgument

_HERE = "runstone.cli.tokens"
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}

TABLE = {
    "list": Entry(f"{_HERE}:list_tokens", "Show a user's tokens."),
    "create": Entry(f"{_HERE}:create", "Make a token for a program."),
    "revoke": Entry(f"{_HERE}:revoke", "Make a token worthless."),
}


@shared_by_group
@click.group(cls=LazyGroup, table=TABLE)
def tokens() -> None:
    """What programs show to a server, in RUNSTONE_TOKEN or MLFLOW_TRACKING_TOKEN."""


@click.command("list")
@click.argument("user")
@shared
def list_tokens(invocation: Invocation, user: str) -> None:
    """Show a user's tokens and sessions, without their secrets.

    \b
    Example:
      runstone tokens list ci
    """
    found = invocation.session().store.list_tokens(user)
    if invocation.as_json:
        invocation.print_json(found)
        return
    if not found:
        invocation.note("No tokens.")
        return
    columns = [Column("id", keeps=True), *map(Column, ("name", "kind", "may at most", "made", "expires", "last used"))]
    print_table(
        invocation,
        columns,
        [
            [
                token.token_id,
                token.name,
                token.kind,
                ", ".join(map(str, token.grants)) or "all that its user may",
                *(iso_moment(at) if at else "never" for at in (token.created_ms, token.expires_ms, token.last_used_ms)),
            ]
            for token in found
        ],
    )


@click.command()
@click.argument("user")
@click.option("--name", default="cli", show_default=True, help="What it is for.")
@grants_option
@click.option("--expires", metavar="TIME", help="12h, 30d or 4w from now; never if left out.")
@shared
def create(invocation: Invocation, user: str, name: str, grants: tuple[str, ...], expires: str | None) -> None:
    """Make a token, and print its secret: this once, and never again.

    \b
    Examples:
      runstone tokens create ci --name nightly --expires 30d
      runstone tokens create ada -g viewer
    """
    until = None if expires is None else now_ms() + _milliseconds(expires)
    issued = invocation.session().store.create_token(user, name, grants=read_grants(grants), expires_ms=until)
    if invocation.as_json:
        invocation.print_json(issued)
        return
    invocation.print(issued.secret)
    invocation.note("Keep it: it is shown this once. Programs take it from RUNSTONE_TOKEN or MLFLOW_TRACKING_TOKEN.")


@click.command()
@click.argument("user")
@click.argument("token_id")
@shared
def revoke(invocation: Invocation, user: str, token_id: str) -> None:
    """Make a token worthless from now on.

    \b
    Example:
      runstone tokens revoke ci 0193b6c1f5f47a5c8d3e2f1a0b9c8d7e
    """
    invocation.session().store.delete_token(user, token_id)
    invocation.note(f"{token_id} is worthless now")


@click.command()
@click.argument("server")
@shared
def login(invocation: Invocation, server: str) -> None:
    """Remember a token for a server, so that programs of this user need not be given it.

    The token is asked for, or read from standard input where that is no terminal.

    \b
    Example:
      runstone login https://runs.example.org
    """
    from runstone.wire.credentials import remember, whoami

    if sys.stdin.isatty():
        token = click.prompt("Token", hide_input=True, err=True).strip()
    else:
        token = sys.stdin.readline().strip()
    name = whoami(server, token)
    path = remember(server, token)
    invocation.note(f"{name} at {server}; kept in {path}")


def _milliseconds(text: str) -> int:
    match = re.fullmatch(r"([1-9][0-9]{0,4})([hdw])", text)
    if match is None:
        raise InvalidArgument(f"a time is given as 12h, 30d or 4w, not {clean(text)!r}", field="expires")
    return int(int(match[1]) * _UNITS[match[2]].total_seconds() * 1000)
