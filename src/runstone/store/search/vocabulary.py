"""Which fields each noun has, what type they are, and what MLflow's grammar allows on them.

One grammar serves every noun; these tables are all that differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from runstone.store.search.tree import Entity, Field, Op, Statistic

# What a field's values are.  "number" is whole numbers, "float" what metrics are; "any" is text that may read
# as a number, where the right side decides how it is compared.
Kind = Literal["text", "number", "float", "time", "id", "any"]

ENTITIES: Mapping[str, Entity] = {
    "attribute": "attribute",
    "attributes": "attribute",
    "attr": "attribute",
    "run": "attribute",
    "metric": "metric",
    "metrics": "metric",
    "param": "param",
    "params": "param",
    "parameter": "param",
    "parameters": "param",
    "tag": "tag",
    "tags": "tag",
    "dataset": "dataset",
    "datasets": "dataset",
}
STATISTICS: Mapping[str, Statistic] = {
    "last": "last",
    "min": "min",
    "max": "max",
    "mean": "mean",
    "first": "first",
    "count": "count",
}
DATASET_KEYS = ("name", "digest", "context")

_EQUALITY: frozenset[Op] = frozenset({"=", "!="})
_NUMBER: frozenset[Op] = _EQUALITY | {"<", "<=", ">", ">="}
_TEXT: frozenset[Op] = _EQUALITY | {"LIKE", "ILIKE"}
_LIST: frozenset[Op] = frozenset({"IN", "NOT IN"})
_NULL: frozenset[Op] = frozenset({"IS NULL", "IS NOT NULL"})
_OURS: frozenset[Op] = frozenset()

_OPS_BY_KIND: Mapping[Kind, frozenset[Op]] = {
    "number": _NUMBER | _LIST | _NULL | {"BETWEEN"},
    "float": _NUMBER | _LIST | _NULL | {"BETWEEN"},
    "time": _NUMBER | _LIST | _NULL | {"BETWEEN"},
    # Ids have no order that means anything, and as text "10" would stand before "9".
    "id": _TEXT | _LIST | _NULL | {"NOT LIKE", "NOT ILIKE", "REGEXP", "NOT REGEXP"},
    "text": _NUMBER | _TEXT | _LIST | _NULL | {"BETWEEN", "NOT LIKE", "NOT ILIKE", "REGEXP", "NOT REGEXP"},
    "any": _NUMBER | _TEXT | _LIST | _NULL | {"BETWEEN", "NOT LIKE", "NOT ILIKE", "REGEXP", "NOT REGEXP"},
}


class Attribute(Struct, frozen=True):
    """A field that every thing of a noun has.

    Attributes:
        mlflow: Operators that MLflow's grammar has for it; none if only ours knows the attribute.
        aliases: Other spellings, in lower case.
    """

    name: str
    kind: Kind
    mlflow: frozenset[Op] = _OURS
    aliases: tuple[str, ...] = ()


class Vocabulary(Struct, frozen=True, kw_only=True):
    """What filters on one noun may speak of.

    Attributes:
        noun: In the plural, for messages.
        attributes: By every spelling in lower case.
        keyed: The entities besides attributes, each with the operators that MLflow's grammar has for it.
        has_statistics: ``metrics.loss.min`` is the minimum of ``loss``; else it is the metric ``loss.min``.
        tags_unequal_when_missing: Tags for which ``!=`` also holds where the tag is missing.  The parser
            writes this out as ``(tags.x != 'v' OR tags.x IS NULL)``, so nothing that reads trees needs to
            know.
    """

    noun: str
    attributes: Mapping[str, Attribute]
    keyed: Mapping[Entity, frozenset[Op]]
    has_statistics: bool = False
    tags_unequal_when_missing: frozenset[str] = frozenset()

    def names(self) -> list[str]:
        """Return the canonical names of the attributes, in the order of the table."""
        return list(dict.fromkeys(attribute.name for attribute in self.attributes.values()))

    def kind(self, field: Field) -> Kind:
        """Return the type of a field's values."""
        if field.entity == "attribute":
            return self.attributes[field.key].kind
        if field.entity == "metric":
            return "float"
        return "text" if field.entity == "dataset" else "any"

    def ops(self, field: Field) -> frozenset[Op]:
        """Return the operators that a field takes."""
        return _OPS_BY_KIND[self.kind(field)]

    def mlflow_ops(self, field: Field) -> frozenset[Op]:
        """Return the operators that a field takes in MLflow's grammar; none for a field MLflow does not
        know."""
        if field.entity == "attribute":
            return self.attributes[field.key].mlflow
        if field.entity == "metric" and field.stat != "last":
            return _OURS
        return self.keyed[field.entity]


