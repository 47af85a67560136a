"""Columns and arrays of a dataset as a list, and in MLflow's JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from runstone.data.table import Table, TableColumn


class Column(Struct, frozen=True, kw_only=True):
    """A column of a table, or an array.

    Attributes:
        name: Its name.
        type: Its Arrow or NumPy type; ``object`` for Python objects.
        nullable: Whether a value is missing.
        shape: Of an array, with -1 for the rows; None for a column.
        spec: Its type in the words of MLflow.
    """

    name: str
    type: str
    nullable: bool = False
    shape: tuple[int, ...] | None = None
    spec: dict[str, Any] = {}


def columns_of_table(table: Table) -> tuple[Column, ...]:
    """Return the columns of a table."""
    return tuple(_column(column) for column in table.columns)


def columns_of_arrays(arrays: Mapping[str, NDArray[Any]]) -> tuple[Column, ...]:
    """Return arrays as columns."""
    columns = []
    for name, array in arrays.items():
        shape = (-1, *array.shape[1:])
        spec = {"type": "tensor", "tensor-spec": {"dtype": _tensor_type(array.dtype), "shape": list(shape)}}
        nullable = bool(np.ma.is_masked(array))
        columns.append(Column(name=name, type=str(array.dtype), nullable=nullable, shape=shape, spec=spec))
    return tuple(columns)


def schema_json(columns: Sequence[Column], max_length: int) -> str | None:
    """Return columns as MLflow's JSON; of too many the first ones."""
    if not columns:
        return None
    if columns[0].shape is not None:
        parts = {role: _tensors(columns, role) for role in ("features", "targets")}
        return json.dumps({"mlflow_tensorspec": parts})
    specs = [{**column.spec, "name": column.name, "required": not column.nullable} for column in columns]
    return fit_json(lambda count: {"mlflow_colspec": specs[:count]}, len(specs), max_length)


def fit_json(document: Any, count: int, max_length: int) -> str:
    """Return ``document(n)`` as JSON for the most items n of ``count`` that keep it short enough, by halving."""
    while True:
        text = json.dumps(document(count), allow_nan=False)
        if len(text) <= max_length or not count:
            return text
        count //= 2


def _column(column: TableColumn) -> Column:
    if column.arrow is None:
        nullable = any(value is None for value in column.objects or ())
        return Column(name=column.name, type="object", nullable=nullable, spec={"type": "any"})
    return Column(
        name=column.name,
        type=str(column.arrow.type),
        nullable=column.arrow.null_count > 0,
        spec=_mlflow_type(column.arrow.type),
    )


def _mlflow_type(arrow_type: Any) -> dict[str, Any]:
    import pyarrow as pa

    is_type = pa.types
    if is_type.is_dictionary(arrow_type):
        return _mlflow_type(arrow_type.value_type)
    if is_type.is_struct(arrow_type):
        fields = {arrow_type.field(i).name: arrow_type.field(i) for i in range(arrow_type.num_fields)}
        properties = {name: {**_mlflow_type(field.type), "required": False} for name, field in fields.items()}
        return {"type": "object", "properties": properties}
    if is_type.is_map(arrow_type):
        return {"type": "map", "values": _mlflow_type(arrow_type.item_type)}
    name = str(arrow_type)
    if hasattr(arrow_type, "value_type") and "list" in name:
        return {"type": "array", "items": _mlflow_type(arrow_type.value_type)}
    if is_type.is_boolean(arrow_type):
        return {"type": "boolean"}
    if is_type.is_integer(arrow_type):
        return {"type": "integer" if name in ("int8", "int16", "int32", "uint8", "uint16") else "long"}
    if is_type.is_floating(arrow_type) or is_type.is_decimal(arrow_type):
        return {"type": "float" if arrow_type.bit_width <= 32 else "double"}
    if is_type.is_timestamp(arrow_type) or is_type.is_date(arrow_type):
        return {"type": "datetime"}
    if "binary" in name:
        return {"type": "binary"}
    return {"type": "any" if is_type.is_null(arrow_type) else "string"}


def _tensor_type(dtype: np.dtype[Any]) -> str:
    return dtype.name if dtype.kind in "biufc" else {"U": "str", "S": "bytes"}.get(dtype.kind, "object")


def _tensors(columns: Sequence[Column], role: str) -> str | None:
    """Return the arrays of a role, which are named as it or below it, as MLflow nests them: JSON in JSON."""
    found = []
    for column in columns:
        if column.name == role:
            found.append(column.spec)
        elif column.name.startswith(f"{role}/"):
            found.append({"name": column.name.removeprefix(f"{role}/"), **column.spec})
    return json.dumps(found) if found else None
