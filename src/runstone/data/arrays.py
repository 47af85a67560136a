"""Arrays that make up one dataset: features and targets whose rows belong together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from runstone.core.errors import InvalidArgument
from runstone.data.array_bytes import array_kind, array_rows
from runstone.data.profile import number_figures
from runstone.data.row_digest import RowDigest

Arrays: TypeAlias = "ArrayLike | Mapping[str, ArrayLike]"

_BLOCK_BYTES = 16 * 2**20


def named_arrays(role: str, given: Arrays) -> dict[str, NDArray[Any]]:
    """Return features or targets as arrays by name: the role, or below it what each is called.

    Raises:
        InvalidArgument: They are no arrays, or have no rows' axis.
    """
    named = {f"{role}/{key}": given[key] for key in sorted(given)} if isinstance(given, Mapping) else {role: given}
    arrays = {}
    for name, value in named.items():
        try:
            array = np.asanyarray(value)
        except ValueError as error:
            raise InvalidArgument(f"{name} are no array: {error}", field=role) from error
        if array.ndim == 0:
            raise InvalidArgument(f"{name} are no array but one {type(value).__name__}", field=role)
        arrays[name] = array
    return arrays


def array_digest(arrays: Mapping[str, NDArray[Any]], row_count: int) -> str:
    """Return the digest of arrays of equal length, a row being what stands at one place in all of them.

    Raises:
        InvalidArgument: One is of a type that has no digest.
    """
    kinds = []
    for name, array in arrays.items():
        masked = isinstance(array, np.ma.MaskedArray)
        kinds.append([name, array_kind(array.dtype, name), list(array.shape[1:]), *(["masked"] if masked else [])])
    rows = RowDigest(["arrays", kinds])
    size = sum(array.nbytes for array in arrays.values())
    step = max(1, _BLOCK_BYTES * row_count // max(size, 1))
    for start in range(0, row_count, step):
        parts = [array_rows(array[start : start + step], name) for name, array in arrays.items()]
        rows.add(parts[0] if len(parts) == 1 else np.hstack(parts))
    return rows.text()


def array_profile(arrays: Mapping[str, NDArray[Any]], row_count: int) -> dict[str, Any]:
    """Return shapes and sizes in MLflow's words, and a summary of each array under ``columns``."""
    profile: dict[str, Any] = {"num_rows": row_count, "num_elements": sum(array.size for array in arrays.values())}
    columns = []
    for role in ("features", "targets"):
        of_role = {name.removeprefix(f"{role}/"): a for name, a in arrays.items() if name.split("/")[0] == role}
        for key in ("shape", "size", "nbytes"):
            facts = {name: _plain(getattr(array, key)) for name, array in of_role.items()}
            if facts:
                profile[f"{role}_{key}"] = facts[role] if list(facts) == [role] else facts
    for name, array in arrays.items():
        nulls = int(np.ma.getmaskarray(array).sum()) if isinstance(array, np.ma.MaskedArray) else 0
        figures = {}
        if array.dtype.kind in "biuf" and array.dtype.char != "g":
            figures = number_figures(array.compressed() if isinstance(array, np.ma.MaskedArray) else array)
        columns.append({"name": name, "type": str(array.dtype), "count": array.size - nulls, "nulls": nulls, **figures})
    return {**profile, "columns": columns}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
