"""Use of the machine is sampled under MLflow's names until it is stopped, and what fails drops out."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from runstone.tracking.capture import nvml
from runstone.tracking.capture.usage import Sample, UsageSampler, gpu_parts, machine_parts, take


def test_samples_arrive_under_mlflows_names() -> None:
    arrived = threading.Event()
    samples: list[Sample] = []

    def emit(sample: Sample) -> None:
        samples.append(sample)
        if len(samples) == 2:
            arrived.set()

    sampler = UsageSampler(0.01, emit)
    sampler.start()
    assert arrived.wait(60)
    sampler.stop()

    assert {
        "system/cpu_utilization_percentage",
        "system/system_memory_usage_megabytes",
        "system/system_memory_usage_percentage",
        "system/disk_usage_percentage",
        "system/disk_usage_megabytes",
        "system/disk_available_megabytes",
        "system/process_cpu_percentage",
        "system/process_memory_megabytes",
    } <= set(samples[0])
    assert all(type(value) is float or type(value) is int for value in samples[0].values())
    assert 0 < samples[0]["system/process_memory_megabytes"] < samples[0]["system/system_memory_usage_megabytes"]


def test_stop_does_not_wait_for_the_interval_and_a_short_program_loads_nothing() -> None:
    program = (
        "import sys\n"
        "from runstone.tracking.capture.usage import UsageSampler\n"
        "sampler = UsageSampler(3600, print)\n"
        "sampler.start()\n"
        "sampler.stop()\n"
        "print(sampler._thread.is_alive(), 'psutil' in sys.modules, 'pynvml' in sys.modules)\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)

    assert done.stdout == "False False False\n"


def test_a_part_that_fails_is_named_once_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> Sample:
        raise OSError("gone")

    sample, parts = take([("sound", lambda: {"a": 1.0}), ("broken", broken)])
    again, _ = take(parts)

    assert sample == again == {"a": 1.0}
    assert [name for name, _ in parts] == ["sound"]
    assert len(caplog.records) == 1
    assert "broken" in caplog.text


def test_a_receiver_that_raises_ends_the_sampler_with_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    def emit(sample: Sample) -> None:
        raise ValueError("no more")

    sampler = UsageSampler(0.01, emit)
    sampler.start()
    sampler._thread.join(60)

    assert not sampler._thread.is_alive()
    assert "capture of usage failed: ValueError: no more" in caplog.text


def test_without_psutil_there_is_one_warning(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setitem(sys.modules, "psutil", None)  # type: ignore[arg-type]
    sampler = UsageSampler(0.01, lambda sample: None)
    sampler.start()
    sampler._thread.join(60)

    assert not sampler._thread.is_alive()
    assert len(caplog.records) == 1
    assert "usage by psutil" in caplog.text


def test_counters_begin_at_zero() -> None:
    sample, _ = take(machine_parts())

    for name in ("network_receive", "network_transmit", "disk_read", "disk_write"):
        assert sample.get(f"system/{name}_megabytes", 0.0) < 1000.0


def test_gpus_are_sampled_each_by_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # A stand-in: test machines have no GPU.
    def no_power(handle: int) -> int:
        raise RuntimeError("not supported")

    binding = SimpleNamespace(
        NVMLError=RuntimeError,
        NVML_TEMPERATURE_GPU=0,
        nvmlInit=lambda: None,
        nvmlDeviceGetCount=lambda: 1,
        nvmlDeviceGetHandleByIndex=lambda index: index,
        nvmlDeviceGetMemoryInfo=lambda handle: SimpleNamespace(used=5_000_000, total=20_000_000),
        nvmlDeviceGetUtilizationRates=lambda handle: SimpleNamespace(gpu=40),
        nvmlDeviceGetPowerUsage=no_power,
        nvmlDeviceGetTemperature=lambda handle, sensor: 55,
    )
    monkeypatch.setattr(nvml, "_DRIVER_FILES", (str(tmp_path),))
    monkeypatch.setitem(sys.modules, "pynvml", binding)  # type: ignore[arg-type]

    sample, _ = take(gpu_parts())

    assert sample == {
        "system/gpu_0_memory_usage_megabytes": 5.0,
        "system/gpu_0_memory_usage_percentage": 25.0,
        "system/gpu_0_utilization_percentage": 40.0,
        "system/gpu_0_temperature": 55.0,
    }
    assert "GPU 0 power" in caplog.text


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_stopping_in_a_forked_child_returns_and_leaves_the_parents_alone() -> None:
    program = (
        "import os\n"
        "from runstone.tracking.capture.usage import UsageSampler\n"
        "sampler = UsageSampler(3600, print)\n"
        "sampler.start()\n"
        "if os.fork() == 0:\n"
        "    sampler.stop()\n"
        "    os._exit(0)\n"
        "assert os.waitstatus_to_exitcode(os.wait()[1]) == 0\n"
        "assert sampler._thread.is_alive()\n"
        "sampler.stop()\n"
    )

    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
