"""Arrays and tensors of any library as NumPy arrays of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runstone.core.errors import InvalidArgument
from runstone.tracking.media.encoded import type_name

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def is_tensor(value: object) -> bool:
    """Tell whether a value is a tensor as torch makes them."""
    return all(callable(getattr(value, name, None)) for name in ("detach", "cpu", "numpy"))


def is_array(value: object) -> bool:
    """Tell whether a value is an array, or a tensor that NumPy can take."""
    return is_tensor(value) or hasattr(value, "__array__")


def to_array(value: object, *, field: str) -> npt.NDArray[np.generic]:
    """Return an array, tensor or nested list as a NumPy array of bool, int or float.

    Args:
        value: The array; a torch tensor is detached and copied to the CPU, bfloat16 becomes float32.
        field: The argument it came as, for errors.

    Raises:
        InvalidArgument: It is no array, is ragged, or its elements are no real numbers.
    """
    import numpy as np

    try:
        array = np.asarray(_from_tensor(value) if is_tensor(value) else value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise InvalidArgument(f"{field}: cannot make an array of {type_name(value)}: {error}", field=field) from error
    if array.dtype.name.startswith(("bfloat16", "float8")):
        array = array.astype(np.float32)
    if array.dtype.kind not in "biuf":
        what = type_name(value) if array.ndim == 0 else f"an array of dtype {array.dtype}"
        raise InvalidArgument(f"{field} must be an array of bool, int or float, not {what}", field=field)
    return array


def _from_tensor(tensor: Any) -> Any:
    plain = tensor.detach().cpu()
    try:
        return plain.numpy()
    except TypeError:  # NumPy has no bfloat16
        return plain.float().numpy()
