"""``runstone server``."""

from __future__ import annotations

import os

import click

from runstone.cli.invocation import Invocation, shared
from runstone.cli.text import clean
from runstone.core.errors import MissingExtra, Unsupported
from runstone.core.secrets import redact
from runstone.store.open import is_server


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=5000, show_default=True, type=click.IntRange(0, 65535), help="0 for any free one.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes that answer.")
@click.option("--artifacts", metavar="URI", help="Where bytes go: a folder, s3:, gs: or az: URI.")
@click.option("--allow-host", "hosts", multiple=True, metavar="NAME", help="A name that the server is known by.")
@click.option("--insecure", is_flag=True, help="Listen to other machines although nobody has to log in.")
@click.option("--access-log", is_flag=True, help="A line for every request.")
@shared
def server(
    invocation: Invocation,
    host: str,
    port: int,
    workers: int,
    artifacts: str | None,
    hosts: tuple[str, ...],
    insecure: bool,
    access_log: bool,
) -> None:
    """Serve the store over HTTP: to Runstone, and to MLflow's clients.

    \b
    Examples:
      runstone server
      runstone server --store postgresql://team@db/runs --artifacts s3://bucket/runs --workers 4
      RUNSTONE_TRACKING_URI=http://127.0.0.1:5000 python train.py
      MLFLOW_TRACKING_URI=http://127.0.0.1:5000 python train_with_mlflow.py
    """
    try:
        from runstone.server.launch import Address, check_address, listen, serve
    except ImportError as error:
        raise MissingExtra("The server", "server") from error
    if artifacts is not None:
        os.environ["RUNSTONE_ARTIFACTS"] = artifacts
    session = invocation.session()
    location = session.location
    if is_server(location.uri):
        raise Unsupported(f"{redact(location.uri)} is a server already; give --store the store itself")
    address = Address(host, port, hosts)
    check_address(address, insecure=insecure)
    invocation.pick_up(session)
    listener = listen(address)
    name, bound = listener.getsockname()[:2]
    shown = f"[{name}]" if ":" in name else name
    invocation.note(f"Serving {clean(redact(session.store.uri))} at http://{shown}:{bound} (Ctrl-C stops it)")
    serve(location, address, listener, workers=workers, access_log=access_log)
