"""``runstone users``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from runstone.cli.confirm import confirm, yes_option
from runstone.cli.invocation import Invocation, shared, shared_by_group
from runstone.cli.lazy_group import Entry, LazyGroup
from runstone.cli.table import Column, print_table
from runstone.cli.text import clean, iso_moment
from runstone.core.entities.team import Grant, User, UserKind
from runstone.core.page import iter_pages
from runstone.store.team_rules import read_grant

_HERE = "runstone.cli.users"

TABLE = {
    "list": Entry(f"{_HERE}:list_users", "Show all users and what they may do."),
    "create": Entry(f"{_HERE}:create", "Make a user."),
    "grant": Entry(f"{_HERE}:grant", "Say what a user may do."),
    "password": Entry(f"{_HERE}:password", "Give a user another password."),
    "disable": Entry(f"{_HERE}:disable", "Let a user in no longer."),
    "enable": Entry(f"{_HERE}:enable", "Let a user in again."),
    "delete": Entry(f"{_HERE}:delete", "Remove a user with all tokens."),
    "audit": Entry(f"{_HERE}:audit", "Show who changed what."),
}

grants_option = click.option(
    "-g",
    "--grant",
    "grants",
    multiple=True,
    metavar="ROLE[:SCOPE:PATTERN]",
    help="viewer, editor or admin; on everything, or as editor:experiment:fraud/* or viewer:model:fraud*.",
)


@shared_by_group
@click.group(cls=LazyGroup, table=TABLE)
def users() -> None:
    """Who may log in to a server, and what they may do.

    Works on the store itself, and through a server for who is admin there.
    """


def read_grants(texts: Sequence[str]) -> list[Grant]:
    """Return the grants given as options."""
    return [read_grant(text) for text in texts]


@click.command("list")
@shared
def list_users(invocation: Invocation) -> None:
    """Show all users and what they may do.

    \b
    Example:
      runstone users list
    """
    store = invocation.session().store
    found = list(iter_pages(lambda token: store.list_users(page_token=token)))
    if invocation.as_json:
        invocation.print_json(found)
        return
    if not found:
        invocation.note("No users: nobody has to log in. `runstone users create NAME -g admin` makes the first.")
        return
    columns = [Column("name", keeps=True), Column("kind"), Column("may"), Column("state"), Column("since")]
    print_table(invocation, columns, [_row(user) for user in found])


def _row(user: User) -> list[str]:
    state = "active" if user.is_active else "disabled"
    return [user.name, user.kind, ", ".join(map(str, user.grants)) or "nothing", state, iso_moment(user.created_ms)]


@click.command()
@click.argument("name")
@grants_option
@click.option("--service", is_flag=True, help="A program, which has tokens and no password.")
@shared
def create(invocation: Invocation, name: str, grants: tuple[str, ...], service: bool) -> None:
    """Make a user.  The password is asked for, or read from standard input where that is no terminal.

    \b
    Examples:
      runstone users create ada -g admin
      runstone users create ci --service -g editor:experiment:fraud/*
    """
    kind: UserKind = "service" if service else "person"
    checked = read_grants(grants)
    secret = None if service else _ask_password(name)
    made = invocation.session().store.create_user(name, kind=kind, password=secret, grants=checked)
    _show(invocation, made, "made")


@click.command()
@click.argument("name")
@click.argument("grants", nargs=-1, metavar="[ROLE[:SCOPE:PATTERN]]...")
@shared
def grant(invocation: Invocation, name: str, grants: tuple[str, ...]) -> None:
    """Say what a user may do from now on, all of it; nothing where nothing is given.

    \b
    Examples:
      runstone users grant ada viewer editor:experiment:fraud/*
      runstone users grant ada
    """
    changed = invocation.session().store.update_user(name, grants=read_grants(grants))
    _show(invocation, changed, "changed")


@click.command()
@click.argument("name")
@shared
def password(invocation: Invocation, name: str) -> None:
    """Give a user another password, and end all sessions.

    \b
    Example:
      runstone users password ada
    """
    _show(invocation, invocation.session().store.update_user(name, password=_ask_password(name)), "changed")


@click.command()
@click.argument("name")
@shared
def disable(invocation: Invocation, name: str) -> None:
    """Let a user in no longer, neither by password nor by token.

    \b
    Example:
      runstone users disable ada
    """
    _show(invocation, invocation.session().store.update_user(name, is_active=False), "disabled")


@click.command()
@click.argument("name")
@shared
def enable(invocation: Invocation, name: str) -> None:
    """Let a user in again.

    \b
    Example:
      runstone users enable ada
    """
    _show(invocation, invocation.session().store.update_user(name, is_active=True), "enabled")


@click.command()
@click.argument("name")
@yes_option
@shared
def delete(invocation: Invocation, name: str, yes: bool) -> None:
    """Remove a user with all tokens; the audit log keeps the name.

    \b
    Example:
      runstone users delete ada
    """
    confirm(f"Remove the user {clean(name)} and all tokens?", yes=yes)
    invocation.session().store.delete_user(name)
    invocation.note(f"removed {name}")


@click.command()
@click.option("--actor", help="Only what this user did.")
@click.option("--action", help="Only this: an operation such as delete_run, or login.")
@click.option("--target", help="Only what was done to this: an id or name.")
@click.option("-n", "--max", "most", default=50, show_default=True, type=click.IntRange(1, 1000), help="How many.")
@shared
def audit(invocation: Invocation, actor: str | None, action: str | None, target: str | None, most: int) -> None:
    """Show who changed what through a server, the newest first.

    \b
    Examples:
      runstone users audit
      runstone users audit --actor ada --action delete_run
    """
    found = invocation.session().store.search_audit(actor=actor, action=action, target=target, max_results=most)
    if invocation.as_json:
        invocation.print_json(list(found))
        return
    if not found:
        invocation.note("Nothing of that kind is in the audit log.")
        return
    columns = [Column("when", keeps=True), *map(Column, ("who", "what", "on", "from", "detail"))]
    rows = [[iso_moment(line.at_ms), line.actor, line.action, line.target, line.address, line.detail] for line in found]
    print_table(invocation, columns, rows)


def _ask_password(name: str) -> str:
    if sys.stdin.isatty():
        asked: str = click.prompt(f"Password of {clean(name)}", hide_input=True, confirmation_prompt=True, err=True)
        return asked
    return sys.stdin.readline().rstrip("\r\n")


def _show(invocation: Invocation, user: User, done: str) -> None:
    if invocation.as_json:
        invocation.print_json(user)
    else:
        may = ", ".join(map(str, user.grants)) or "nothing"
        invocation.print(f"{done} {clean(user.name)}, who may: {clean(may)}")
