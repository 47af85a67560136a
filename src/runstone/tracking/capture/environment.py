"""The environment: interpreter, platform, every installed distribution, lock file, telling variables."""

from __future__ import annotations

import os
import sys

from runstone.core.digest import digest_of
from runstone.core.secrets import redact, redact_env
from runstone.tracking.capture.captured import Captured, to_json
from runstone.tracking.capture.distributions import installed
from runstone.tracking.capture.program import code_folder
from runstone.tracking.capture.redaction import redact_file

_FOLDER = "runstone/environment"
_MOST_LOCK_BYTES = 4 * 1024 * 1024
_SMALL_LOCK_BYTES = 64 * 1024
# fmt: off
_LOCK_FILES = (
    "uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pixi.lock", "pylock.toml", "conda-lock.yml",
    "environment.yml", "environment.yaml", "requirements.txt", "pyproject.toml",
)
_PREFIXES = (
    "CUBLAS_", "CUDA_", "CUDNN_", "DEEPSPEED_", "GPU_", "HIP_", "JAX_", "KMP_", "LSB_", "MKL_", "NCCL_", "NUMEXPR_",
    "NVIDIA_", "OMPI_", "OMP_", "OPENBLAS_", "PBS_", "PYTORCH_", "RAY_", "ROCR_", "SLURM_", "TF_", "TORCH_", "XLA_",
)
_NAMES = frozenset((
    "CONDA_DEFAULT_ENV", "CONDA_PREFIX", "GROUP_RANK", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "LD_PRELOAD", "LOCAL_RANK",
    "LOCAL_WORLD_SIZE", "MALLOC_ARENA_MAX", "MASTER_ADDR", "MASTER_PORT", "NODE_RANK", "PYTHONDONTWRITEBYTECODE",
    "PYTHONHASHSEED", "PYTHONOPTIMIZE", "PYTHONPATH", "RANK", "ROLE_RANK", "TZ", "VIRTUAL_ENV", "WORLD_SIZE",
))
# fmt: on


def capture_environment(folder: str | None = None) -> Captured:
    """Return files that say in which environment the program ran.

    Args:
        folder: Where the search for lock files begins: the folder of the script, else the current one, if None.
    """
    files: dict[str, bytes] = {}
    distributions = installed()
    facts = {
        "python": _python(),
        "platform": _platform(),
        "variables": variables(),
        "lock_files": _keep_lock_files(folder or code_folder(), files),
        "distributions": len(distributions),
    }
    files[f"{_FOLDER}/environment.json"] = to_json(facts)
    lines = [distribution.requirement for distribution in distributions]
    files[f"{_FOLDER}/requirements.txt"] = ("\n".join(lines) + "\n").encode("utf-8", "replace")
    return Captured({}, files)


def variables() -> dict[str, str]:
    """Return the environment variables that are known to matter for results, without secrets."""
    chosen = {name: value for name, value in os.environ.items() if name in _NAMES or name.startswith(_PREFIXES)}
    return {name: _text(value) for name, value in sorted(redact_env(chosen).items())}


def lock_folder(folder: str) -> str | None:
    """Return the nearest folder upward that has a lock file, within the repository or else the folder itself."""
    here = os.path.abspath(folder)
    candidates: list[str] = []
    while True:
        candidates.append(here)
        parent = os.path.dirname(here)
        is_top = os.path.lexists(os.path.join(here, ".git"))
        if is_top or parent == here:
            break
        here = parent
    for candidate in candidates if is_top else candidates[:1]:
        if any(os.path.isfile(os.path.join(candidate, name)) for name in _LOCK_FILES):
            return candidate
    return None


def _keep_lock_files(folder: str, files: dict[str, bytes]) -> dict[str, dict[str, object]]:
    """Keep the lock files beside each other; return for each what it was before secrets were taken out."""
    found: dict[str, dict[str, object]] = {}
    place = lock_folder(folder)
    if place is None:
        return found
    for name in _LOCK_FILES:
        path = os.path.join(place, name)
        try:
            size = os.stat(path).st_size
            if size > _MOST_LOCK_BYTES:
                found[name] = {
                    "path": _text(path),
                    "size_bytes": size,
                    "left_out": f"more than {_MOST_LOCK_BYTES} bytes",
                }
                continue
            with open(path, "rb") as stream:
                data = stream.read(_MOST_LOCK_BYTES)
        except OSError:
            continue
        found[name] = {"path": _text(path), "size_bytes": len(data), "digest": digest_of(data)}
        files[f"{_FOLDER}/locks/{name}"] = _redact_lock(data)
    return found


def _redact_lock(data: bytes) -> bytes:
    """Take credentials out; in a large file, which a program wrote, they stand only in addresses."""
    if len(data) <= _SMALL_LOCK_BYTES:
        return redact_file(data)
    return b"".join(redact_file(line) if b"@" in line else line for line in data.splitlines(keepends=True))


def _python() -> dict[str, str]:
    return {
        "version": sys.version,
        "implementation": sys.implementation.name,
        "executable": _text(sys.executable or ""),
        "prefix": _text(sys.prefix),
    }


def _platform() -> dict[str, str]:
    facts = {"name": sys.platform}
    if hasattr(os, "uname"):
        system = os.uname()
        facts |= {"system": system.sysname, "release": system.release, "machine": system.machine}
    else:
        import platform

        facts |= {"system": platform.system(), "release": platform.release(), "machine": platform.machine()}
    try:
        facts["c_library"] = os.confstr("CS_GNU_LIBC_VERSION") or ""
    except (AttributeError, ValueError, OSError):  # Not glibc.
        pass
    if "PRETTY_NAME" in (release := _os_release()):
        facts["distribution"] = release["PRETTY_NAME"]
    return facts


def _os_release() -> dict[str, str]:
    try:
        with open("/etc/os-release", encoding="utf-8", errors="replace") as stream:
            pairs = (line.strip().partition("=") for line in stream)
            return {name: value.strip("\"'") for name, _, value in pairs}
    except OSError:
        return {}


def _text(value: str) -> str:
    return redact(value.encode("utf-8", "replace").decode())
