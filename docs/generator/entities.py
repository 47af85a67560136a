"""The value types: what functions return, field by field."""

from __future__ import annotations

import inspect
from enum import Enum

import msgspec

from generator import markdown
from generator.python_api import class_text, default, function
from runstone.core import entities


def page() -> str:
    """Return the page."""
    parts = [
        "# runstone.entities\n\n"
        "What functions return and take. They are immutable, hold no connection, and have the fields that MLflow's "
        "have. Names ending in `_ms`, and `start_time`, `end_time` and `timestamp`, are Unix milliseconds.\n"
    ]
    for name in sorted(entities.__all__, key=str.lower):
        parts.append(_entity(name, getattr(entities, name)))
    return "\n".join(parts)


def _entity(name: str, value: object) -> str:
    head = f"## {name}\n\n"
    if inspect.isclass(value) and issubclass(value, msgspec.Struct):
        return head + markdown.of_docstring(value) + "\n" + _fields(value) + _properties(value)
    if inspect.isclass(value) and issubclass(value, Enum):
        members = [(markdown.code(member.name), markdown.code(repr(member.value))) for member in value]
        return head + markdown.of_docstring(value) + "\n" + markdown.table(("name", "value"), members)
    if inspect.isclass(value):
        constants = [(f"`{key}`", f"`{item!r}`") for key, item in vars(value).items() if key.isupper()]
        return head + class_text(value, name, level=3) + "\n" + markdown.table(("name", "value"), constants)
    if inspect.isfunction(value):
        return function(name, value, level=2)
    return f"{head}The type `{_alias(value)}`.\n"


def _alias(value: object) -> str:
    return str(value).replace("typing.", "")


def _fields(cls: type[msgspec.Struct]) -> str:
    rows = []
    for each in msgspec.structs.fields(cls):
        if each.default is not msgspec.NODEFAULT:
            shown = markdown.code(default(each.default))
        elif each.default_factory is not msgspec.NODEFAULT:
            shown = markdown.code(default(each.default_factory()))
        else:
            shown = ""
        rows.append((markdown.code(each.name), markdown.code(_annotation_of(cls, each.name)), shown))
    return markdown.table(("field", "type", "default"), rows)


def _annotation_of(cls: type, name: str) -> str:
    owner = next(base for base in cls.__mro__ if name in inspect.get_annotations(base))
    return str(inspect.get_annotations(owner)[name])


def _properties(cls: type) -> str:
    found = [(name, value) for name, value in vars(cls).items() if isinstance(value, property)]
    if not found:
        return ""
    rows = [(markdown.code(name), markdown.summary(value)) for name, value in found]
    return "\n" + markdown.table(("property", ""), rows)
