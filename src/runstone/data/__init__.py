"""Versions of data: what a table, an array, a file or a folder was, told by its content.

Outside users call the ``from_…`` functions, which return a :class:`Dataset`, and :func:`get_source`.  Every
name is loaded when it is first used, because the rest of the folder needs NumPy and pyarrow.

Invariant: a digest depends on values, names and types, never on the order of rows or of listed files.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runstone.data.constructors import from_arrow, from_huggingface, from_numpy, from_pandas, from_path, from_polars
    from runstone.data.dataset import Dataset
    from runstone.data.schema import Column
    from runstone.data.source import DatasetSource, get_source

__all__ = [
    "Column",
    "Dataset",
    "DatasetSource",
    "from_arrow",
    "from_huggingface",
    "from_numpy",
    "from_pandas",
    "from_path",
    "from_polars",
    "get_source",
]

_WHERE = {
    "Column": "runstone.data.schema",
    "Dataset": "runstone.data.dataset",
    "DatasetSource": "runstone.data.source",
    "from_arrow": "runstone.data.constructors",
    "from_huggingface": "runstone.data.constructors",
    "from_numpy": "runstone.data.constructors",
    "from_pandas": "runstone.data.constructors",
    "from_path": "runstone.data.constructors",
    "from_polars": "runstone.data.constructors",
    "get_source": "runstone.data.source",
}


def __getattr__(name: str) -> Any:
    try:
        module = _WHERE[name]
    except KeyError:
        raise AttributeError(f"module 'runstone.data' has no attribute {name!r}") from None
    value = globals()[name] = getattr(import_module(module), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_WHERE})
