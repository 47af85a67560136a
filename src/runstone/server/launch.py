"""Running the application."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import tempfile

import msgspec
import uvicorn
from msgspec import Struct
from starlette.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from runstone.core.errors import InvalidArgument, Unavailable
from runstone.core.settings import load
from runstone.server.access.authentication import Authenticator
from runstone.server.app import create_app
from runstone.server.backend import open_backend
from runstone.server.guard import LOOPBACK, Guard
from runstone.server.logs import write_json_lines
from runstone.server.observed import Observed
from runstone.server.protocol import PatientProtocol
from runstone.tracking.location import Location
from runstone.tracking.session import Session, current_location

_STOP_S = 30
"""How long requests that were begun may take to end when the server stops."""

_OPTIONS = "RUNSTONE_SERVER_OPTIONS"
"""Tells the processes of a server how to serve, as JSON."""

_METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where the processes of a server put their metrics together (the client library's name for it)."""


class Address(Struct, frozen=True):
    """Where to listen, and for whom.

    Attributes:
        port: 0 for any free one.
        hosts: Names that the server is known by, besides those of the loopback.
    """

    host: str = "127.0.0.1"
    port: int = 5000
    hosts: tuple[str, ...] = ()

    @property
    def is_loopback(self) -> bool:
        """Whether nobody but this machine can reach it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def names(self) -> tuple[str, ...] | None:
        """Names to be known by; None for any, where strangers may come anyway."""
        if self.is_loopback or self.hosts:
            return (*LOOPBACK, self.host, *self.hosts)
        return None


class Options(Struct, frozen=True, kw_only=True):
    """How the processes of a server serve.

    Attributes:
        names: What the server is known by; None for any name.
        has_login: Whether users have to log in.
        access_log: Whether every request is a line of the log.
        proxies: Addresses whose word on where a request came from is taken.
        webhook_hosts: Places that webhooks may be delivered to although they are not of the open internet.
        delivers: Whether it delivers what is in the outbox of webhooks.
    """

    names: tuple[str, ...] | None = LOOPBACK
    has_login: bool = False
    access_log: bool = False
    proxies: tuple[str, ...] = ()
    webhook_hosts: tuple[str, ...] = ()
    delivers: bool = True


def check_address(address: Address, *, has_login: bool, insecure: bool) -> None:
    """Refuse to listen where strangers are, as long as nobody has to log in.

    Raises:
        InvalidArgument: The address is wider than the loopback, and nobody said that this is meant.
    """
    if not (address.is_loopback or has_login or insecure):
        raise InvalidArgument(
            f"on {address.host} everybody who reaches this machine could read and change all of it: say --login to "
            "have users log in, or --insecure",
            field="host",
        )


def listen(address: Address) -> socket.socket:
    """Return a socket that listens there.

    Raises:
        Unavailable: Something else does, or the host is none of this machine's.
    """
    try:
        family = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # An answer goes out in two writes: the second would wait 40 ms until the client acknowledges the first.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind((address.host, address.port))
    except OSError as error:
        raise Unavailable(
            f"cannot listen on {address.host} port {address.port}: {error.strerror or error}; choose another --port"
        ) from error
    return listener


def serve(location: Location, options: Options, listener: socket.socket, *, workers: int) -> None:
    """Serve a store until the process is told to stop, and end what was begun."""
    os.environ[_OPTIONS] = msgspec.json.encode(options).decode()
    os.environ["RUNSTONE_TRACKING_URI"] = location.uri
    config = uvicorn.Config(
        f"{__name__}:from_environment",
        factory=True,
        workers=workers,
        http=PatientProtocol,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(options.proxies),
        forwarded_allow_ips=list(options.proxies),
        timeout_graceful_shutdown=_STOP_S,
    )
    if workers == 1:
        uvicorn.Server(config).run(sockets=[listener])
        return
    listener.set_inheritable(True)
    os.environ[_METRICS_FOLDER] = tempfile.mkdtemp(prefix="runstone-metrics-")
    try:
        Multiprocess(config, sockets=[listener]).run()
    finally:
        shutil.rmtree(os.environ.pop(_METRICS_FOLDER), ignore_errors=True)


def from_environment() -> ASGIApp:
    """Return the application that a process of the server runs, for the store that the environment names."""
    options = msgspec.json.decode(os.environ.get(_OPTIONS, "{}"), type=Options)
    write_json_lines()
    session = Session(current_location(), load())
    backend = open_backend(session.store, session.blobs, options.webhook_hosts)
    authenticator = Authenticator(backend.store) if options.has_login else None
    app = create_app(
        backend, authenticator=authenticator, silence_s=session.settings.silence_s, delivers=options.delivers
    )
    return Observed(Guard(app, options.names), access_log=options.access_log)
