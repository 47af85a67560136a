from __future__ import annotations

from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.core.errors import InvalidArgument
from runstone.store.model_uris import (
    LocalUri,
    LoggedModelUri,
    ModelUri,
    RemoteUri,
    RunUri,
    VersionUri,
    check_model_id,
    is_inside,
    local_path,
    parse_model_uri,
)

_MODEL_ID = "m-" + "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("source", "uri"),
    [
        (f"models:/{_MODEL_ID}", LoggedModelUri(_MODEL_ID)),
        ("models:/net/3", VersionUri("net", "3", None)),
        ("models:/my net/Staging", VersionUri("my net", "Staging", None)),
        ("models:/net@best", VersionUri("net", None, "best")),
        ("models:/a@b/3", VersionUri("a@b", "3", None)),
        ("runs:/abc/model/sub", RunUri("abc")),
        ("runs:/abc", RunUri("abc")),
        ("/data/model", LocalUri("/data/model")),
        ("data/model", LocalUri("data/model")),
        ("C:\\models", LocalUri("C:\\models")),
        ("file:///data/my%20model", LocalUri("/data/my model")),
        ("file://localhost/data", LocalUri("/data")),
        ("S3://bucket/a", RemoteUri("s3")),
        ("mlflow-artifacts:/0/a", RemoteUri("mlflow-artifacts")),
    ],
)
def test_a_source_is_read_by_its_scheme(source: str, uri: ModelUri) -> None:
    assert parse_model_uri(source) == uri


def test_a_source_encoded_over_and_over_is_refused() -> None:
    source = ".."
    for _ in range(20):
        source = quote(source, safe="").replace(".", "%2e")

    with pytest.raises(InvalidArgument):
        parse_model_uri(f"s3://bucket/{source}/x")


@given(
    st.lists(
        st.sampled_from(["s3:", "file:", "models:", "runs:", "/", "..", ".", "%2e", "%252e", "\\", "a", "m-", "#"])
        | st.text(max_size=3)
    )
)
def test_what_is_accepted_leads_nowhere_else_however_often_it_is_decoded(parts: list[str]) -> None:
    source = "".join(parts)
    try:
        parse_model_uri(source)
    except InvalidArgument:
        return
    for _ in range(10):
        assert "#" not in source
        assert "\0" not in source
        assert ".." not in source.replace("\\", "/").split("/")
        source = unquote(source)


@pytest.mark.parametrize(
    ("path", "folder", "inside"),
    [
        ("/a/b", "/a", True),
        ("/a", "/a", True),
        ("/a/./b", "/a/", True),
        ("//a/b", "/a", True),
        ("/ab", "/a", False),
        ("a/b", "/a", False),
        ("/b/a", "/a", False),
    ],
)
def test_a_path_is_inside_by_whole_parts(path: str, folder: str, inside: bool) -> None:
    assert is_inside(path, folder) is inside


def test_a_location_of_another_scheme_or_host_has_no_local_path() -> None:
    assert local_path("s3://bucket/a") is None
    assert local_path("file://host/a") is None
    assert local_path("file:///a%20b") == "/a b"
    assert local_path("./a") == "./a"


def test_a_model_id_is_m_and_32_hex_digits() -> None:
    assert check_model_id(_MODEL_ID) == _MODEL_ID
    for wrong in (None, "", _MODEL_ID + "\n", _MODEL_ID.upper(), _MODEL_ID[:-1]):
        with pytest.raises(InvalidArgument):
            check_model_id(wrong)
