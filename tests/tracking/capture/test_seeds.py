"""Seeding makes random numbers repeat, and imports nothing."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import runstone
from runstone.core.errors import InvalidArgument
from runstone.tracking.capture.seeds import seed_everything, set_seed


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("PYTHONHASHSEED", "0")
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", "")
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG")
    state, numpy_state = random.getstate(), np.random.get_state()
    yield
    random.setstate(state)
    np.random.set_state(numpy_state)


def test_python_and_numpy_repeat_themselves() -> None:
    seeded = seed_everything(7)
    first = random.random(), np.random.rand()
    seed_everything(7)

    assert (random.random(), np.random.rand()) == first
    assert {key: seeded[key] for key in ("python", "PYTHONHASHSEED", "numpy")} == dict.fromkeys(
        ("python", "PYTHONHASHSEED", "numpy"), 7
    )
    assert os.environ["PYTHONHASHSEED"] == "7"


def test_nothing_is_imported_for_it() -> None:
    program = (
        "import sys; from runstone.tracking.capture.seeds import seed_everything; seed_everything(1); "
        "print(*({'numpy', 'torch', 'tensorflow'} & set(sys.modules)))"
    )

    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "\n"


def test_torch_and_tensorflow_are_seeded_where_they_are_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []
    torch = SimpleNamespace(
        manual_seed=lambda seed: calls.append(("torch", seed)),
        use_deterministic_algorithms=lambda on: calls.append(("deterministic", on)),
        backends=SimpleNamespace(cudnn=SimpleNamespace(benchmark=True)),
    )
    tensorflow = SimpleNamespace(random=SimpleNamespace(set_seed=lambda seed: calls.append(("tensorflow", seed))))
    monkeypatch.setitem(sys.modules, "torch", torch)  # type: ignore[arg-type]
    monkeypatch.setitem(sys.modules, "tensorflow", tensorflow)  # type: ignore[arg-type]

    seeded = seed_everything(np.int64(5), deterministic=True)  # type: ignore[arg-type]

    assert calls == [("torch", 5), ("deterministic", True), ("tensorflow", 5)]
    assert seeded["torch.deterministic"] is True
    assert torch.backends.cudnn.benchmark is False
    assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"


def test_a_module_that_is_only_half_there_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("torch", "tensorflow"):
        monkeypatch.setitem(sys.modules, name, None)  # type: ignore[arg-type]

    assert "torch" not in set_seed(1)


@pytest.mark.parametrize("seed", [-1, 2**32, True, "1", 1.0, None])
def test_other_seeds_are_refused(seed: Any) -> None:
    with pytest.raises(InvalidArgument, match="seed"):
        seed_everything(seed)


@pytest.mark.usefixtures("store_folder")
def test_a_seed_set_before_the_run_is_recorded_on_it() -> None:
    runstone.seed_everything(7)
    with runstone.start_run() as before:
        pass
    with runstone.start_run() as changed:
        runstone.set_seed(8)
    with runstone.start_run() as after:
        pass

    seeds = [runstone.get_run(run.run_id).tags["runstone.seed"] for run in (before, changed, after)]
    assert seeds == ["7", "8", "8"]
