"""Images: files, Pillow images, arrays and tensors as image files."""

from __future__ import annotations

import io
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runstone.core.errors import InvalidArgument, MissingExtra, NotFound
from runstone.tracking.media.arrays import is_array
from runstone.tracking.media.encoded import Encoded, clip, comes_from, suffix_of, type_name
from runstone.tracking.media.pixels import ACCEPTED_SHAPES, to_pixels
from runstone.tracking.media.png import png_bytes

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_ACCEPTED = f"a path of an image file, a Pillow image, or {ACCEPTED_SHAPES}"
_FORMATS = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".webp": "WEBP",
    ".gif": "GIF",
    ".bmp": "BMP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
}
# Formats that Pillow does not read everywhere, but browsers or viewers show.
_KEPT_AS_THEY_ARE = (".svg", ".avif", ".heic", ".jxl", ".ico")
_SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": ".png",
    b"\xff\xd8\xff": ".jpg",
    b"GIF8": ".gif",
    b"BM": ".bmp",
    b"II*\x00": ".tif",
    b"MM\x00*": ".tif",
}


def encode_image(image: object, filename: str) -> bytes:
    """Encode an image in the format that a file name's extension says; PNG if it has none.

    Arrays follow MLflow's rules: bool is black and white, integers have to lie in 0…255, floats in 0…1;
    floats outside are rescaled from their least and greatest value, with a warning. Three-dimensional arrays
    are (height, width, channels). Tensors (what has ``detach``) are taken as torch's (channels, height,
    width) if their first dimension is 1, 3 or 4, else as arrays are.

    Args:
        image: A path of an image file, a Pillow image, or an array or tensor.
        filename: The artifact's path or name.

    Raises:
        InvalidArgument: Another type or shape, no pixels, pixels out of range, or a format unknown.
        NotFound: There is no file at the path.
        MissingExtra: The conversion needs Pillow. An array as PNG does not.
    """
    suffix = suffix_of(filename) or ".png"
    if isinstance(image, (str, PathLike)):
        path = Path(image)
        data, natural = _read_file(path)
        if _FORMATS.get(natural, natural) == _FORMATS.get(suffix, suffix):
            return data
        _check_format(suffix, filename)
        return _convert(_open(data, path), suffix)
    _check_format(suffix, filename)
    if is_pillow(image := _to_pillow(image)):
        return _convert(image, suffix)
    if not is_array(image):
        raise InvalidArgument(f"image must be {_ACCEPTED}, not {type_name(image)}{_hint(image)}", field="image")
    pixels = to_pixels(image)
    height, width, channels = pixels.shape
    if suffix == ".png":
        return png_bytes(pixels.tobytes(), width, height, channels)
    return _convert(_from_pixels(pixels), suffix)


def encode_step_image(image: object) -> Encoded:
    """Encode an image of a series: a file as it is, anything else as PNG.

    Types and errors are those of :func:`encode_image`.
    """
    if isinstance(image, (str, PathLike)):
        return Encoded(*_read_file(Path(image)))
    return Encoded(encode_image(image, "image.png"), ".png")


def is_pillow(value: object) -> bool:
    """Tell whether a value is a Pillow image."""
    return comes_from(value, "PIL") and hasattr(value, "getbands")


def _check_format(suffix: str, filename: str) -> None:
    if suffix not in _FORMATS:
        raise InvalidArgument(
            f"cannot write an image as {clip(filename)!r}: the extension has to be one of {', '.join(_FORMATS)}",
            field="artifact_file",
        )


def _read_file(path: Path) -> tuple[bytes, str]:
    """Return an image file's bytes and the suffix of its format."""
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise NotFound(f"cannot read the image file {clip(str(path), 200)!r}: {error}") from error
    for signature, suffix in _SIGNATURES.items():
        if data.startswith(signature):
            return data, suffix
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return data, ".webp"
    suffix = path.suffix.lower()
    if suffix not in _KEPT_AS_THEY_ARE or not data:
        raise InvalidArgument(
            f"{clip(str(path), 200)!r} is not an image file; any file can be logged by log_artifact",
            field="image",
        )
    return data, suffix


def _open(data: bytes, path: Path) -> Any:
    image_module = _pillow()
    try:
        image = image_module.open(io.BytesIO(data))
        image.load()
    except (OSError, ValueError, SyntaxError, image_module.DecompressionBombError) as error:
        raise InvalidArgument(f"cannot read the image file {clip(str(path), 200)!r}: {error}", field="image") from error
    return image


def _pillow() -> Any:
    try:
        from PIL import Image
    except ImportError as error:
        raise MissingExtra("Reading or writing images other than arrays as PNG", "media") from error
    return Image


def _to_pillow(image: object) -> object:
    # mlflow.Image and others like it can give a Pillow image.
    convert = getattr(image, "to_pil", None)
    return convert() if callable(convert) and not isinstance(image, type) else image


def _convert(image: Any, suffix: str) -> bytes:
    if 0 in image.size:
        raise InvalidArgument(f"the image has no pixels: its size is {image.size}", field="image")
    try:
        image.load()
    except (OSError, ValueError, SyntaxError) as error:
        raise InvalidArgument(f"cannot read the image: {error}", field="image") from error
    if suffix in (".jpg", ".jpeg") and image.mode not in ("L", "RGB", "CMYK"):
        image = image.convert("RGB")
    buffer = io.BytesIO()
    try:
        image.save(buffer, _FORMATS[suffix])
    except (OSError, ValueError):
        # The format lacks the image's mode, such as CMYK, YCbCr or float in PNG.
        buffer = io.BytesIO()
        image.convert("RGB").save(buffer, _FORMATS[suffix])
    return buffer.getvalue()


def _from_pixels(pixels: npt.NDArray[np.uint8]) -> Any:
    return _pillow().fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)


def _hint(image: object) -> str:
    return "; log a figure by log_figure" if comes_from(image, "matplotlib") or comes_from(image, "plotly") else ""
