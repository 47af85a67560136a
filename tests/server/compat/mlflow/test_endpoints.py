"""The list of MLflow's calls, from which the documentation says of each whether it works here, is MLflow's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.server.compat.mlflow.conftest import RunClient

_LIST = Path(__file__).parents[4] / "docs" / "generator" / "mlflow_endpoints.txt"

_ASK = """
from mlflow.server.handlers import get_endpoints
for path, _, verbs in get_endpoints():
    if not path.startswith("/ajax-api"):
        for verb in verbs:
            print(verb, path.replace("/api/2.0mlflow/", "/api/2.0/mlflow/"))
"""


def test_the_list_of_calls_is_mlflows(run_client: RunClient) -> None:
    theirs = {line for line in run_client(_ASK).splitlines() if line.startswith(("GET", "POST", "P", "DELETE"))}

    assert set(_LIST.read_text("utf-8").splitlines()) == theirs
