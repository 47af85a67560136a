"""Audio: files, encoded bytes and arrays of samples as audio files."""

from __future__ import annotations

import io
import warnings
import wave
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runstone.core.errors import InvalidArgument, NotFound
from runstone.tracking.media.arrays import is_array, is_tensor, to_array
from runstone.tracking.media.encoded import Encoded, clip, suffix_of, type_name

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_ACCEPTED = (
    "a path of an audio file, the bytes of one, or an array or list of samples of shape (n,) or (n, "
    "channels), float in -1…1, int16, int32 or uint8"
)
_MAX_CHANNELS = 64
_MAX_RATE = 2**31 // _MAX_CHANNELS // 4
# A WAV file counts its bytes in 32 bits, the header included.
_MAX_WAV_BYTES = 2**32 - 64


def encode_audio(audio: object, filename: str, sample_rate: int | None = None) -> bytes:
    """Encode audio for an artifact of a given name.

    A file or bytes are kept as they are, whatever their format. Samples become a PCM WAV file: floats 16-bit
    (those outside -1…1 are clipped, with a warning), int16, int32 and uint8 as they are. A tensor of shape
    (channels, n), as torchaudio makes them, is turned.

    Args:
        audio: A path, bytes, or an array, tensor or list of samples.
        filename: The artifact's path or name.
        sample_rate: Samples a second and channel; needed for samples, and only for them.

    Raises:
        InvalidArgument: Another type, shape or sample type, no samples, or samples for a name that is not
            ``.wav``.
        NotFound: There is no file at the path.
    """
    suffix = suffix_of(filename)
    if isinstance(audio, (str, PathLike)):
        data, natural = _read_file(Path(audio))
        if natural != suffix:
            raise InvalidArgument(
                f"{clip(str(audio), 200)!r} cannot be stored as {clip(filename)!r}: audio files are kept "
                f"as they are, so the name has to end in {natural!r}",
                field="artifact_file",
            )
        return data
    if isinstance(audio, (bytes, bytearray, memoryview)):
        if not audio:
            raise InvalidArgument("the audio has no bytes", field="audio")
        return bytes(audio)
    if suffix != ".wav":
        raise InvalidArgument(
            f"samples are written as WAV, so the name has to end in .wav, not {clip(filename)!r}",
            field="artifact_file",
        )
    return _wav(_samples(audio), _rate(sample_rate))


def encode_step_audio(audio: object, sample_rate: int | None = None) -> Encoded:
    """Encode audio of a series: a file as it is, bytes by their signature, samples as WAV.

    Types and errors are those of :func:`encode_audio`.
    """
    if isinstance(audio, (str, PathLike)):
        return Encoded(*_read_file(Path(audio)))
    if isinstance(audio, (bytes, bytearray, memoryview)):
        data = encode_audio(audio, "")
        return Encoded(data, _suffix_by_signature(data))
    return Encoded(encode_audio(audio, "samples.wav", sample_rate), ".wav")


def _read_file(path: Path) -> tuple[bytes, str]:
    try:
        return path.read_bytes(), path.suffix.lower()
    except (OSError, ValueError) as error:
        raise NotFound(f"cannot read the audio file {clip(str(path), 200)!r}: {error}") from error


def _suffix_by_signature(data: bytes) -> str:
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return ".wav"
    if data[4:8] == b"ftyp":
        return ".m4a"
    if data[:3] == b"ID3" or data[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return ".mp3"
    suffix = {b"fLaC": ".flac", b"OggS": ".ogg"}.get(data[:4])
    if suffix is None:
        raise InvalidArgument(
            "these bytes are no WAV, MP3, FLAC, Ogg or M4A file; samples are given as an array", field="audio"
        )
    return suffix


def _rate(sample_rate: object) -> int:
    rate = sample_rate.__index__() if hasattr(sample_rate, "__index__") else None
    if rate is None or isinstance(sample_rate, bool) or not 1 <= rate <= _MAX_RATE:
        raise InvalidArgument(
            f"sample_rate must be a positive int (samples a second, such as 44100), not {clip(str(sample_rate))}",
            field="sample_rate",
        )
    return int(rate)


def _samples(audio: object) -> npt.NDArray[Any]:
    """Return samples as an array of shape (n, channels)."""
    import numpy as np

    if not is_array(audio) and not isinstance(audio, (list, tuple)):
        raise InvalidArgument(f"audio must be {_ACCEPTED}, not {type_name(audio)}", field="audio")
    array = to_array(audio, field="audio")
    shape = array.shape
    if array.ndim == 1:
        array = array[:, np.newaxis]
    elif array.ndim == 2 and is_tensor(audio) and shape[0] <= _MAX_CHANNELS and shape[0] < shape[1]:
        array = array.T
    if array.ndim != 2 or (array.size and array.shape[1] > _MAX_CHANNELS):
        turned = array.ndim == 2 and shape[0] <= _MAX_CHANNELS
        hint = "; channels come last: array.T" if turned else ""
        raise InvalidArgument(f"audio must be {_ACCEPTED}, not of shape {shape}{hint}", field="audio")
    if array.size == 0:
        raise InvalidArgument(f"the audio has no samples: its shape is {shape}", field="audio")
    if array.dtype.kind == "f":
        return _to_int16(array)
    if isinstance(audio, (list, tuple)) and array.dtype.kind == "i" and array.min() >= -(2**15) and array.max() < 2**15:
        return array.astype(np.int16)
    if array.dtype.name not in ("int16", "int32", "uint8"):
        raise InvalidArgument(f"audio must be {_ACCEPTED}, not of dtype {array.dtype}", field="audio")
    return array


def _to_int16(array: npt.NDArray[Any]) -> npt.NDArray[np.int16]:
    import numpy as np

    peak = np.abs(array).max()
    if not np.isfinite(peak):
        raise InvalidArgument("the audio has NaN or infinite samples", field="audio")
    if peak > 1:
        warnings.warn(f"float samples should lie in -1…1, but reach {peak:g}: they are clipped", stacklevel=2)
    return np.rint(np.clip(array.astype(np.float64), -1, 1) * 32767).astype(np.int16)


def _wav(samples: npt.NDArray[Any], sample_rate: int) -> bytes:
    if samples.nbytes > _MAX_WAV_BYTES:
        raise InvalidArgument(
            f"{samples.nbytes:,} bytes of samples do not fit in a WAV file, which ends at 4 GiB; log it in parts",
            field="audio",
        )
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as writer:
        writer.setnchannels(samples.shape[1])
        writer.setsampwidth(samples.itemsize)
        writer.setframerate(sample_rate)
        writer.writeframes(samples.astype(samples.dtype.newbyteorder("<")).tobytes())
    return buffer.getvalue()
