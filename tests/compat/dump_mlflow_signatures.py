"""Writes ``mlflow_signatures.json`` from an installed MLflow: ``python dump_mlflow_signatures.py`` with its Python."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

EMPTY = inspect.Parameter.empty


def parameters_of(function: Any) -> list[dict[str, Any]]:
    """Return name, kind and default (in words) of each parameter."""
    return [
        {
            "name": parameter.name,
            "kind": parameter.kind.name,
            "default": None if parameter.default is EMPTY else repr(parameter.default),
        }
        for parameter in inspect.signature(function).parameters.values()
        if parameter.name != "self"
    ]


def main() -> None:
    """Write the file beside this one."""
    import mlflow

    fluent = {
        name: parameters_of(getattr(mlflow, name))
        for name in sorted(mlflow.__all__)
        if inspect.isfunction(getattr(mlflow, name, None))
    }
    client = {
        name: parameters_of(member)
        for name, member in sorted(inspect.getmembers(mlflow.MlflowClient, inspect.isfunction))
        if not name.startswith("_")
    }
    written = {"version": mlflow.__version__, "fluent": fluent, "client": client}
    path = Path(__file__).with_name("mlflow_signatures.json")
    path.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
