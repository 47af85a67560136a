from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.core.errors import InvalidArgument
from runstone.core.limits import INT64_MAX, INT64_MIN
from runstone.tracking.media.stepped import SteppedPath, parse_stepped_path, stepped_path

steps = st.integers(INT64_MIN, INT64_MAX) | st.integers(-100, 100) | st.integers(10**10 - 5, 10**10 + 5)


def test_the_path_is_the_key_as_folders_and_the_step() -> None:
    path = stepped_path("train/samples", 12, 1718000000000, ".png", unique="3fa9c1d2")

    assert path == "images/train/samples/0000000012_1718000000000_3fa9c1d2.png"


def test_two_files_of_one_step_and_moment_have_two_names() -> None:
    assert stepped_path("a", 1, 1, ".png") != stepped_path("a", 1, 1, ".png")


@given(st.text(st.characters(codec=None), min_size=1, max_size=20), steps, st.integers(0, 10**14))
def test_any_key_and_step_reads_back_and_stays_inside_its_folder(key: str, step: int, timestamp_ms: int) -> None:
    path = stepped_path(key, step, timestamp_ms, ".json", folder="histograms", unique="0a")

    assert parse_stepped_path(path) == SteppedPath("histograms", key, step, timestamp_ms, "0a", ".json")
    parts = path.split("/")
    assert parts[0] == "histograms"
    assert not {"", ".", ".."} & set(parts)
    assert not set(path) & set('\\\0\n:*?"<>|%#')
    assert path.encode()


@given(st.lists(steps, min_size=2, max_size=10))
def test_paths_sort_by_step(some: list[int]) -> None:
    paths = {stepped_path("k", step, 1, ".png", unique="0"): step for step in some}

    assert [paths[path] for path in sorted(paths)] == sorted(set(some))


def test_paths_of_one_step_sort_by_time() -> None:
    early, late = (stepped_path("k", 1, ms, ".png", unique="0") for ms in (999_999_999_999, 1_718_000_000_000))

    assert early < late


@pytest.mark.parametrize("key", ["..", "../../etc/passwd", "/absolute", "a//b", "nul\0", "C:\\x", ".", " ", "~", "a/"])
def test_hostile_keys_become_harmless_names(key: str) -> None:
    path = stepped_path(key, 0, 0, ".png")

    assert path.startswith("images/")
    assert not {"", ".", "..", " "} & set(path.split("/"))
    parsed = parse_stepped_path(path)
    assert parsed is not None
    assert parsed.key == key


@pytest.mark.parametrize("key", ["", "k" * 10_000, 3, None, "😀" * 250])
def test_keys_that_make_no_path_are_refused(key: object) -> None:
    with pytest.raises(InvalidArgument, match="key") as caught:
        stepped_path(key, 0, 0, ".png")  # type: ignore[arg-type]

    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(("step", "timestamp_ms"), [(2**63, 0), (1.5, 0), ("1", 0), (0, -1), (0, None)])
def test_steps_and_times_that_are_none_are_refused(step: object, timestamp_ms: object) -> None:
    with pytest.raises(InvalidArgument, match="must"):
        stepped_path("k", step, timestamp_ms, ".png")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "path",
    ["", "images", "images/plot.png", "images/k/plot.png", "images/0000000012_1718000000000_3fa9c1d2.png",
     "images/~ff/0000000012_1718000000000_3fa9c1d2.png", "images/k/x9999999999999999999_1718000000000_0.png"],
)  # fmt: skip
def test_foreign_paths_parse_to_none(path: str) -> None:
    assert parse_stepped_path(path) is None
