"""Which addresses deliveries may go to, and connections that go nowhere else.

The name in a URL is resolved once; what it resolves to is checked, and connected to as it was checked.  So neither a
name that means an inner address, nor one that changes its meaning in between, leads inside.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Sequence

from runstone.core.errors import InvalidArgument, PermissionDenied

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# IANA's registries of special-purpose addresses, written out: what Python's ``is_global`` makes of them differs from
# version to version, and is too wide for what must not be reached.
_INNER_4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",  # this host
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # behind a carrier's NAT; Alibaba's metadata service
            "127.0.0.0/8",  # loopback
            "168.63.129.16/32",  # Azure's services for its machines, at an address like any other
            "169.254.0.0/16",  # link-local; the metadata services of most clouds
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments; Oracle's metadata service
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # relays of 6to4
            "192.168.0.0/16",  # private
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, broadcast
        ),
    )
)
_OUTER_6 = ipaddress.IPv6Network("2000::/3")
"""The only addresses of IPv6 that are given out for the open internet."""

_INNER_6 = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID
            "2001:db8::/32",  # documentation
            "3fff::/20",  # documentation
        ),
    )
)
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")


class Allowed:
    """Addresses that are allowed although they are not public.

    Args:
        places: Names of hosts, addresses, and networks (``10.0.0.0/8``).

    Raises:
        InvalidArgument: One is none of these.
    """

    def __init__(self, places: Sequence[str] = ()) -> None:
        self._names: set[str] = set()
        self._networks: list[Network] = []
        for place in places:
            try:
                self._networks.append(ipaddress.ip_network(place, strict=False))
            except ValueError:
                if not place or any(char.isspace() or char in "/:@*?" for char in place):
                    raise InvalidArgument(f"neither a host nor a network: {place[:100]!r}", field="hosts") from None
                self._names.add(_plain(place))

    def allows(self, host: str, address: Address) -> bool:
        """Say whether a delivery to a host may go to this address of its."""
        if is_public(address) or _plain(host) in self._names:
            return True
        meant = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _MAPPED else address
        return any(meant in network for network in self._networks)


def is_public(address: Address) -> bool:
    """Say whether an address is one of the open internet; what IPv6 wraps around an IPv4 address is taken off."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _INNER_4)
    if address in _MAPPED or address in _NAT64:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    if address in _SIX_TO_FOUR:
        return is_public(ipaddress.IPv4Address(int(address) >> 80 & 0xFFFFFFFF))
    return address in _OUTER_6 and not any(address in network for network in _INNER_6)


def connect(host: str, port: int, timeout_s: float, allowed: Allowed) -> socket.socket:
    """Return a connection to a host, at an address that is allowed.

    Args:
        timeout_s: For all its addresses together.

    Raises:
        PermissionDenied: It has none.
        OSError: It cannot be reached.
    """
    name = host.strip("[]")
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    give_up = time.monotonic() + timeout_s
    fault: OSError | None = None
    refused = False
    for left, (family, kind, protocol, _, where) in zip(range(len(found), 0, -1), found, strict=True):
        if not allowed.allows(name, ipaddress.ip_address(str(where[0]).partition("%")[0])):
            refused = True
            continue
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(max(0.001, (give_up - time.monotonic()) / left))
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


def _plain(host: str) -> str:
    return host.lower().rstrip(".")
