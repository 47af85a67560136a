"""How much of the machine is in use, over time."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

from runstone.tracking.capture.captured import report_failure

_MEGABYTE = 1e6
_FIRST_SPAN_S = 1.0

Sample = dict[str, float]
Part = tuple[str, Callable[[], Sample]]


class UsageSampler:
    """Samples CPU, memory, disk, network and GPU from a thread of its own, under MLflow's names.

    Nothing is loaded before the first interval is over, so a short program pays nothing.  A part that fails is left out
    from then on.  A forked child has no sampler.

    Args:
        interval_s: Seconds between samples.
        emit: Called with each sample, from the sampler's thread.
    """

    def __init__(self, interval_s: float, emit: Callable[[Sample], None]) -> None:
        self._interval_s = interval_s
        self._emit = emit
        self._pid = os.getpid()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="runstone-usage", daemon=True)

    def start(self) -> None:
        """Begin sampling."""
        self._thread.start()

    def stop(self) -> None:
        """End sampling at once, between two samples."""
        if self._pid != os.getpid():
            return
        self._stopped.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout=10)

    def _loop(self) -> None:
        if self._stopped.wait(self._interval_s):
            return
        parts = _ready("usage by psutil", machine_parts) + _ready("usage by NVML", gpu_parts)
        # Use of a CPU is that between two looks; the first was taken just now.
        wait_s = min(self._interval_s, _FIRST_SPAN_S)
        while parts and not self._stopped.wait(wait_s):
            sample, parts = take(parts)
            try:
                self._emit(sample)
            except Exception as error:  # noqa: BLE001  # The rim: nobody else would hear of it.
                report_failure("usage", error)
                return
            wait_s = self._interval_s


def take(parts: list[Part]) -> tuple[Sample, list[Part]]:
    """Return what the parts say now, together, and those of them that go on."""
    sample: Sample = {}
    working: list[Part] = []
    for name, part in parts:
        try:
            sample.update(part())
        except Exception as error:  # noqa: BLE001  # The rim: the other parts go on.
            report_failure(f"usage ({name})", error)
        else:
            working.append((name, part))
    return sample, working


def _ready(name: str, make: Callable[[], list[Part]]) -> list[Part]:
    try:
        return make()
    except Exception as error:  # noqa: BLE001  # The rim: without psutil there is still NVML.
        report_failure(name, error)
        return []


def machine_parts() -> list[Part]:
    """Return what can be sampled of the machine and this process.

    Raises:
        ImportError: psutil is not installed.
    """
    import psutil

    process = psutil.Process()
    process.cpu_percent()
    psutil.cpu_percent()
    network = _counters(psutil.net_io_counters)
    disk = _counters(psutil.disk_io_counters)
    folder = os.getcwd()

    def cpu() -> Sample:
        return {"system/cpu_utilization_percentage": psutil.cpu_percent()}

    def memory() -> Sample:
        machine = psutil.virtual_memory()
        return {
            "system/system_memory_usage_megabytes": machine.used / _MEGABYTE,
            "system/system_memory_usage_percentage": machine.used / machine.total * 100,
        }

    def own() -> Sample:
        return {
            "system/process_cpu_percentage": process.cpu_percent(),
            "system/process_memory_megabytes": process.memory_info().rss / _MEGABYTE,
        }

    def disk_space() -> Sample:
        space = psutil.disk_usage(folder)
        return {
            "system/disk_usage_percentage": space.percent,
            "system/disk_usage_megabytes": space.used / _MEGABYTE,
            "system/disk_available_megabytes": space.free / _MEGABYTE,
        }

    def disk_traffic() -> Sample:
        now: Any = psutil.disk_io_counters()
        return {
            "system/disk_read_megabytes": (now.read_bytes - disk.read_bytes) / _MEGABYTE,
            "system/disk_write_megabytes": (now.write_bytes - disk.write_bytes) / _MEGABYTE,
        }

    def network_traffic() -> Sample:
        now: Any = psutil.net_io_counters()
        return {
            "system/network_receive_megabytes": (now.bytes_recv - network.bytes_recv) / _MEGABYTE,
            "system/network_transmit_megabytes": (now.bytes_sent - network.bytes_sent) / _MEGABYTE,
        }

    parts: list[Part] = [("CPU", cpu), ("memory", memory), ("process", own), ("disk space", disk_space)]
    # Containers may hide these; that is no failure.
    if disk is not None:
        parts.append(("disk traffic", disk_traffic))
    if network is not None:
        parts.append(("network", network_traffic))
    return parts


def _counters(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except (OSError, RuntimeError):
        return None


def gpu_parts() -> list[Part]:
    """Return what can be sampled of the NVIDIA GPUs; nothing where there are none."""
    from runstone.tracking.capture.nvml import open_nvml

    nvml = open_nvml()
    if nvml is None:
        return []

    def memory(handle: Any) -> Sample:
        use = nvml.nvmlDeviceGetMemoryInfo(handle)
        return {
            "memory_usage_megabytes": use.used / _MEGABYTE,
            "memory_usage_percentage": use.used / use.total * 100,
        }

    def utilization(handle: Any) -> Sample:
        return {"utilization_percentage": float(nvml.nvmlDeviceGetUtilizationRates(handle).gpu)}

    def power(handle: Any) -> Sample:
        return {"power_usage_watts": nvml.nvmlDeviceGetPowerUsage(handle) / 1000}

    def temperature(handle: Any) -> Sample:
        return {"temperature": float(nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU))}

    def of_one(index: int, handle: Any, read: Callable[[Any], Sample]) -> Callable[[], Sample]:
        return lambda: {f"system/gpu_{index}_{name}": value for name, value in read(handle).items()}

    return [
        (f"GPU {index} {read.__name__}", of_one(index, nvml.nvmlDeviceGetHandleByIndex(index), read))
        for index in range(nvml.nvmlDeviceGetCount())
        for read in (memory, utilization, power, temperature)
    ]
