from __future__ import annotations

import io
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runstone.core.errors import InvalidArgument, NotFound
from runstone.tracking.media.audio import encode_audio, encode_step_audio


def read(data: bytes) -> tuple[int, int, int, bytes]:
    with wave.open(io.BytesIO(data)) as reader:
        return reader.getnchannels(), reader.getsampwidth(), reader.getframerate(), reader.readframes(2**20)


def test_floats_become_16_bit_samples() -> None:
    data = encode_audio(np.array([0.0, 1.0, -1.0, 0.5]), "tone.wav", 8000)

    channels, width, rate, frames = read(data)
    assert (channels, width, rate) == (1, 2, 8000)
    assert np.frombuffer(frames, "<i2").tolist() == [0, 32767, -32767, 16384]


def test_channels_are_columns() -> None:
    channels, _, _, frames = read(encode_audio(np.array([[1, 2], [3, 4], [5, 6]], np.int16), "x.wav", 44100))

    assert channels == 2
    assert np.frombuffer(frames, "<i2").tolist() == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(("dtype", "width"), [(">i2", 2), ("<i4", 4), ("u1", 1)])
def test_integers_keep_their_width(dtype: str, width: int) -> None:
    samples = np.array([1, 2, 3], dtype)

    _, found, _, frames = read(encode_audio(samples, "x.wav", 8000))

    assert found == width
    assert np.frombuffer(frames, samples.dtype.newbyteorder("<")).tolist() == [1, 2, 3]


def test_a_list_of_samples_is_taken_too() -> None:
    assert read(encode_audio([0, 1000], "x.wav", 8000))[3] == b"\x00\x00\xe8\x03"
    assert read(encode_audio([0.0, 1.0], "x.wav", 8000))[3] == b"\x00\x00\xff\x7f"


def test_samples_beyond_one_are_clipped_with_a_warning() -> None:
    with pytest.warns(UserWarning, match="reach 2: they are clipped"):
        data = encode_audio(np.array([2.0, -2.0]), "x.wav", 8000)

    assert np.frombuffer(read(data)[3], "<i2").tolist() == [32767, -32767]


def test_a_tensor_with_channels_first_is_turned() -> None:
    class Tensor:
        def detach(self) -> Tensor:
            return self

        def cpu(self) -> Tensor:
            return self

        def numpy(self) -> Any:
            return np.zeros((2, 100), np.float32)

    assert read(encode_audio(Tensor(), "x.wav", 8000))[0] == 2


def test_files_and_bytes_are_kept_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "speech.MP3"
    path.write_bytes(b"ID3 anything")

    assert encode_audio(path, "dir/out.mp3") == b"ID3 anything"
    assert encode_step_audio(str(path)) == (b"ID3 anything", ".mp3")
    assert encode_step_audio(b"fLaC...") == (b"fLaC...", ".flac")
    assert encode_audio(b"anything", "x.opus") == b"anything"


def test_samples_of_a_series_become_wav() -> None:
    data, suffix = encode_step_audio(np.zeros(10), 8000)

    assert suffix == ".wav"
    assert read(data)[2] == 8000


def test_a_file_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="cannot read the audio file"):
        encode_audio(tmp_path / "none.wav", "x.wav")


def test_a_file_under_another_extension_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(b"x")

    with pytest.raises(InvalidArgument, match=r"has to end in '.mp3'"):
        encode_audio(path, "x.wav")


@pytest.mark.parametrize(
    ("audio", "message"),
    [
        (np.zeros(0), "no samples"),
        (np.zeros((0, 2)), "no samples"),
        (np.zeros((2, 2, 2)), "shape"),
        (np.zeros((2, 48000)), r"array\.T"),
        (np.array([np.nan]), "NaN"),
        (np.array([1], np.int64), "dtype int64"),
        (np.array([True]), "dtype bool"),
        (np.array([object()]), "dtype object"),
        ([[1], [2, 3]], "cannot make an array"),
        ([], "no samples"),
        (None, "a path of an audio file"),
        ({"a": 1}, "not dict"),
    ],
)
def test_what_is_no_audio_is_refused(audio: object, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        encode_audio(audio, "x.wav", 8000)


@pytest.mark.parametrize("rate", [None, 0, -1, 1.5, True, "8000", 2**40])
def test_samples_need_a_rate(rate: object) -> None:
    with pytest.raises(InvalidArgument, match="sample_rate must be a positive int"):
        encode_audio(np.zeros(3), "x.wav", rate)  # type: ignore[arg-type]


def test_samples_are_refused_under_another_name_than_wav() -> None:
    with pytest.raises(InvalidArgument, match=r"end in \.wav"):
        encode_audio(np.zeros(3), "x.mp3", 8000)


def test_unknown_or_no_bytes_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="no WAV, MP3"):
        encode_step_audio(b"what is this")
    with pytest.raises(InvalidArgument, match="no bytes"):
        encode_audio(b"", "x.wav")
