"""MLflow's own tests of its REST store, run against our server.

They are no part of MLflow's package, so a checkout of its repository is needed, of about the version in
``tests/compat/environments/mlflow.txt``, anywhere outside this repository::

    git clone --depth 1 --branch v3.17.2 https://github.com/mlflow/mlflow /elsewhere/mlflow
    make setup .tools/mlflow/.synced
    .venv/bin/python -m tests.compat.own_suite --checkout /elsewhere/mlflow

The tests are MLflow's, as they are; ``plugin.py`` puts a fresh server of ours in the place of the one that they start.
What is about things that Runstone does not do (traces and the rest of GenAI), or looks into MLflow's server from
within, is left out by name (``LEFT_OUT``).  What follows ``--`` goes to pytest: ``-- -k batch -x``.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
PYTHON = ROOT / ".tools" / "mlflow" / "bin" / "python"

FILES = ("tests/tracking/test_rest_tracking.py", "tests/tracking/test_model_registry.py")

LEFT_OUT = (
    # Things that Runstone does not do.
    *("trace", "span", "otel", "assessment", "scorer", "gateway", "secret", "endpoint_", "dataset_with_", "eval"),
    *("evaluation_dataset", "label_schema", "review_queue", "issue", "prompt_optim", "job", "graphql", "budget"),
    *("_experiments_rest", "experiments_at_once", "endpoint", "provider", "model_definition", "test_list_models"),
    *("promptlab", "workspace", "mcp", "guardrail", "archival", "session", "labeling", "online_", "databricks", "_cli"),
    # Tests that look into MLflow's server, or start one with options of its own.
    *("optimized_impl", "_handler", "upload_artifact_handler", "server_info", "app_", "static_prefix"),
)


def main() -> int:
    """Run the tests and return pytest's exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--checkout", type=Path, required=True, help="MLflow's repository")
    parser.add_argument("rest", nargs="*", help="for pytest")
    given = parser.parse_args()
    checkout = given.checkout.absolute()
    with tempfile.TemporaryDirectory(prefix="runstone-own-suite-") as extra:
        install = [ROOT / ".tools" / "bin" / "uv", "pip", "install", "--quiet", "--target", extra, "--python", PYTHON]
        subprocess.run([*install, "pytest", "pytest-timeout"], check=True)
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([extra, str(HERE), str(checkout)]),
            "RUNSTONE_PYTHON": sys.executable,
            "MLFLOW_DISABLE_TELEMETRY": "true",
        }
        command = [PYTHON, "-m", "pytest", "-p", "plugin", "-p", "no:cacheprovider", "--timeout", "120", "-q"]
        command += ["-k", " and ".join(f"not {name}" for name in LEFT_OUT), *FILES, *given.rest]
        return subprocess.run(command, cwd=checkout, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
