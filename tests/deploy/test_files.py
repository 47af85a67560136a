"""The container image, the compose file and the proxy, checked as far as can be without a container engine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from runstone.cli.main import root
from runstone.cli.server import server

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
NGINX = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
REPLICAS = ("runstone-1", "runstone-2")


def _options(command: list[str]) -> dict[str, Any]:
    """Return how our own command line reads the arguments of a container."""
    plain = [re.sub(r"\$\{\w+:-(.*)\}", r"\1", str(word)) for word in command]
    assert plain[0] == "server"
    with (
        click.Context(root, info_name="runstone", **root.context_settings) as above,
        server.make_context("server", plain[1:], parent=above) as context,
    ):
        return context.params


@pytest.mark.parametrize("name", REPLICAS)
def test_the_replicas_are_told_what_the_command_understands(name: str) -> None:
    options = _options(COMPOSE["services"][name]["command"])

    assert (options["host"], options["login"], options["insecure"]) == ("0.0.0.0", True, False)
    assert options["proxies"] == (COMPOSE["services"]["proxy"]["networks"]["inside"]["ipv4_address"],)
    assert options["hosts"] == ("localhost",)


def test_the_image_starts_a_server_that_asks_who_comes() -> None:
    found = re.search(r"^CMD (\[.*\])$", DOCKERFILE, re.M)
    assert found

    options = _options(yaml.safe_load(found[1]))

    assert (options["host"], options["login"]) == ("0.0.0.0", True)
    assert f"EXPOSE {options['port']}" in DOCKERFILE
    assert re.search(r"^USER runstone$", DOCKERFILE, re.M)


def test_the_image_is_made_of_what_there_is() -> None:
    tomllib = pytest.importorskip("tomllib")  # of Python 3.11

    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]

    assert set(re.findall(r"--extra (\w+)", DOCKERFILE)) == {"server", "postgres", "s3"} <= set(extras)
    copied = {name for line in re.findall(r"^COPY (?!--)(.*)$", DOCKERFILE, re.M) for name in line.split()[:-1]}
    assert all((ROOT / name).exists() for name in copied)
    ignored = (ROOT / ".dockerignore").read_text("utf-8")
    assert all(f"!{name.partition('/')[0]}" in ignored for name in copied)


def test_the_proxy_knows_all_replicas_and_streams_what_must_stream() -> None:
    assert re.findall(r"server (\S+):5000", NGINX) == list(REPLICAS)
    assert "proxy_buffering off" in NGINX.partition("/api/v1/events")[2]
    assert NGINX.count("{") == NGINX.count("}")
    listen = re.search(r"listen (\d+);", NGINX)
    assert listen
    assert COMPOSE["services"]["proxy"]["ports"][0].endswith(f":{listen[1]}")


def test_no_password_is_written_down_and_all_that_is_asked_for_is_in_the_example() -> None:
    text = (ROOT / "compose.yaml").read_text("utf-8")
    asked = set(re.findall(r"\$\{(\w+)", text))
    given = set(re.findall(r"^(\w+)=", (ROOT / "deploy" / "example.env").read_text("utf-8"), re.M))

    assert asked == given
    assert not re.search(r"(PASSWORD|SECRET\w*): (?!\$\{)", text)


def test_everything_that_somebody_waits_for_says_when_it_is_there() -> None:
    services = COMPOSE["services"]
    for name, service in services.items():
        for other, wanted in service.get("depends_on", {}).items():
            assert other in services
            is_checked = "healthcheck" in services[other] or services[other].get("image") == "runstone"
            assert wanted["condition"] != "service_healthy" or is_checked, f"{name} waits for {other} for ever"
