"""Settings from the environment."""

from __future__ import annotations

import msgspec
import pytest

from runstone.core.errors import InvalidArgument
from runstone.core.settings import CAPTURES, TABLE, Settings, load


def test_empty_environment_gives_the_defaults() -> None:
    assert load({}) == Settings()


def test_table_and_values_name_the_same_settings() -> None:
    assert [setting.name for setting in TABLE] == [field.name for field in msgspec.structs.fields(Settings)]
    for setting in TABLE:
        assert setting.help.endswith((".", "none."))
        assert all(variable.startswith(("RUNSTONE_", "MLFLOW_")) for variable in setting.variables)


def test_own_variable_goes_before_that_of_mlflow() -> None:
    environment = {"MLFLOW_EXPERIMENT_NAME": "theirs", "RUNSTONE_EXPERIMENT_NAME": "ours", "MLFLOW_RUN_ID": "abc"}

    settings = load(environment)

    assert (settings.experiment_name, settings.run_id) == ("ours", "abc")


def test_empty_variable_counts_as_unset() -> None:
    assert load({"RUNSTONE_TRACKING_URI": "", "RUNSTONE_DRAIN_INTERVAL": ""}) == Settings()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("none", set()),
        ("code", {"code"}),
        (" code , usage,", {"code", "usage"}),
        ("code,plug-in", {"code", "plug-in"}),
        (",".join(CAPTURES), set(CAPTURES)),
    ],
)
def test_captures_are_a_list_of_names(text: str, parts: set[str]) -> None:
    assert load({"RUNSTONE_CAPTURE": text}).capture == parts


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("RUNSTONE_CAPTURE", "none,code"),
        ("RUNSTONE_DRAIN_INTERVAL", "soon"),
        ("RUNSTONE_DRAIN_INTERVAL", "0"),
        ("RUNSTONE_DRAIN_INTERVAL", "nan"),
        ("RUNSTONE_SILENCE", "-1"),
        ("RUNSTONE_SILENCE", "inf"),
    ],
)
def test_wrong_value_is_refused_by_the_name_of_its_variable(variable: str, text: str) -> None:
    with pytest.raises(InvalidArgument, match=variable):
        load({variable: text})
