"""Arrays and tensors as 8-bit pixels."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from runstone.core.errors import InvalidArgument
from runstone.tracking.media.arrays import is_tensor, to_array

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

ACCEPTED_SHAPES = "an array or tensor of shape (H, W), (H, W, 1), (H, W, 3) or (H, W, 4)"
_CHANNELS = (1, 3, 4)


def to_pixels(image: object) -> npt.NDArray[np.uint8]:
    """Return an array or tensor as bytes of shape (height, width, channels), by ``encode_image``'s rules.

    Raises:
        InvalidArgument: Another shape, no pixels, or pixels out of range.
    """
    import numpy as np

    array = to_array(image, field="image")
    shape = array.shape
    if array.ndim == 2:
        array = array[:, :, np.newaxis]
    elif array.ndim == 3 and is_tensor(image) and shape[0] in _CHANNELS:
        array = array.transpose(1, 2, 0)
    if array.ndim != 3 or array.shape[2] not in _CHANNELS:
        turned = array.ndim == 3 and shape[0] in _CHANNELS
        hint = "; channels come last: array.transpose(1, 2, 0)" if turned else ""
        raise InvalidArgument(f"image must be {ACCEPTED_SHAPES}, not {shape}{hint}", field="image")
    if array.size == 0:
        raise InvalidArgument(f"the image has no pixels: its shape is {shape}", field="image")
    return _to_bytes(array)


def _to_bytes(array: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    import numpy as np

    if array.dtype.kind == "b":
        black_and_white: npt.NDArray[np.uint8] = array.astype(np.uint8) * np.uint8(255)
        return black_and_white
    low, high = array.min(), array.max()
    if array.dtype.kind in "iu":
        if low < 0 or high > 255:
            raise InvalidArgument(f"integer pixels must lie in 0…255, but go from {low} to {high}", field="image")
        return array.astype(np.uint8)
    if not np.isfinite(low) or not np.isfinite(high):
        raise InvalidArgument(
            "the image has NaN or infinite pixels; replace them, for example by numpy.nan_to_num",
            field="image",
        )
    pixels = array.astype(np.float64)
    if low < 0 or high > 1:
        warnings.warn(
            f"float pixels should lie in 0…1, but go from {low:g} to {high:g}: they are rescaled to 0…1",
            stacklevel=2,
        )
        # Halved, since the difference of two large numbers may overflow.
        span = float(high) / 2 - float(low) / 2
        pixels = (pixels / 2 - float(low) / 2) / span if span > 0 else np.clip(pixels, 0, 1)
    return np.rint(pixels * 255).astype(np.uint8)
