"""Which addresses deliveries may go to, and connections that go nowhere else.

The name in a URL is resolved once; what it resolves to is checked, and connected to as it was checked.  So neither a
name that means an inner address, nor one that changes its meaning in between, leads inside.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from runstone.core.errors import InvalidArgument, PermissionDenied

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.IPv6Network("64:ff9b:1::/48")


class Allowed:
    """Addresses that are allowed although they are not public.

    Args:
        places: Names of hosts, addresses, and networks (``10.0.0.0/8``).

    Raises:
        InvalidArgument: One is none of these.
    """

    def __init__(self, places: Sequence[str] = ()) -> None:
        self._names: set[str] = set()
        self._networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = []
        for place in places:
            try:
                self._networks.append(ipaddress.ip_network(place, strict=False))
            except ValueError:
                if not place or "/" in place or any(char.isspace() for char in place):
                    raise InvalidArgument(f"neither a host nor a network: {place[:100]!r}", field="hosts") from None
                self._names.add(place.lower().rstrip("."))

    def allows(self, host: str, address: Address) -> bool:
        """Say whether a delivery to a host may go to this address of its."""
        if is_public(address) or host.lower().rstrip(".") in self._names:
            return True
        return any(address in network for network in self._networks if network.version == address.version)


def is_public(address: Address) -> bool:
    """Say whether an address is one of the open internet, with what IPv6 wraps around an IPv4 address taken off."""
    inner: Address | None = None
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if address in _NAT64_LOCAL or (int(address) >> 32 == 0 and int(address) > 1):
            return False
    if inner is not None:
        return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


def connect(host: str, port: int, timeout_s: float | None, allowed: Allowed) -> socket.socket:
    """Return a connection to a host, at an address that is allowed.

    Raises:
        PermissionDenied: It has none.
        OSError: It cannot be reached.
    """
    name = host.strip("[]")
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    fault: OSError | None = None
    refused = False
    for family, kind, protocol, _, where in found:
        if not allowed.allows(name, ipaddress.ip_address(str(where[0]).partition("%")[0])):
            refused = True
            continue
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(timeout_s)
            connection.connect(where)
        except OSError as error:
            connection.close()
            fault = error
        else:
            return connection
    if fault is None and refused:
        raise PermissionDenied(
            f"{name} is not a host of the open internet; an admin allows it with --allow-webhook-host"
        )
    raise fault or OSError(f"{name} has no address")


def pool_manager(allowed: Allowed, timeout: urllib3.Timeout) -> urllib3.PoolManager:
    """Return what sends requests to allowed addresses only: without a proxy, and without following redirects."""

    class _Connection(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self._dns_host, int(self.port or 80), _seconds(self.timeout), allowed)

    class _SecureConnection(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self._dns_host, int(self.port or 443), _seconds(self.timeout), allowed)

    class _Pool(HTTPConnectionPool):
        ConnectionCls = _Connection

    class _SecurePool(HTTPSConnectionPool):
        ConnectionCls = _SecureConnection

    manager = urllib3.PoolManager(timeout=timeout, retries=False)
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
    return manager


def _seconds(timeout: Any) -> float | None:
    return float(timeout) if isinstance(timeout, int | float) else None
