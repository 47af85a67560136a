"""``from_…``: datasets of what people hold data in.

Names and order of the arguments are those of MLflow's ``mlflow.data``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runstone.core.errors import InvalidArgument
from runstone.data.arrays import Arrays, array_digest, array_profile, named_arrays
from runstone.data.dataset import Dataset
from runstone.data.dvc_file import tracked_version
from runstone.data.files import Contents, Reading, read_contents
from runstone.data.profile import table_profile
from runstone.data.reading import table_format
from runstone.data.schema import Column, columns_of_arrays, columns_of_table
from runstone.data.source import DatasetSource, local_source, source_of
from runstone.data.table import (
    Table,
    arrow_table,
    pandas_frame,
    polars_frame,
    table_of_arrow,
    table_of_pandas,
    table_of_polars,
)

if TYPE_CHECKING:
    import pandas

_MAX_FILES = 1_000


def from_pandas(
    df: pandas.DataFrame | pandas.Series[Any],
    source: object = None,
    targets: str | None = None,
    name: str | None = None,
    digest: str | None = None,
    predictions: str | None = None,
) -> Dataset:
    """Return a pandas DataFrame as a dataset.

    NaN and None count as missing.  An unnamed index of integers is no data; any other index is.  Cells
    that Arrow has no type for (mixed types, huge integers, lone surrogates) count as Python values.

    Args:
        df: The frame.
        source: Where it came from, a path or an address; the running program if None.
        targets: The column to be predicted.
        name: What to call it; ``dataset`` if None.
        digest: A digest of your own in place of the computed one.
        predictions: The column of a model's predictions.

    Raises:
        InvalidArgument: It is no frame, lacks a column that was named, or holds objects whose value cannot be told.
        MissingExtra: pandas or pyarrow is not installed.
    """
    frame = pandas_frame(df)
    return _of_frame(
        table_of_pandas(frame), df, source, targets, name, digest, predictions, lambda drop: frame.drop(columns=drop)
    )


def from_polars(
    df: Any,
    source: object = None,
    targets: str | None = None,
    name: str | None = None,
    digest: str | None = None,
    predictions: str | None = None,
) -> Dataset:
    """Return a polars DataFrame (a LazyFrame is collected) as a dataset; arguments as in :func:`from_pandas`.

    Raises:
        InvalidArgument: As in :func:`from_pandas`.
        MissingExtra: polars or pyarrow is not installed.
    """
    frame = polars_frame(df)
    return _of_frame(
        table_of_polars(frame), frame, source, targets, name, digest, predictions, lambda drop: frame.drop(drop)
    )


def from_arrow(
    table: Any,
    source: object = None,
    targets: str | None = None,
    name: str | None = None,
    digest: str | None = None,
    predictions: str | None = None,
) -> Dataset:
    """Return a pyarrow Table, or whatever exports an Arrow stream, as a dataset; arguments as in :func:`from_pandas`.

    Raises:
        InvalidArgument: As in :func:`from_pandas`.
        MissingExtra: pyarrow is not installed.
    """
    data = arrow_table(table)
    return _of_frame(
        table_of_arrow(data), data, source, targets, name, digest, predictions, lambda drop: data.drop_columns(drop)
    )


def from_numpy(
    features: Arrays,
    source: object = None,
    targets: Arrays | None = None,
    name: str | None = None,
    digest: str | None = None,
) -> Dataset:
    """Return arrays as a dataset; the first axis counts the rows.

    Args:
        features: An array, or arrays by name.
        source: Where they came from, a path or an address; the running program if None.
        targets: An array of as many rows, or such arrays by name.
        name: What to call it; ``dataset`` if None.
        digest: A digest of your own in place of the computed one.

    Raises:
        InvalidArgument: They differ in their number of rows, or are of a type that has no digest.
    """
    arrays = named_arrays("features", features)
    if targets is not None:
        arrays |= named_arrays("targets", targets)
    lengths = {key: len(array) for key, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        raise InvalidArgument(f"arrays of different length: {lengths}", field="features")
    row_count = next(iter(lengths.values()), 0)
    return Dataset(
        name=name or "dataset",
        digest=digest or array_digest(arrays, row_count),
        source=source_of(source),
        schema=columns_of_arrays(arrays),
        row_count=row_count,
        profiler=lambda: array_profile(arrays, row_count),
        df=features,
        features=lambda: features,
        targets=targets,
    )


def from_path(
    path: str | os.PathLike[str],
    name: str | None = None,
    digest: str | None = None,
    *,
    targets: str | None = None,
    reading: Reading = "auto",
) -> Dataset:
    """Return a file or a folder as a dataset.

    CSV, TSV, Parquet, Arrow, Feather and JSON lines are read as tables, if pyarrow is installed; every other file
    counts as its bytes.  Where DVC tracks the path, the source says which version.

    Args:
        path: The file or folder.
        name: What to call it; the file's name without its endings if None.
        digest: A digest of your own in place of the computed one.
        targets: The column to be predicted, if it is one table.
        reading: ``files`` reads no tables, for folders larger than memory; ``table`` insists on one table.

    Raises:
        NotFound: Nothing is there.
        InvalidArgument: It cannot be read as asked, lacks the column, or holds a pipe, a device or a loop of folders.
        MissingExtra: ``reading="table"`` and pyarrow is not installed.
    """
    at = Path(path)
    contents = read_contents(at, reading)
    table = contents.tables.get("")
    if targets is not None:
        _check_column(table or Table([], 0), targets, "targets")
    arrow = None if table is None else _arrow_of(table)
    tracked = tracked_version(at.absolute())
    facts: dict[str, Any] = {} if tracked is None else {"dvc": tracked}
    if len(contents.files) == 1 and not contents.tables:
        facts["digest"] = contents.files[0].digest
    return Dataset(
        name=name or _stem(at.absolute()) or "dataset",
        digest=digest or contents.digest,
        source=local_source(at, facts),
        schema=_columns_of_contents(contents),
        row_count=sum(each.row_count for each in contents.tables.values()) if contents.tables else None,
        profiler=lambda: _contents_profile(contents),
        df=arrow,
        features=lambda: None if arrow is None else arrow.drop_columns([targets] if targets else []),
        targets=targets,
    )


def from_huggingface(
    ds: Any,
    path: str | None = None,
    targets: str | None = None,
    data_dir: str | None = None,
    data_files: str | Sequence[str] | Mapping[str, str | Sequence[str]] | None = None,
    revision: str | None = None,
    name: str | None = None,
    digest: str | None = None,
    trust_remote_code: bool | None = None,
    source: object = None,
) -> Dataset:
    """Return a Hugging Face ``datasets.Dataset`` as a dataset.

    Args:
        ds: The dataset, one split of it.
        path: Its name on the hub.
        targets: The column to be predicted.
        data_dir: As it was loaded with.
        data_files: As it was loaded with.
        revision: As it was loaded with.
        name: What to call it; the last part of ``path``, or what the dataset says, if None.
        digest: A digest of your own in place of the computed one.
        trust_remote_code: Not used; for scripts that pass it.
        source: Where it came from, if not from ``path``.

    Raises:
        InvalidArgument: It is no such dataset (of a ``DatasetDict`` choose a split), or lacks the column.
        MissingExtra: pyarrow is not installed.
    """
    needed = ("with_format", "features", "__getitem__")
    if isinstance(ds, Mapping) or not all(hasattr(ds, name) for name in needed):
        raise InvalidArgument(
            f"from_huggingface takes a datasets.Dataset, not {type(ds).__name__}; "
            "of several splits choose one, and a streamed dataset has to be loaded",
            field="ds",
        )
    # The format "arrow" honours a selection or a shuffle, which ``ds.data`` does not.
    table = table_of_arrow(ds.with_format("arrow")[:])
    if path is not None and source is None:
        split, config_name = getattr(ds, "split", None), getattr(ds, "config_name", None)
        source = DatasetSource(
            "hugging_face",
            {
                "path": path,
                "config_name": config_name,
                "data_dir": data_dir,
                "data_files": data_files,
                "split": None if split is None else str(split),
                "revision": None if revision is None else str(revision),
            },
        )
    named = path.rpartition("/")[2] if path else getattr(getattr(ds, "info", None), "dataset_name", None)
    return _of_frame(
        table, ds, source, targets, name or named, digest, None, lambda drop: ds.remove_columns(drop) if drop else ds
    )


def _of_frame(
    table: Table,
    df: Any,
    source: object,
    targets: str | None,
    name: str | None,
    digest: str | None,
    predictions: str | None,
    without: Callable[[list[str]], Any],
) -> Dataset:
    named = [column for column in (targets, predictions) if column is not None]
    for column in named:
        _check_column(table, column, "targets" if column == targets else "predictions")
    return Dataset(
        name=name or "dataset",
        digest=digest or table.digest(),
        source=source_of(source),
        schema=columns_of_table(table),
        row_count=table.row_count,
        profiler=lambda: {**_counts(table), "columns": table_profile(table)},
        df=df,
        features=lambda: without(named),
        targets=targets,
        predictions=predictions,
    )


def _check_column(table: Table, column: str, field: str) -> None:
    names = [each.name for each in table.columns]
    if str(column) not in names:
        raise InvalidArgument(f"{field} names column {column!r}, and there are only {names[:20]}", field=field)


def _counts(table: Table) -> dict[str, Any]:
    return {"num_rows": table.row_count, "num_elements": table.row_count * len(table.columns)}


def _stem(path: Path) -> str:
    if path.is_dir():
        return path.name
    return Path(path.stem).stem if table_format(path.name) else path.stem


def _columns_of_contents(contents: Contents) -> tuple[Column, ...]:
    from msgspec.structs import replace

    return tuple(
        replace(column, name=f"{name}/{column.name}" if name else column.name)
        for name, table in contents.tables.items()
        for column in columns_of_table(table)
    )


def _contents_profile(contents: Contents) -> dict[str, Any]:
    profile: dict[str, Any] = {}
    columns: list[dict[str, Any]] = []
    for name, table in contents.tables.items():
        for key, value in _counts(table).items():
            profile[key] = profile.get(key, 0) + value
        columns += [{**column, **({"table": name} if name else {})} for column in table_profile(table)]
    if contents.files:
        # Of tables nothing is said about files: their sizes would change with the order of the rows.
        profile |= {
            "num_files": len(contents.files),
            "size_bytes": sum(file.size_bytes for file in contents.files),
            "files": [
                {"path": file.name, "size_bytes": file.size_bytes, "digest": file.digest}
                for file in contents.files[:_MAX_FILES]
            ],
        }
    return {**profile, "columns": columns} if columns else profile


def _arrow_of(table: Table) -> Any:
    import pyarrow as pa

    if any(column.arrow is None for column in table.columns):
        return None
    return pa.Table.from_arrays(
        [column.arrow for column in table.columns], names=[column.name for column in table.columns]
    )
