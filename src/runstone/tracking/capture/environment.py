"""The environment: interpreter, platform, every installed distribution, lock file, telling variables."""

from __future__ import annotations

import json
import os
import platform
import sys
from pathlib import Path

from runstone.core.secrets import redact_env
from runstone.tracking.capture.captured import Captured

_LOCK_FILES = (
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "Pipfile.lock",
    "pixi.lock",
    "conda-lock.yml",
    "environment.yml",
    "environment.yaml",
    "requirements.txt",
)
_MAX_LOCK = 10 * 1024 * 1024
_PREFIXES = (
    "CUDA_",
    "NVIDIA_",
    "NCCL_",
    "CUBLAS_",
    "SLURM_",
    "OMP_",
    "MKL_",
    "OPENBLAS_",
    "TORCH_",
    "PYTORCH_",
    "TF_",
    "XLA_",
    "JAX_",
    "RAY_",
    "KUBERNETES_",
    "CONDA_",
)
_NAMES = frozenset(
    (
        "RANK",
        "WORLD_SIZE",
        "LOCAL_RANK",
        "LOCAL_WORLD_SIZE",
        "NODE_RANK",
        "MASTER_ADDR",
        "MASTER_PORT",
        "PYTHONHASHSEED",
        "PYTHONPATH",
        "PYTHONOPTIMIZE",
        "VIRTUAL_ENV",
        "LANG",
        "LC_ALL",
        "TZ",
    )
)


def capture_environment(folder: Path | None = None) -> Captured:
    """Return files that say in which environment the program ran."""
    distributions = installed()
    facts = {
        "python": sys.version,
        "implementation": platform.python_implementation(),
        "executable": sys.executable,
        "prefix": sys.prefix,
        "platform": platform.platform(),
        "libc": " ".join(platform.libc_ver()),
        "variables": redact_env(_variables()),
        "distributions": distributions,
    }
    files = {
        "runstone/environment/environment.json": json.dumps(facts, indent=1, sort_keys=True).encode("utf-8", "replace"),
        "runstone/environment/requirements.txt": "".join(
            f"{name}=={version}\n" for name, version in distributions.items()
        ).encode(),
    }
    lock = find_lock_file(folder or Path.cwd())
    if lock is not None and lock.stat().st_size <= _MAX_LOCK:
        files[f"runstone/environment/{lock.name}" if lock.name != "requirements.txt" else _GIVEN] = lock.read_bytes()
    return Captured({}, files)


_GIVEN = "runstone/environment/requirements.given.txt"
"""A project's own requirements file, beside the list of what is installed."""

_installed: tuple[tuple[object, ...], dict[str, str]] | None = None


def installed() -> dict[str, str]:
    """Return the version of each installed distribution by its name, sorted; remembered until a folder changes."""
    global _installed
    state = tuple((entry, _modified_ns(entry)) for entry in sys.path)
    if _installed is None or _installed[0] != state:
        _installed = (state, _scan())
    return _installed[1]


def _scan() -> dict[str, str]:
    """Read names and versions off the metadata folders' names, and only where these do not say, the metadata."""
    found: dict[str, str] = {}
    for entry in reversed(sys.path):
        folder = Path(entry or ".")
        try:
            names = os.listdir(folder)  # names are all that is wanted
        except OSError:
            continue
        for name in names:
            if name.endswith(".dist-info"):
                project, dash, version = name.removesuffix(".dist-info").rpartition("-")
                if dash:
                    found[_normalised(project)] = version
            elif name.endswith(".egg-info"):
                project, _, version = name.removesuffix(".egg-info").partition("-")
                found.setdefault(_normalised(project), version.partition("-")[0] or "unknown")
    return dict(sorted(found.items()))


def _normalised(project: str) -> str:
    """Return a distribution's name as PEP 503 spells it."""
    return project.lower().replace("_", "-").replace(".", "-")


def find_lock_file(folder: Path) -> Path | None:
    """Return the nearest lock file upward, up to the root of the git repository."""
    for here in (folder, *folder.parents):
        for name in _LOCK_FILES:
            if (here / name).is_file():
                return here / name
        if (here / ".git").exists():
            return None
    return None


def _variables() -> dict[str, str]:
    return {name: value for name, value in sorted(os.environ.items()) if name in _NAMES or name.startswith(_PREFIXES)}


def _modified_ns(entry: str) -> int:
    try:
        return os.stat(entry or ".").st_mtime_ns  # called for every entry of sys.path
    except OSError:
        return 0
