"""Running the application."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Sequence

import uvicorn
from msgspec import Struct
from uvicorn.supervisors import Multiprocess

from runstone.core.errors import InvalidArgument, Unavailable
from runstone.core.settings import load
from runstone.server.app import create_app
from runstone.server.backend import Backend
from runstone.server.guard import LOOPBACK, Guard
from runstone.tracking.location import Location
from runstone.tracking.session import Session, current_location

_STOP_S = 30
"""How long requests that were begun may take to end when the server stops."""

_HOSTS = "RUNSTONE_SERVER_HOSTS"
"""For the workers of a server: names it is known by, separated by commas; ``*`` for any."""


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


def check_address(address: Address, *, insecure: bool) -> None:
    """Refuse to listen where strangers are, as long as there is no login.

    Raises:
        InvalidArgument: The address is wider than the loopback, and nobody said that this is meant.
    """
    if not address.is_loopback and not insecure:
        raise InvalidArgument(
            f"on {address.host} everybody who reaches this machine could read and change all of it: listen on "
            "127.0.0.1 behind a proxy that asks who comes, or say --insecure",
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
        listener.bind((address.host, address.port))
    except OSError as error:
        raise Unavailable(
            f"cannot listen on {address.host} port {address.port}: {error.strerror or error}; choose another --port"
        ) from error
    return listener


def serve(location: Location, address: Address, listener: socket.socket, *, workers: int, access_log: bool) -> None:
    """Serve a store until the process is told to stop, and end what was begun."""
    names = _names(address)
    os.environ[_HOSTS] = "*" if names is None else ",".join(names)
    os.environ["RUNSTONE_TRACKING_URI"] = location.uri
    config = uvicorn.Config(
        f"{__name__}:from_environment",
        factory=True,
        workers=workers,
        access_log=access_log,
        log_level="info" if access_log else "warning",
        server_header=False,
        timeout_graceful_shutdown=_STOP_S,
    )
    if workers == 1:
        uvicorn.Server(config).run(sockets=[listener])
    else:
        listener.set_inheritable(True)
        Multiprocess(config, sockets=[listener]).run()


def from_environment() -> Guard:
    """Return the application that a process of the server runs, for the store that the environment names."""
    session = Session(current_location(), load())
    names = os.environ.get(_HOSTS, ",".join(LOOPBACK))
    hosts = None if names == "*" else names.split(",")
    return Guard(create_app(Backend(session.store, session.blobs)), hosts)


def _names(address: Address) -> Sequence[str] | None:
    """Return the names to be known by; None for any where strangers may come anyway."""
    if address.is_loopback or address.hosts:
        return (*LOOPBACK, address.host, *address.hosts)
    return None
