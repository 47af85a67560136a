"""What a container or batch job may use of the machine: limits of control groups, version 2 and 1.

Format: the Linux kernel's documents admin-guide/cgroup-v2 and admin-guide/cgroup-v1.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

_ROOT = "/sys/fs/cgroup"
_UNLIMITED = 1 << 60
"""Version 1 writes a number near 2**63 where there is no limit."""


def granted_cores(root: str = _ROOT) -> float | None:
    """Return the processor time that may be used, in cores; None without a limit."""
    limits: list[float] = []
    for folder in _folders(root, ""):
        quota, _, period = _read(f"{folder}/cpu.max").partition(" ")
        if quota.isdigit() and period.isdigit():
            limits.append(int(quota) / int(period))
    for folder in _folders(root, "cpu"):
        quota, period = _read(f"{folder}/cpu.cfs_quota_us"), _read(f"{folder}/cpu.cfs_period_us")
        if quota.isdigit() and period.isdigit():
            limits.append(int(quota) / int(period))
    return min(limits, default=None)


def granted_memory(root: str = _ROOT) -> int | None:
    """Return the memory that may be used, in bytes; None without a limit."""
    texts = [_read(f"{folder}/memory.max") for folder in _folders(root, "")]
    texts += [_read(f"{folder}/memory.limit_in_bytes") for folder in _folders(root, "memory")]
    return min((int(text) for text in texts if text.isdigit() and int(text) < _UNLIMITED), default=None)


def _folders(root: str, controller: str) -> Iterator[str]:
    """Walk from this process's group up to the root: each group's limit holds for those below."""
    top = f"{root}/{controller}" if controller else root
    for line in _read("/proc/self/cgroup").splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controller in controllers.split(","):
            here = path.rstrip("/")
            while here and here != "/" and not here.startswith("/.."):
                yield top + here
                here = os.path.dirname(here)
    # In a container, the root that is visible is the container's own group.
    yield top


def _read(path: str) -> str:
    try:
        with open(path, encoding="ascii", errors="replace") as stream:
            return stream.read(65_536).strip()
    except OSError:
        return ""
