from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from runstone.core.errors import InvalidArgument, NotFound
from runstone.tracking.media.image import encode_image, encode_step_image

if TYPE_CHECKING:
    from PIL import Image
else:
    Image = pytest.importorskip("PIL.Image")


class Tensor:
    """A stand-in with the part of torch's interface that is used."""

    def __init__(self, array: Any) -> None:
        self._array = array

    def detach(self) -> Tensor:
        return self

    def cpu(self) -> Tensor:
        return self

    def numpy(self) -> Any:
        return self._array


def read(data: bytes) -> Any:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image)


@settings(max_examples=60)
@given(
    hnp.arrays(
        np.uint8,
        st.tuples(st.integers(1, 9), st.integers(1, 9))
        | st.tuples(st.integers(1, 9), st.integers(1, 9), st.sampled_from([1, 3, 4])),
    )
)
def test_bytes_come_back_from_the_png_as_they_were(array: Any) -> None:
    assert np.array_equal(
        read(encode_image(array, "x.png")),
        array.squeeze(2) if array.ndim == 3 and array.shape[2] == 1 else array,
    )


def test_an_array_becomes_a_png_without_pillow() -> None:
    program = (
        "import sys; sys.modules['PIL'] = None\n"
        "import numpy as np\n"
        "from runstone.tracking.media.image import encode_image\n"
        "assert encode_image(np.zeros((2, 3), np.uint8), 'x.png').startswith(b'\\x89PNG')\n"
        "from runstone.core.errors import MissingExtra\n"
        "try:\n"
        "    encode_image(np.zeros((2, 3), np.uint8), 'x.jpg')\n"
        "except MissingExtra as error:\n"
        "    print(error)\n"
    )

    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert 'pip install "runstone[media]"' in run.stdout


@pytest.mark.parametrize(
    ("array", "pixels"),
    [
        (np.array([[True, False]]), [[255, 0]]),
        (np.array([[0.0, 0.5, 1.0]], np.float32), [[0, 128, 255]]),
        (np.array([[0, 255]], np.int64), [[0, 255]]),
        (np.array([[1.0]], np.float16), [[255]]),
        (np.asfortranarray(np.array([[1, 2], [3, 4]], np.uint8)), [[1, 2], [3, 4]]),
    ],
)
def test_pixel_types_are_converted(array: Any, pixels: list[list[int]]) -> None:
    assert read(encode_image(array, "x.png")).tolist() == pixels


def test_floats_outside_the_unit_range_are_rescaled_with_a_warning() -> None:
    with pytest.warns(UserWarning, match="go from -1 to 3: they are rescaled"):
        data = encode_image(np.array([[-1.0, 1.0, 3.0]]), "x.png")

    assert read(data).tolist() == [[0, 128, 255]]


def test_equal_floats_outside_the_unit_range_are_clipped() -> None:
    with pytest.warns(UserWarning, match="rescaled"):
        data = encode_image(np.full((1, 2), 7.0), "x.png")

    assert read(data).tolist() == [[255, 255]]


@pytest.mark.parametrize("shape", [(3, 5, 6), (1, 5, 6), (4, 5, 6), (3, 5, 3)])
def test_a_tensor_has_its_channels_first(shape: tuple[int, int, int]) -> None:
    array = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)

    pixels = read(encode_image(Tensor(array), "x.png"))

    assert np.array_equal(pixels.reshape(5, shape[2], shape[0]), array.transpose(1, 2, 0))


def test_a_tensor_with_channels_last_is_taken_so() -> None:
    array = np.arange(90, dtype=np.uint8).reshape(5, 6, 3)

    assert np.array_equal(read(encode_image(Tensor(array), "x.png")), array)


@pytest.mark.parametrize("name", ["x.png", "x.jpg", "x.JPEG", "x.webp", "x.gif", "x.bmp", "x.tiff", "no-extension"])
@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "CMYK", "F", "I;16", "YCbCr"])
def test_pillow_images_of_any_mode_are_written_in_any_format(name: str, mode: str) -> None:
    data = encode_image(Image.new(mode, (4, 3)), name)

    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (4, 3)


def test_a_file_is_kept_as_it_is_if_the_format_fits_and_converted_if_not(tmp_path: Path) -> None:
    path = tmp_path / "picture.dat"
    Image.new("RGB", (4, 3), "red").save(path, "JPEG")

    assert encode_image(path, "x.jpeg") == path.read_bytes()
    assert read(encode_image(str(path), "x.png")).shape == (3, 4, 3)
    assert encode_step_image(path) == (path.read_bytes(), ".jpg")


def test_a_vector_image_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "plot.svg"
    path.write_text("<svg/>")

    assert encode_step_image(path) == (b"<svg/>", ".svg")


def test_values_of_a_series_become_png() -> None:
    data, suffix = encode_step_image(np.zeros((2, 2)))

    assert suffix == ".png"
    assert read(data).shape == (2, 2)


def test_a_file_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    for path in (tmp_path / "none.png", tmp_path, "nul\0.png", "x" * 10_000):
        with pytest.raises(NotFound, match="cannot read the image file"):
            encode_image(path, "x.png")


@pytest.mark.parametrize("content", [b"", b"text", b"\x89PNG\r\n\x1a\nbroken"])
def test_a_file_that_is_no_image_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(content)

    with pytest.raises(InvalidArgument, match="image file"):
        encode_image(path, "x.jpg")


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.array([[-1]]), "from -1 to -1"),
        (np.array([[0, 256]], np.uint16), "0…255"),
        (np.array([[np.nan]]), "NaN"),
        (np.array([[0.0, np.inf]]), "NaN or infinite"),
        (np.zeros((0, 3)), "no pixels"),
        (np.zeros((3, 0, 3), np.uint8), "no pixels"),
        (np.zeros(3), r"not \(3,\)"),
        (np.zeros((2, 2, 2)), r"not \(2, 2, 2\)"),
        (np.zeros((3, 5, 6)), "transpose"),
        (np.zeros((1, 2, 2, 3)), "shape"),
        (np.array([[object()]]), "dtype object"),
        (np.array([["a"]]), "dtype <U1"),
        (np.array([[1j]]), "complex"),
        (Image.new("RGB", (0, 0)), "no pixels"),
        (None, "a path of an image file, a Pillow image, or an array"),
        ([[1, 2]], "not list"),
        (b"bytes", "not bytes"),
    ],
)
def test_what_is_no_image_is_refused_with_what_would_be(image: object, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        encode_image(image, "x.png")


@pytest.mark.parametrize("name", ["x.txt", "x.pdf", "x" * 10_000 + ".qqq"])
def test_an_unknown_extension_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(InvalidArgument, match=r"extension has to be one of \.png, \.jpg") as caught:
        encode_image(np.zeros((2, 2)), name)

    assert len(str(caught.value)) < 300


def test_a_figure_points_to_log_figure() -> None:
    from matplotlib.figure import Figure

    with pytest.raises(InvalidArgument, match="log_figure"):
        encode_image(Figure(), "x.png")
