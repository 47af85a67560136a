from __future__ import annotations

import pytest

from runstone.core.errors import InvalidArgument
from runstone.tracking.media.text import encode_text


def test_text_is_utf8_with_its_line_ends() -> None:
    assert encode_text("naïve\r\n\x00☃\n") == "naïve\r\n\x00☃\n".encode()


def test_a_lone_surrogate_is_refused_with_its_place() -> None:
    with pytest.raises(InvalidArgument, match=r"surrogate '.udce9' at character 2") as caught:
        encode_text("ab\udce9")

    assert caught.value.position == 2


@pytest.mark.parametrize("value", [b"bytes", None, 3])
def test_what_is_no_text_is_refused(value: object) -> None:
    with pytest.raises(InvalidArgument, match="must be a str, not"):
        encode_text(value)  # type: ignore[arg-type]
