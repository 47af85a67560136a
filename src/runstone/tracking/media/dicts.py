"""Dictionaries as JSON or YAML artifacts."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from runstone.core.errors import InvalidArgument
from runstone.tracking.media.encoded import suffix_of, type_name
from runstone.tracking.media.plain import to_plain
from runstone.tracking.media.yaml import yaml_text


def encode_dict(dictionary: object, filename: str) -> bytes:
    """Encode a dictionary (or a list) as YAML if the file name ends in ``.yaml`` or ``.yml``, else as JSON.

    Values that neither format has are converted as :func:`runstone.tracking.media.plain.to_plain` says.

    Args:
        dictionary: A mapping, list, tuple, dataclass or msgspec Struct.
        filename: The artifact's path or name.

    Raises:
        InvalidArgument: Another type, or it contains itself or is nested too deeply.
    """
    is_record = dataclasses.is_dataclass(dictionary) or hasattr(type(dictionary), "__struct_fields__")
    if isinstance(dictionary, type) or not (isinstance(dictionary, (Mapping, list, tuple)) or is_record):
        raise InvalidArgument(
            f"dictionary must be a dict, list, dataclass or msgspec Struct, not {type_name(dictionary)}",
            field="dictionary",
        )
    plain = to_plain(dictionary)
    if suffix_of(filename) in (".yaml", ".yml"):
        return yaml_text(plain).encode("utf-8")
    return json_bytes(plain)


def json_bytes(plain: Any) -> bytes:
    """Write a plain tree as JSON, indented by two; readable as it is unless it has lone surrogates."""
    try:
        return json.dumps(plain, indent=2, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(plain, indent=2).encode("ascii")
