from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np

from runstone.tracking.media.arrays import to_array


class HalfTensor:
    """A stand-in for a bfloat16 tensor, which NumPy cannot take before it is made float32."""

    def detach(self) -> HalfTensor:
        return self

    def cpu(self) -> HalfTensor:
        return self

    def numpy(self) -> Any:
        raise TypeError("unsupported ScalarType BFloat16")

    def float(self) -> Any:
        return FloatTensor()


class FloatTensor:
    def numpy(self) -> Any:
        return np.array([0.5], np.float32)


def test_a_tensor_of_a_type_that_numpy_lacks_becomes_float32() -> None:
    array = to_array(HalfTensor(), field="values")

    assert array.dtype == np.float32
    assert array.tolist() == [0.5]


def test_importing_the_encoders_loads_no_array_image_or_table_package() -> None:
    names = ["audio", "dicts", "figure", "histogram", "image", "stepped", "table", "text"]
    program = (
        "import importlib, sys\n"
        f"for name in {names}:\n"
        "    importlib.import_module(f'runstone.tracking.media.{name}')\n"
        "heavy = {'numpy', 'PIL', 'matplotlib', 'plotly', 'pandas', 'polars', 'pyarrow'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )

    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "[]"