def _spellings(*attributes: Attribute) -> Mapping[str, Attribute]:
    return {name: attribute for attribute in attributes for name in (attribute.name, *attribute.aliases)}


RUNS = Vocabulary(
    noun="runs",
    attributes=_spellings(
        Attribute("run_id", "id", _TEXT | _LIST),
        Attribute("run_name", "text", _TEXT, ("run name",)),
        Attribute("status", "text", _TEXT),
        Attribute("user_id", "text", _TEXT),
        Attribute("artifact_uri", "text", _TEXT),
        Attribute("start_time", "time", _NUMBER, ("created",)),
        Attribute("end_time", "time", _NUMBER),
        Attribute("experiment_id", "id"),
        Attribute("lifecycle_stage", "text"),
        Attribute("parent_run_id", "id"),
        Attribute("duration", "number"),
        Attribute("status_reason", "text"),
    ),
    keyed={
        "metric": _NUMBER,
        "param": _TEXT | _NULL,
        "tag": _TEXT | _NULL,
        "dataset": _TEXT | _LIST,
    },
    has_statistics=True,
)

EXPERIMENTS = Vocabulary(
    noun="experiments",
    attributes=_spellings(
        Attribute("name", "text", _TEXT),
        Attribute("experiment_id", "id", _EQUALITY | _LIST),
        Attribute("creation_time", "time", _NUMBER),
        Attribute("last_update_time", "time", _NUMBER),
        Attribute("lifecycle_stage", "text"),
        Attribute("artifact_location", "text"),
    ),
    keyed={"tag": _TEXT | _NULL},
)

REGISTERED_MODELS = Vocabulary(
    noun="registered models",
    attributes=_spellings(
        Attribute("name", "text", _TEXT | _LIST),
        Attribute("creation_timestamp", "time"),
        Attribute("last_updated_timestamp", "time", aliases=("timestamp",)),
        Attribute("description", "text"),
    ),
    keyed={"tag": _TEXT},
    # MLflow's clients append this clause to every search for models, most of which have no such tag.
    tags_unequal_when_missing=frozenset({"mlflow.prompt.is_prompt"}),
)

MODEL_VERSIONS = Vocabulary(
    noun="model versions",
    attributes=_spellings(
        Attribute("name", "text", _TEXT | _LIST),
        Attribute("run_id", "id", _TEXT | _LIST),
        Attribute("source_path", "text", _TEXT),
        Attribute("version_number", "number", _NUMBER, ("version",)),
        Attribute("creation_timestamp", "time"),
        Attribute("last_updated_timestamp", "time"),
        Attribute("registry_stage", "text", aliases=("current_stage",)),
        Attribute("status", "text"),
        Attribute("user_id", "text"),
        Attribute("description", "text"),
        Attribute("model_id", "id"),
    ),
    keyed={"tag": _TEXT},
)

LOGGED_MODELS = Vocabulary(
    noun="logged models",
    attributes=_spellings(
        Attribute("name", "text", _TEXT),
        Attribute("model_id", "id", _TEXT),
        Attribute("model_type", "text", _TEXT),
        Attribute("status", "text", _TEXT),
        Attribute("source_run_id", "id", _TEXT),
        Attribute("creation_timestamp", "time", _NUMBER, ("creation_time",)),
        Attribute("last_updated_timestamp", "time", _NUMBER, ("last_updated_time",)),
        Attribute("experiment_id", "id"),
    ),
    keyed={"metric": _NUMBER, "param": _TEXT, "tag": _TEXT},
)
