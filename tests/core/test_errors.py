"""Errors and their codes."""

from __future__ import annotations

import inspect
import pickle

import pytest

from runstone.core import errors
from runstone.core.errors import InvalidArgument, MissingExtra, RunstoneError, codes_of

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, RunstoneError)]


def made(kind: type[RunstoneError]) -> RunstoneError:
    return kind("charts", "media") if issubclass(kind, MissingExtra) else kind("what was wrong")


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_has_codes_of_its_own_or_of_its_nearest_kind(kind: type[RunstoneError]) -> None:
    codes = codes_of(made(kind))

    assert 400 <= codes.http <= 599
    assert 1 <= codes.cli <= 9
    assert codes.mlflow == codes.mlflow.upper()


def test_kinds_that_a_script_decides_on_differ_in_exit_code() -> None:
    by_code = {codes_of(made(kind)).code: codes_of(made(kind)).cli for kind in KINDS}

    assert by_code["not_found"] != by_code["already_exists"] != by_code["invalid_argument"] != by_code["internal"]


@pytest.mark.parametrize(
    ("name", "builtin"),
    [
        ("InvalidArgument", ValueError),
        ("NotFound", LookupError),
        ("Unavailable", OSError),
        ("StoreCorrupt", OSError),
        ("MissingExtra", ImportError),
    ],
)
def test_errors_are_caught_as_the_builtins_they_are(name: str, builtin: type[Exception]) -> None:
    assert issubclass(getattr(errors, name), builtin)


def test_message_is_the_text_even_of_errors_that_are_os_errors() -> None:
    assert [made(kind).message for kind in KINDS if kind is not MissingExtra] == ["what was wrong"] * (len(KINDS) - 1)
    assert str(errors.Unavailable("away")) == "away"


def test_missing_extra_says_what_to_install() -> None:
    assert str(MissingExtra("charts", "media")) == 'charts needs an optional dependency: pip install "runstone[media]"'


def test_errors_speak_mlflow() -> None:
    error = errors.NotFound("no such run")

    assert (error.error_code, error.get_http_status_code()) == ("RESOURCE_DOES_NOT_EXIST", 404)


def test_errors_of_workers_reach_their_parent_whole() -> None:
    error = pickle.loads(pickle.dumps(InvalidArgument("wrong", field="key", position=3)))

    assert (str(error), error.field, error.position) == ("wrong", "key", 3)
