"""Where data came from: the kinds of source that MLflow records, and reading them back.

``source_type`` and the JSON's keys are MLflow's, so that its clients read ours: ``local`` and ``s3``-like have
``uri``, ``http`` has ``url``, ``hugging_face`` has ``path`` and more, ``code`` has ``tags``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from runstone.core.entities import DatasetInput, DatasetRecord
from runstone.core.errors import InvalidArgument, NotFound, Unsupported


class DatasetSource:
    """Where a dataset came from.

    Args:
        source_type: ``local``, ``http``, ``code``, ``hugging_face``, or the scheme of an address.
        facts: What is known of it, as plain JSON values.
    """

    def __init__(self, source_type: str, facts: Mapping[str, Any]) -> None:
        self.source_type = source_type
        self.facts = dict(facts)

    @property
    def uri(self) -> str | None:
        """The path or address, if it has one."""
        found = self.facts.get("uri") or self.facts.get("url") or self.facts.get("path")
        return None if found is None else str(found)

    def load(self) -> str:
        """Return the local path of the data.

        Raises:
            NotFound: Nothing is there any more.
            Unsupported: The data is not on this machine, or the source is the program that made it.
        """
        if self.source_type != "local" or self.uri is None:
            what = "the program that made it" if self.source_type == "code" else self.uri or "no address"
            raise Unsupported(
                f"a dataset of source type {self.source_type!r} ({what}) cannot be loaded; only local can"
            )
        path = _local_path(self.uri)
        if not path.exists():
            raise NotFound(f"the dataset's source {str(path)!r} does not exist on this machine")
        return str(path)

    def to_dict(self) -> dict[str, Any]:
        """Return what is known of it."""
        return dict(self.facts)

    def to_json(self) -> str:
        """Return what is known of it, as JSON."""
        return json.dumps(self.facts, default=str)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DatasetSource) and (self.source_type, self.facts) == (other.source_type, other.facts)

    def __hash__(self) -> int:
        return hash((self.source_type, self.to_json()))

    def __repr__(self) -> str:
        return f"DatasetSource({self.source_type!r}, {self.facts!r})"


def source_of(source: object) -> DatasetSource:
    """Return the source that a caller named.

    Args:
        source: A path, an address, a source (ours or MLflow's); None is the running program.

    Raises:
        InvalidArgument: It is none of these.
    """
    if source is None:
        tags = {"mlflow.source.name": sys.argv[0] if sys.argv else "", "mlflow.source.type": "LOCAL"}
        return DatasetSource("code", {"tags": tags})
    if isinstance(source, DatasetSource):
        return source
    if hasattr(source, "to_dict") and hasattr(source, "_get_source_type"):
        return DatasetSource(source._get_source_type(), source.to_dict())
    if isinstance(source, Path):
        return local_source(source)
    if isinstance(source, str) and source:
        scheme = urlsplit(source).scheme if "://" in source else ""
        if scheme in ("http", "https"):
            return DatasetSource("http", {"url": source})
        if scheme and scheme != "file":
            return DatasetSource(scheme, {"uri": source})
        return local_source(_local_path(source))
    raise InvalidArgument(f"source must be a path or an address, not {type(source).__name__}", field="source")


def local_source(path: Path, facts: Mapping[str, Any] | None = None) -> DatasetSource:
    """Return a path on this machine as a source, with more facts about it."""
    return DatasetSource("local", {"uri": str(path.absolute()), **(facts or {})})


def get_source(dataset: object) -> DatasetSource:
    """Return the source of a dataset, logged or not.

    Args:
        dataset: A :class:`~runstone.data.Dataset`, or a dataset or dataset input of a run.

    Raises:
        InvalidArgument: It is no dataset, or its source was recorded by something else than MLflow and Runstone.

    Example::

        path = runstone.data.get_source(run.inputs.dataset_inputs[0]).load()
    """
    if isinstance(dataset, DatasetInput):
        dataset = dataset.dataset
    if isinstance(dataset, DatasetRecord):
        try:
            facts = json.loads(dataset.source)
        except ValueError:
            facts = {"uri": dataset.source}
        if not isinstance(facts, dict):
            raise InvalidArgument(f"dataset {dataset.name!r} has a source that is no JSON object", field="dataset")
        return DatasetSource(dataset.source_type, facts)
    source = getattr(dataset, "source", None)
    if isinstance(source, DatasetSource):
        return source
    raise InvalidArgument(f"not a dataset: {type(dataset).__name__}", field="dataset")


def _local_path(text: str) -> Path:
    return Path(unquote(urlsplit(text).path)) if text.startswith("file://") else Path(text)
