"""How much of the machine is in use, over time."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

_log = logging.getLogger("runstone")

_MEGABYTE = 1e6

Sample = dict[str, float]


class UsageSampler:
    """Samples CPU, memory, disk, network and GPU from a thread, under MLflow's names.

    Nothing is loaded before the first interval is over, so a short program pays nothing.

    Args:
        interval_s: Seconds between samples.
        emit: Called with each sample from the sampler's thread.
    """

    def __init__(self, interval_s: float, emit: Callable[[Sample], None]) -> None:
        self._interval_s = interval_s
        self._emit = emit
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="runstone-usage", daemon=True)

    def start(self) -> None:
        """Begin sampling."""
        self._thread.start()

    def stop(self) -> None:
        """End sampling at once."""
        self._stopped.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout=10)

    def _loop(self) -> None:
        if self._stopped.wait(self._interval_s):
            return
        parts: list[tuple[str, Callable[[], Sample]]] = []
        self._try("psutil", lambda: parts.extend(_psutil_parts()))
        self._try("NVML", lambda: parts.extend(_gpu_parts()))
        while parts:
            sample: Sample = {}
            parts = [(name, part) for name, part in parts if self._try(name, _into(sample, part))]
            self._try("the journal", partial(self._emit, sample))
            if self._stopped.wait(self._interval_s):
                return

    def _try(self, name: str, work: Callable[[], Any]) -> bool:
        """The rim: a part that fails is named in one warning and left out from then on."""
        try:
            work()
        except Exception as error:  # noqa: BLE001
            _log.warning("use of the machine is no longer sampled by %s: %s", name, error)
            return False
        return True


def _into(sample: Sample, part: Callable[[], Sample]) -> Callable[[], None]:
    return lambda: sample.update(part())


def _psutil_parts() -> list[tuple[str, Callable[[], Sample]]]:
    import psutil

    process = psutil.Process()
    process.cpu_percent()
    psutil.cpu_percent()
    network = psutil.net_io_counters()
    disk = psutil.disk_io_counters()

    def cpu() -> Sample:
        return {
            "system/cpu_utilization_percentage": psutil.cpu_percent(),
            "system/process_cpu_percentage": process.cpu_percent(),
        }

    def memory() -> Sample:
        machine = psutil.virtual_memory()
        return {
            "system/system_memory_usage_megabytes": machine.used / _MEGABYTE,
            "system/system_memory_usage_percentage": machine.used / machine.total * 100,
            "system/process_memory_megabytes": process.memory_info().rss / _MEGABYTE,
        }

    def disk_space() -> Sample:
        space = psutil.disk_usage(os.sep)
        return {
            "system/disk_usage_percentage": space.percent,
            "system/disk_usage_megabytes": space.used / _MEGABYTE,
            "system/disk_available_megabytes": space.free / _MEGABYTE,
        }

    def disk_traffic() -> Sample:
        now = psutil.disk_io_counters()
        if now is None or disk is None:
            return {}
        return {
            "system/disk_read_megabytes": (now.read_bytes - disk.read_bytes) / _MEGABYTE,
            "system/disk_write_megabytes": (now.write_bytes - disk.write_bytes) / _MEGABYTE,
        }

    def network_traffic() -> Sample:
        now = psutil.net_io_counters()
        return {
            "system/network_receive_megabytes": (now.bytes_recv - network.bytes_recv) / _MEGABYTE,
            "system/network_transmit_megabytes": (now.bytes_sent - network.bytes_sent) / _MEGABYTE,
        }

    return [
        ("CPU", cpu),
        ("memory", memory),
        ("disk space", disk_space),
        ("disk traffic", disk_traffic),
        ("network", network_traffic),
    ]


def _gpu_parts() -> list[tuple[str, Callable[[], Sample]]]:
    if not Path("/dev/nvidiactl").exists() and not Path("/dev/dxg").exists():
        return []
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        _log.debug("no GPU by NVML: %s", error)
        return []
    handles = [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(pynvml.nvmlDeviceGetCount())]

    def gpu() -> Sample:
        sample: Sample = {}
        for index, handle in enumerate(handles):
            memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
            prefix = f"system/gpu_{index}_"
            sample[prefix + "memory_usage_megabytes"] = memory.used / _MEGABYTE
            sample[prefix + "memory_usage_percentage"] = memory.used / memory.total * 100
            sample[prefix + "utilization_percentage"] = pynvml.nvmlDeviceGetUtilizationRates(handle).gpu
            sample[prefix + "power_usage_watts"] = pynvml.nvmlDeviceGetPowerUsage(handle) / 1000
            sample[prefix + "temperature_celsius"] = pynvml.nvmlDeviceGetTemperature(
                handle, pynvml.NVML_TEMPERATURE_GPU
            )
        return sample

    return [("GPU", gpu)]
