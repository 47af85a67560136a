"""Tables as JSON in pandas' "split" layout, the one MLflow's tables have."""

from __future__ import annotations

import json
import math
from typing import Any

from runstone.core.errors import InvalidArgument
from runstone.tracking.media.columns import Columns, plain_columns
from runstone.tracking.media.plain import key_text


def json_table_bytes(columns: Columns) -> bytes:
    """Write columns as ``{"columns": [names], "data": [rows]}``."""
    import msgspec

    infinities = {math.inf: msgspec.Raw(b"1e999"), -math.inf: msgspec.Raw(b"-1e999")}

    def finite(cell: Any) -> Any:
        # JSON has no infinity; every reader takes a number beyond float64 for one. NaN becomes null.
        if isinstance(cell, float) and math.isinf(cell):
            return infinities[cell]
        if isinstance(cell, list):
            return [finite(item) for item in cell]
        if isinstance(cell, dict):
            return {key_text(key): finite(item) for key, item in cell.items()}
        return cell

    plain = plain_columns(columns)
    rows = [[finite(cell) for cell in row] for row in zip(*plain.values(), strict=True)]
    try:
        return msgspec.json.encode({"columns": list(plain), "data": rows})
    except UnicodeEncodeError as error:
        raise InvalidArgument(f"a nested cell holds text with a lone surrogate: {error}", field="data") from error


def json_table_columns(data: bytes) -> Columns:
    """Read what :func:`json_table_bytes` or MLflow wrote.

    Raises:
        InvalidArgument: The bytes are not a table of this layout.
    """
    try:
        table = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InvalidArgument(f"the file there is not JSON ({error}); take another name for the table") from error
    names = table.get("columns") if isinstance(table, dict) else None
    rows = table.get("data") if isinstance(table, dict) else None
    if (
        not isinstance(names, list)
        or not isinstance(rows, list)
        or not all(isinstance(name, str) for name in names)
        or len(set(names)) != len(names)
        or not all(isinstance(row, list) and len(row) == len(names) for row in rows)
    ):
        raise InvalidArgument(
            'the file there is no table of the form {"columns": [names], "data": [rows]}; take another name'
        )
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}
