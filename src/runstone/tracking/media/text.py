"""Text as an artifact."""

from __future__ import annotations

from runstone.core.errors import InvalidArgument
from runstone.tracking.media.encoded import type_name


def encode_text(text: str) -> bytes:
    """Encode text as UTF-8, line ends as they are.

    Raises:
        InvalidArgument: Not a str, or it has a lone surrogate, which no UTF-8 file can hold.
    """
    if not isinstance(text, str):
        raise InvalidArgument(f"text must be a str, not {type_name(text)}", field="text")
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InvalidArgument(
            f"text has a lone surrogate {text[error.start]!r} at character {error.start}, which UTF-8 cannot "
            'hold; clean it first, for example by text.encode("utf-8", "replace").decode()',
            field="text",
            position=error.start,
        ) from error
