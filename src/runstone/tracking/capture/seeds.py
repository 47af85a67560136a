"""Seeding the random numbers of everything that has some."""

from __future__ import annotations

import os
import random
import sys
from typing import Any

from runstone.core.errors import InvalidArgument


def seed_everything(seed: int, *, deterministic: bool = False) -> dict[str, Any]:
    """Seed Python, and NumPy, PyTorch and TensorFlow where they are imported already.

    ``PYTHONHASHSEED`` is set for processes started from here; this one's hashes were fixed when it began.

    Args:
        seed: A whole number from 0 to 2**32 - 1.
        deterministic: Ask PyTorch for deterministic algorithms, too.

    Returns:
        What was seeded, with which value.

    Raises:
        InvalidArgument: The seed is out of range.
    """
    if isinstance(seed, bool) or not hasattr(seed, "__index__") or not 0 <= int(seed) < 2**32:
        raise InvalidArgument(f"a seed is a whole number from 0 to 2**32 - 1, not {seed!r}", field="seed")
    seed = int(seed)
    os.environ["PYTHONHASHSEED"] = str(seed)
    random.seed(seed)
    seeded: dict[str, Any] = {"python": seed, "PYTHONHASHSEED": seed}
    if (numpy := sys.modules.get("numpy")) is not None:
        numpy.random.seed(seed)
        seeded["numpy"] = seed
    if (torch := sys.modules.get("torch")) is not None and hasattr(torch, "manual_seed"):
        torch.manual_seed(seed)
        seeded["torch"] = seed
        if deterministic:
            os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
            torch.use_deterministic_algorithms(True)
            seeded["torch.deterministic"] = True
    if (tensorflow := sys.modules.get("tensorflow")) is not None and hasattr(tensorflow, "random"):
        tensorflow.random.set_seed(seed)
        seeded["tensorflow"] = seed
    return seeded
