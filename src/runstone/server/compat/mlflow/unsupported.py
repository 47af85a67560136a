"""What MLflow's server offers and this one does not: it says so at once.

The status is 501, which MLflow's clients take for an answer: a 500 or 503 they would ask again and again for minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as HttpRoute

from runstone.core.errors import Unsupported
from runstone.server.compat.mlflow.answers import Endpoint, telling

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class Family(NamedTuple):
    """Calls that belong together.

    Attributes:
        what: What they are about, as the end of a sentence.
        instead: What serves the purpose here, if there is anything.
        paths: Where they are, and everything below; from the root, or below ``/api`` and ``/ajax-api``.
    """

    what: str
    instead: str
    paths: tuple[str, ...]


FAMILIES = (
    Family(
        "traces, spans and assessments",
        "",
        (
            "/2.0/mlflow/traces",
            "/3.0/mlflow/traces",
            "/2.0/mlflow/unified-traces",
            "/2.0/mlflow/get-online-trace-details",
            "/2.0/mlflow/get-trace-artifact",
            "/3.0/mlflow/get-trace-artifact",
            "/v1/traces",
        ),
    ),
    Family(
        "evaluation datasets, scorers, issues, label schemas and review queues",
        "",
        (
            "/3.0/mlflow/datasets",
            "/3.0/mlflow/scorers",
            "/3.0/mlflow/scorer",
            "/3.0/mlflow/genai",
            "/3.0/mlflow/issues",
            "/3.0/mlflow/label-schemas",
            "/3.0/mlflow/review-queues",
        ),
    ),
    Family(
        "the gateway to language models",
        "",
        ("/3.0/mlflow/gateway", "/2.0/mlflow/gateway-proxy", "/2.0/mlflow/runs/create-promptlab-run", "/gateway"),
    ),
    Family(
        "prompt optimisation and other jobs of the server",
        "",
        ("/3.0/mlflow/prompt-optimization", "/3.0/mlflow/jobs", "/3.0/jobs"),
    ),
    Family("MCP servers and the assistant", "", ("/3.0/mlflow/mcp-servers", "/3.0/mlflow/assistant")),
    Family("workspaces", "run a server for each", ("/3.0/mlflow/workspaces",)),
    Family(
        "users, roles and permissions through MLflow's API",
        "see `runstone users`",
        ("/2.0/mlflow/users", "/3.0/mlflow/users", "/3.0/mlflow/roles"),
    ),
    Family(
        "what only MLflow's own pages ask for",
        "",
        ("/graphql", "/3.0/mlflow/ui-telemetry", "/3.0/mlflow/demo"),
    ),
)


def routes() -> Iterator[HttpRoute]:
    """Yield the routes of all families."""
    for family in FAMILIES:
        refusing = _refusing(family)
        for path in family.paths:
            for prefix in ("/api", "/ajax-api") if path[1].isdigit() else ("",):
                yield HttpRoute(prefix + path, refusing, methods=_METHODS)
                yield HttpRoute(prefix + path + "/{rest:path}", refusing, methods=_METHODS)


def family_of(path: str) -> Family | None:
    """Return the family of a path, which is one below ``/api`` or from the root, or None."""
    for family in FAMILIES:
        if any(path == start or path.startswith(f"{start}/") for start in family.paths):
            return family
    return None


def _refusing(family: Family) -> Endpoint:
    why = f"this server does not offer {family.what}" + (f"; {family.instead}" if family.instead else "")

    async def refuse(request: Request) -> Response:
        raise Unsupported(why)

    return telling(refuse)
