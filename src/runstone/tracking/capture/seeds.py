"""Seeding the random numbers of everything that has some."""

from __future__ import annotations

import os
import random
import sys
from typing import Any

from runstone.core.errors import InvalidArgument


def seed_everything(seed: int, *, deterministic: bool = False) -> dict[str, Any]:
    """Seed Python, and NumPy, PyTorch (its GPUs, too) and TensorFlow where they are imported already.

    What is imported afterwards is not seeded: call this after the imports.  ``PYTHONHASHSEED`` is set for processes
    started from here; this one's hashes were fixed when it began.  JAX has no global seed.

    Args:
        seed: A whole number from 0 to 2**32 - 1.
        deterministic: Ask PyTorch for deterministic algorithms, too.

    Returns:
        What was seeded, with which value.

    Raises:
        InvalidArgument: The seed is out of range.
    """
    if isinstance(seed, bool) or not hasattr(seed, "__index__") or not 0 <= seed.__index__() < 2**32:
        raise InvalidArgument(f"a seed is a whole number from 0 to 2**32 - 1, not {seed!r}", field="seed")
    seed = seed.__index__()
    os.environ["PYTHONHASHSEED"] = str(seed)
    random.seed(seed)
    seeded: dict[str, Any] = {"python": seed, "PYTHONHASHSEED": seed}
    numpy_random = getattr(sys.modules.get("numpy"), "random", None)
    if numpy_random is not None:
        numpy_random.seed(seed)
        seeded["numpy"] = seed
    torch: Any = sys.modules.get("torch")
    if hasattr(torch, "manual_seed"):
        torch.manual_seed(seed)
        seeded["torch"] = seed
        if deterministic:
            _make_deterministic(torch)
            seeded["torch.deterministic"] = True
    tensorflow_random: Any = getattr(sys.modules.get("tensorflow"), "random", None)
    if hasattr(tensorflow_random, "set_seed"):
        tensorflow_random.set_seed(seed)
        seeded["tensorflow"] = seed
    return seeded


set_seed = seed_everything


def _make_deterministic(torch: Any) -> None:
    # cuBLAS sums in a fixed order only with a workspace of its own:
    # https://docs.nvidia.com/cuda/cublas/index.html#results-reproducibility
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True)
    torch.backends.cudnn.benchmark = False
