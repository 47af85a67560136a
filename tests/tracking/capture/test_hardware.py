"""The machine is described, with or without GPUs, limits and a talkative kernel."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from runstone.tracking.capture import hardware, nvml
from runstone.tracking.capture.cgroups import granted_cores, granted_memory
from runstone.tracking.capture.hardware import capture_hardware, cpu_model, physical_cores


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    hardware.gpus.cache_clear()
    yield
    hardware.gpus.cache_clear()


def test_this_machine_is_described() -> None:
    facts = json.loads(capture_hardware().files["runstone/environment/hardware.json"])

    assert facts["cores_logical"] == os.cpu_count()
    assert facts["cpu"]
    assert facts["memory_bytes"] > 2**20
    assert facts["disk_free_bytes"] <= facts["disk_total_bytes"]


def test_without_a_driver_the_binding_is_not_even_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nvml, "_DRIVER_FILES", ("/nowhere",))
    monkeypatch.delitem(sys.modules, "pynvml", raising=False)

    captured = capture_hardware()

    assert captured.tags == {}
    assert json.loads(captured.files["runstone/environment/hardware.json"])["gpus"] == []
    assert "pynvml" not in sys.modules


def test_gpus_are_named_and_counted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # A stand-in: test machines have no GPU.  Bytes are what older bindings return.
    binding = SimpleNamespace(
        NVMLError=RuntimeError,
        nvmlInit=lambda: None,
        nvmlShutdown=lambda: None,
        nvmlDeviceGetCount=lambda: 2,
        nvmlDeviceGetHandleByIndex=lambda index: index,
        nvmlDeviceGetName=lambda handle: b"NVIDIA H200",
        nvmlDeviceGetUUID=lambda handle: f"GPU-{handle}",
        nvmlDeviceGetMemoryInfo=lambda handle: SimpleNamespace(total=1000),
        nvmlSystemGetCudaDriverVersion=lambda: 12040,
        nvmlSystemGetDriverVersion=lambda: "550.54",
    )
    monkeypatch.setattr(nvml, "_DRIVER_FILES", (str(tmp_path),))
    monkeypatch.setitem(sys.modules, "pynvml", binding)  # type: ignore[arg-type]

    captured = capture_hardware()

    facts = json.loads(captured.files["runstone/environment/hardware.json"])
    assert captured.tags == {"runstone.gpu": "2 × NVIDIA H200"}
    assert facts["gpus"][1] == {"name": "NVIDIA H200", "uuid": "GPU-1", "memory_bytes": 1000}
    assert (facts["cuda"], facts["gpu_driver"]) == ("12.4", "550.54")


def test_a_driver_that_answers_with_an_error_is_no_gpu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail() -> None:
        raise RuntimeError("driver not loaded")

    monkeypatch.setattr(nvml, "_DRIVER_FILES", (str(tmp_path),))
    monkeypatch.setitem(sys.modules, "pynvml", SimpleNamespace(NVMLError=RuntimeError, nvmlInit=fail))  # type: ignore[arg-type]

    assert capture_hardware().tags == {}


def test_cores_that_share_threads_are_counted_once(tmp_path: Path) -> None:
    for cpu, siblings in enumerate(["0,2", "1,3", "0,2", "1,3"]):
        topology = tmp_path / f"cpu{cpu}" / "topology"
        topology.mkdir(parents=True)
        (topology / "thread_siblings_list").write_text(siblings + "\n")
    (tmp_path / "cpufreq").mkdir()

    assert physical_cores(str(tmp_path)) == 2
    assert physical_cores(str(tmp_path / "missing")) is None


@pytest.mark.parametrize(
    ("cpuinfo", "model"),
    [
        ("processor\t: 0\nmodel name\t: AMD EPYC 7763\n", "AMD EPYC 7763"),
        ("processor\t: 0\nHardware\t: BCM2835\n", "BCM2835"),
        ("processor\t: 0\n", None),
    ],
)
def test_the_processors_name(cpuinfo: str, model: str | None) -> None:
    assert cpu_model(cpuinfo) == model


def test_limits_of_control_groups_version_2(tmp_path: Path) -> None:
    (tmp_path / "cpu.max").write_text("250000 100000\n")
    (tmp_path / "memory.max").write_text("1073741824\n")

    assert granted_cores(str(tmp_path)) == 2.5
    assert granted_memory(str(tmp_path)) == 2**30


def test_limits_of_control_groups_version_1(tmp_path: Path) -> None:
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu" / "cpu.cfs_quota_us").write_text("50000\n")
    (tmp_path / "cpu" / "cpu.cfs_period_us").write_text("100000\n")
    (tmp_path / "memory").mkdir()
    (tmp_path / "memory" / "memory.limit_in_bytes").write_text("536870912\n")

    assert granted_cores(str(tmp_path)) == 0.5
    assert granted_memory(str(tmp_path)) == 2**29


def test_no_limit_is_none(tmp_path: Path) -> None:
    (tmp_path / "cpu.max").write_text("max 100000\n")
    (tmp_path / "memory").mkdir()
    (tmp_path / "memory" / "memory.limit_in_bytes").write_text("9223372036854771712\n")

    assert granted_cores(str(tmp_path)) is None
    assert granted_memory(str(tmp_path)) is None
