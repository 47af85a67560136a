"""The machine: processors, memory, disk, GPUs."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from runstone.tracking.capture.captured import Captured, to_json
from runstone.tracking.capture.cgroups import granted_cores, granted_memory
from runstone.tracking.capture.nvml import open_nvml, text

_CORES = "/sys/devices/system/cpu"


def capture_hardware() -> Captured:
    """Return a file that describes the machine, and a tag with the names of its GPUs."""
    facts = {
        **_machine(),
        "cores_usable": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "cores_granted": granted_cores(),
        "memory_granted_bytes": granted_memory(),
        **_disk("."),
        **gpus(),
    }
    names = [gpu["name"] for gpu in facts["gpus"]]
    counts = {name: names.count(name) for name in names}
    shown = ", ".join(name if count == 1 else f"{count} × {name}" for name, count in counts.items())
    files = {"runstone/environment/hardware.json": to_json(facts)}
    return Captured({"runstone.gpu": shown} if shown else {}, files)


@cache
def gpus() -> dict[str, Any]:
    """Return each NVIDIA GPU, and the versions of driver and CUDA; no GPUs where there is no driver."""
    nvml = open_nvml()
    if nvml is None:
        return {"gpus": []}
    try:
        handles = [nvml.nvmlDeviceGetHandleByIndex(index) for index in range(nvml.nvmlDeviceGetCount())]
        cuda = nvml.nvmlSystemGetCudaDriverVersion()
        return {
            "gpus": [
                {
                    "name": text(nvml.nvmlDeviceGetName(handle)),
                    "uuid": text(nvml.nvmlDeviceGetUUID(handle)),
                    "memory_bytes": int(nvml.nvmlDeviceGetMemoryInfo(handle).total),
                }
                for handle in handles
            ],
            "gpu_driver": text(nvml.nvmlSystemGetDriverVersion()),
            "cuda": f"{cuda // 1000}.{cuda % 1000 // 10}",
        }
    finally:
        nvml.nvmlShutdown()


@cache
def _machine() -> dict[str, Any]:
    if os.path.exists("/proc/cpuinfo"):
        return {
            "cpu": cpu_model(_head("/proc/cpuinfo")) or os.uname().machine,
            "machine": os.uname().machine,
            "cores_logical": os.cpu_count(),
            "cores_physical": physical_cores(),
            "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        }
    import platform

    import psutil

    return {
        "cpu": platform.processor() or platform.machine(),
        "machine": platform.machine(),
        "cores_logical": os.cpu_count(),
        "cores_physical": psutil.cpu_count(logical=False),
        "memory_bytes": psutil.virtual_memory().total,
    }


def _disk(folder: str) -> dict[str, int]:
    if hasattr(os, "statvfs"):  # shutil would import every compression there is.
        space = os.statvfs(folder)
        return {
            "disk_total_bytes": space.f_blocks * space.f_frsize,
            "disk_free_bytes": space.f_bavail * space.f_frsize,
        }
    import shutil

    usage = shutil.disk_usage(folder)
    return {"disk_total_bytes": usage.total, "disk_free_bytes": usage.free}


def cpu_model(cpuinfo: str) -> str | None:
    """Return the processor's name out of ``/proc/cpuinfo``; ARM machines often give none."""
    names = ("model name", "Model", "Hardware", "cpu model", "cpu")
    fields = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in cpuinfo.splitlines())}
    return next((fields[name] for name in names if fields.get(name)), None)


def physical_cores(folder: str = _CORES) -> int | None:
    """Return how many cores there are, several hardware threads counted as one; None if the kernel does not say."""
    try:
        names = os.listdir(folder)
    except OSError:
        return None
    threads = {
        _head(f"{folder}/{name}/topology/thread_siblings_list")
        for name in names
        if name.startswith("cpu") and name[3:].isdigit()
    }
    return len(threads - {""}) or None


def _head(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read(4096)
    except OSError:
        return ""
