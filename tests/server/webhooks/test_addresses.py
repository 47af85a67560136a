"""Deliveries go to the open internet, and inside only where the admin allows it."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest

from runstone.core.errors import InvalidArgument, PermissionDenied
from runstone.server.webhooks.addresses import Allowed, connect, is_public
from runstone.server.webhooks.posting import NoReply, post

_INNER = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2001:0:0:0:0:0:80ff:fefe",
    "0.1.2.3",
    "192.0.0.192",
    "168.63.129.16",
    "192.88.99.1",
    "198.51.100.1",
    "203.0.113.1",
    "100::1",
    "1::1",
    "2001:2::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fec0::1",
    "fd00:ec2::254",
    "::2",
    "::ffff:0:7f00:1",
    "::ffff:169.254.169.254",
    "2002:c0a8:1::1",
    "64:ff9b::a00:1",
]


@pytest.mark.parametrize("address", _INNER)
def test_inner_addresses_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "93.184.216.34",
        "1.1.1.1",
        "172.15.0.1",
        "172.32.0.1",
        "2606:4700:4700::1111",
        "64:ff9b::101:101",
        "2002:101:101::1",
    ],
)
def test_addresses_of_the_open_internet_are(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:{port}/",
        "http://127.0.0.1:{port}/",
        "http://127.1:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f000001:{port}/",
        "http://0:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://user@127.0.0.1:{port}/",
        "http://LOCALHOST.:{port}/",
        "http://[::ffff:7f00:1]:{port}/",
        "http://[::1%25lo]:{port}/",
        "http://017700000001:{port}/",
        "http://127.0.0.1\\@1.1.1.1:{port}/",
        "http://①②⑦.0.0.1:{port}/",
    ],
)
def test_no_spelling_of_the_loopback_is_connected_to(url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)

        with pytest.raises((PermissionDenied, NoReply)):
            post(url.format(port=listener.getsockname()[1]), b"", {}, Allowed(), total_s=2)

        with pytest.raises(BlockingIOError):
            listener.accept()


def test_a_name_that_means_an_inner_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *args, **kw: real("127.0.0.1", *args, **kw))

    with pytest.raises(PermissionDenied, match="--allow-webhook-host"):
        connect("hooks.example.com", 80, 2, Allowed())


def test_a_name_that_changes_its_meaning_is_connected_to_as_it_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def rebinding(host: str, port: int, **kw: Any) -> list[Any]:
        asked.append(host)
        address = "192.0.2.7" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)

    with pytest.raises(PermissionDenied):
        connect("hooks.example.com", 80, 0.1, Allowed())
    assert len(asked) == 1


@pytest.mark.parametrize("place", ["localhost", "127.0.0.0/8", "127.0.0.1", "LOCALHOST."])
def test_an_admin_allows_hosts_and_networks(place: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        connect("localhost", listener.getsockname()[1], 2, Allowed([place])).close()


def test_a_network_is_allowed_in_whatever_way_its_addresses_are_written() -> None:
    assert Allowed(["10.0.0.0/8"]).allows("x", ipaddress.ip_address("::ffff:10.0.0.1"))
    assert not Allowed(["10.0.0.0/8"]).allows("x", ipaddress.ip_address("::ffff:192.168.0.1"))


def test_what_is_allowed_is_all_that_is(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PermissionDenied):
        connect("127.0.0.1", 80, 1, Allowed(["hooks.internal", "10.0.0.0/8"]))


@pytest.mark.parametrize("place", ["", "a b", "10.0.0.0/99", "http://x/", "*", "*.internal", "ci:8080"])
def test_what_is_no_place_is_refused(place: str) -> None:
    with pytest.raises(InvalidArgument):
        Allowed([place])
