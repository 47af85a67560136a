"""What users type: names and signatures, reviewed in ``public_api.txt``."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from pathlib import Path

import runstone
from runstone.tracking.client import Client


def signature_of(function: object) -> str:
    """Return a signature; defaults that are objects are shown by their names."""
    signature = inspect.signature(function)  # type: ignore[arg-type]
    parameters = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in signature.parameters.values()]
    return str(signature.replace(parameters=parameters, return_annotation=inspect.Signature.empty))


def describe(name: str, value: object) -> str:
    if inspect.isfunction(value):
        return f"{name}{signature_of(value)}"
    if inspect.isclass(value):
        return f"class {name}"
    if inspect.ismodule(value):
        return f"module {name} = {value.__name__}"
    return name


def test_public_names_and_signatures_are_those_that_were_reviewed(check_snapshot: Callable[[str, str], None]) -> None:
    lines = [describe(name, getattr(runstone, name)) for name in runstone.__all__]
    for name, member in sorted(inspect.getmembers(Client)):
        if not name.startswith("_"):
            lines.append(describe(f"Client.{name}", member))

    check_snapshot("public_api.txt", "".join(line + "\n" for line in lines))


def test_every_public_name_is_documented() -> None:
    undocumented = [
        name for name in runstone.__all__ if callable(getattr(runstone, name)) and not getattr(runstone, name).__doc__
    ]

    assert undocumented == []


def test_names_that_type_checkers_see_are_those_of_the_lazy_table() -> None:
    tree = ast.parse(Path(runstone.__file__).read_text("utf-8"))
    (block,) = [
        node
        for node in tree.body
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    ]
    imported = {
        alias.asname: (node.module, alias.name)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }

    table = {
        name: tuple(module.rsplit(".", 1)) if attribute is None else (module, attribute)
        for name, (module, attribute) in runstone._WHERE.items()
    }

    assert imported == table
    assert runstone.__all__ == sorted(table)


def test_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(runstone, "log_metrix")


def test_dir_lists_names_that_are_not_loaded_yet() -> None:
    assert set(runstone.__all__) <= set(dir(runstone))
