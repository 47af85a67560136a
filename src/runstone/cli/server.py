"""``runstone server`` and ``runstone ui``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runstone.cli.invocation import Invocation, shared
from runstone.cli.text import clean
from runstone.core.errors import MissingExtra, Unsupported
from runstone.core.secrets import redact
from runstone.store.open import is_server

if TYPE_CHECKING:
    from socket import socket

    from runstone.tracking.session import Session

PORT = 5000


def _read_config(context: click.Context, parameter: click.Parameter, path: Path | None) -> None:
    """Take the defaults of all options from a file."""
    if path is None:
        return
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        given: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise click.BadParameter(f"{path} is not TOML: {error}", context, parameter) from error
    names = {
        option.opts[0].removeprefix("--"): str(option.name)
        for option in context.command.params
        if isinstance(option, click.Option) and option is not parameter
    }
    unknown = sorted(given.keys() - names.keys())
    if unknown:
        raise click.BadParameter(
            f"{path} sets {', '.join(unknown)}; there are {', '.join(sorted(names))}", context, parameter
        )
    context.default_map = {names[option]: value for option, value in given.items()}


@click.command()
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    is_eager=True,
    expose_value=False,
    callback=_read_config,
    help="A TOML file that sets these options by their names; those given here win.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(0, 65535), help="0 for any free one.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes that answer.")
@click.option("--artifacts", metavar="URI", help="Where bytes go: a folder, s3:, gs: or az: URI.")
@click.option("--login", is_flag=True, help="Users have to log in; always so once there are users.")
@click.option("--insecure", is_flag=True, help="Listen to other machines although nobody has to log in.")
@click.option("--allow-host", "hosts", multiple=True, metavar="NAME", help="A name that the server is known by.")
@click.option(
    "--proxy", "proxies", multiple=True, metavar="ADDRESS", help="A proxy that says where requests come from."
)
@click.option(
    "--allow-webhook-host",
    "webhook_hosts",
    multiple=True,
    metavar="PLACE",
    help="A host, address or network (10.0.0.0/8) of yours that webhooks may be delivered to.",
)
@click.option("--access-log", is_flag=True, help="A line for every request.")
@shared
def server(
    invocation: Invocation,
    host: str,
    port: int,
    workers: int,
    artifacts: str | None,
    login: bool,
    insecure: bool,
    hosts: tuple[str, ...],
    proxies: tuple[str, ...],
    webhook_hosts: tuple[str, ...],
    access_log: bool,
) -> None:
    """Serve the store over HTTP: to Runstone, and to MLflow's clients.

    \b
    Examples:
      runstone server
      runstone server --store postgresql://team@db/runs --artifacts s3://bucket/runs --host 0.0.0.0 --login
      RUNSTONE_TRACKING_URI=http://127.0.0.1:5000 python train.py
      MLFLOW_TRACKING_URI=http://127.0.0.1:5000 python train_with_mlflow.py
    """
    _need_parts()
    from runstone.server.launch import Address, Options, check_address, listen, serve
    from runstone.server.webhooks.addresses import Allowed

    if artifacts is not None:
        os.environ["RUNSTONE_ARTIFACTS"] = artifacts
    Allowed(webhook_hosts)
    session = _session(invocation)
    has_login = login or (session.store.has_users() and not insecure)
    address = Address(host, port, hosts)
    check_address(address, has_login=has_login, insecure=insecure)
    invocation.pick_up(session)
    listener = listen(address)
    at = _address_of(listener)
    invocation.note(f"Serving {clean(redact(session.store.uri))} at {at} (Ctrl-C stops it)")
    if has_login:
        _show_setup(session, at)
    options = Options(
        names=address.names,
        has_login=has_login,
        access_log=access_log,
        proxies=proxies,
        webhook_hosts=webhook_hosts,
    )
    serve(session.location, options, listener, workers=workers)


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help=f"0 for any free one.  [default: {PORT} if it is free]")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@shared
def ui(invocation: Invocation, port: int | None, no_browser: bool) -> None:
    """Look at the store in a browser: serve it on this machine, and open its page.

    \b
    Examples:
      runstone ui
      runstone ui --store runs/ --no-browser
    """
    _need_parts()
    from runstone.core.errors import Unavailable
    from runstone.server.launch import Address, Options, listen, serve

    session = _session(invocation)
    invocation.pick_up(session)
    try:
        listener = listen(Address(port=PORT if port is None else port))
    except Unavailable:
        if port is not None:
            raise
        listener = listen(Address(port=0))
    at = _address_of(listener)
    invocation.note(f"Runs of {clean(redact(session.store.uri))} are at {at} (Ctrl-C stops it)")
    if not no_browser:
        # What listens already keeps the browser waiting until there is somebody who answers.
        listener.listen()
        click.launch(at)
    # Who looks at a team's store from a desk is none of its servers: these know which places may be delivered to.
    options = Options(has_login=session.store.has_users(), delivers=False)
    serve(session.location, options, listener, workers=1)


def _need_parts() -> None:
    try:
        import runstone.server.launch  # noqa: F401
    except ImportError as error:
        raise MissingExtra("The server", "server") from error


def _session(invocation: Invocation) -> Session:
    session = invocation.session()
    if is_server(session.location.uri):
        raise Unsupported(f"{redact(session.location.uri)} is a server already; give --store the store itself")
    return session


def _address_of(listener: socket) -> str:
    name, bound = listener.getsockname()[:2]
    return f"http://[{name}]:{bound}" if ":" in name else f"http://{name}:{bound}"


def _show_setup(session: Session, at: str) -> None:
    """Say where the admin of a new server is made.  To standard error, also when it is quiet: nothing else tells."""
    from runstone.server.access.login import setup_path

    path = setup_path(session.store)
    if path is not None:
        click.echo(f"Nobody can log in yet. Make the admin within a day at {at}{path}", err=True)
