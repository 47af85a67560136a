"""Modules that MLflow's scripts import from, under their names."""

from __future__ import annotations

from importlib import import_module

import pytest

import runstone


@pytest.mark.parametrize(
    ("module", "name", "ours"),
    [
        ("entities", "ViewType", "runstone.core.entities"),
        ("exceptions", "MlflowException", "runstone.core.errors"),
        ("artifacts", "download_artifacts", "runstone.tracking.artifact_uris"),
        ("tracking", "MlflowClient", "runstone.tracking"),
    ],
)
def test_module_holds_what_the_attribute_does(module: str, name: str, ours: str) -> None:
    found = getattr(import_module(f"runstone.{module}"), name)

    assert found is getattr(import_module(ours), name)
    assert found is getattr(getattr(runstone, module), name)


def test_client_by_its_two_names_is_one() -> None:
    assert runstone.MlflowClient is runstone.Client is import_module("runstone.tracking").MlflowClient
