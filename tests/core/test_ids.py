"""Ids and names."""

from __future__ import annotations

import re

import pytest

from runstone.core import ids


def test_run_ids_are_32_hex_digits_of_uuid_version_7() -> None:
    for _ in range(100):
        assert re.fullmatch(r"[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}", ids.new_run_id())


def test_run_ids_sort_by_time(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter(range(1_700_000_000_000_000_000, 1_700_000_000_100_000_000, 1_000_000))
    monkeypatch.setattr(ids.time, "time_ns", lambda: next(moments))

    made = [ids.new_run_id() for _ in range(100)]

    assert made == sorted(made)


def test_ids_do_not_repeat() -> None:
    assert len({ids.new_run_id() for _ in range(10_000)}) == 10_000


def test_model_ids_are_told_apart_from_run_ids() -> None:
    assert re.fullmatch(r"m-[0-9a-f]{32}", ids.new_model_id())


def test_names_can_be_said() -> None:
    assert all(re.fullmatch(r"[a-z]+-[a-z]+-\d{1,3}", ids.new_run_name()) for _ in range(200))
