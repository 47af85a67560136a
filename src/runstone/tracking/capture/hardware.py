"""The machine: processors, memory, disk, GPUs."""

from __future__ import annotations

import json
import logging
import os
import platform
import shutil
from pathlib import Path
from typing import Any

from runstone.tracking.capture.captured import Captured

_log = logging.getLogger("runstone")


def capture_hardware() -> Captured:
    """Return a file that describes the machine, and tags for its GPUs."""
    total, _, free = shutil.disk_usage(".")
    gpus, driver = gpu_facts()
    facts = {
        "cpu": cpu_model(),
        "machine": platform.machine(),
        "cores_logical": os.cpu_count(),
        "cores_usable": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "cores_granted": _granted_cores(),
        "memory_bytes": _memory_bytes(),
        "memory_granted_bytes": _granted_memory(),
        "disk_total_bytes": total,
        "disk_free_bytes": free,
        "gpus": gpus,
        **driver,
    }
    tags = {"runstone.gpu": ", ".join(gpu["name"] for gpu in gpus)} if gpus else {}
    return Captured(tags, {"runstone/environment/hardware.json": json.dumps(facts, indent=1, sort_keys=True).encode()})


def cpu_model() -> str:
    """Return the processor's name."""
    for line in _text("/proc/cpuinfo").splitlines():
        name, _, value = line.partition(":")
        if name.strip() in ("model name", "Model", "Hardware"):
            return value.strip()
    return platform.processor() or platform.machine()


def gpu_facts() -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Return each NVIDIA GPU, and the versions of driver and CUDA; nothing where there is no driver."""
    if not Path("/dev/nvidiactl").exists() and not Path("/dev/dxg").exists():
        return [], {}
    try:
        import pynvml
    except ImportError:
        return [], {}
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        _log.debug("no GPU by NVML: %s", error)
        return [], {}
    try:
        handles = [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(pynvml.nvmlDeviceGetCount())]
        gpus = [
            {
                "name": _str(pynvml.nvmlDeviceGetName(handle)),
                "uuid": _str(pynvml.nvmlDeviceGetUUID(handle)),
                "memory_bytes": int(pynvml.nvmlDeviceGetMemoryInfo(handle).total),
            }
            for handle in handles
        ]
        cuda = pynvml.nvmlSystemGetCudaDriverVersion()
        versions = {
            "gpu_driver": _str(pynvml.nvmlSystemGetDriverVersion()),
            "cuda": f"{cuda // 1000}.{cuda % 1000 // 10}",
        }
        return gpus, versions
    finally:
        pynvml.nvmlShutdown()


def _str(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _memory_bytes() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return None


def _granted_cores() -> float | None:
    """Return the processors' time that the container may use, in cores; None without a limit."""
    quota, _, period = _text("/sys/fs/cgroup/cpu.max").strip().partition(" ")
    return int(quota) / int(period) if quota.isdigit() and period.isdigit() else None


def _granted_memory() -> int | None:
    """Return the memory that the container may use; None without a limit."""
    limit = _text("/sys/fs/cgroup/memory.max").strip()
    return int(limit) if limit.isdigit() else None


def _text(path: str) -> str:
    try:
        return Path(path).read_text("utf-8", "replace")
    except OSError:
        return ""
