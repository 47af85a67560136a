import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runstone.data import from_path

CELLS = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
CELLS |= (
    st.text(max_size=5) | st.lists(st.integers(0, 3), max_size=2) | st.dictionaries(st.sampled_from("xy"), st.none())
)
OBJECTS = st.lists(st.dictionaries(st.sampled_from("ab"), CELLS, min_size=1), min_size=2, max_size=6)


def dataset_of(path, *lines):
    path.write_text("".join(f"{line}\n" for line in lines))
    return from_path(path)


def digest_of(path, *lines):
    return dataset_of(path, *lines).digest


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("9223372036854775808", "9223372036854775809"),
        ("-12345678901234567890", "-12345678901234567891"),
        ("007", "7"),
        ("00.5", "0.5"),
    ],
)
def test_digits_of_csv_that_a_number_would_lose_are_kept(tmp_path, one, other):
    path = tmp_path / "t.csv"

    assert digest_of(path, "a,b", f"{one},1", "5,2") != digest_of(path, "a,b", f"{other},1", "5,2")
    assert digest_of(path, "a,b", f"{one},1", "5,2") == digest_of(path, "a,b", "5,2", f"{one},1")


def test_only_a_column_of_csv_that_needs_it_stays_text(tmp_path):
    dataset = dataset_of(tmp_path / "t.csv", "zip,n,x", "01234,1,0.5", "99999,-0,1e300")

    assert [column.type for column in dataset.schema] == ["large_string", "int64", "double"]


def test_columns_of_csv_with_the_same_name_are_read_by_place(tmp_path):
    dataset = dataset_of(tmp_path / "t.csv", "a,a", "01,x", "02,y")

    assert [column.type for column in dataset.schema] == ["large_string", "string"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(OBJECTS, st.randoms(use_true_random=False))
def test_json_lines_of_any_values_in_any_order_are_the_same_rows(tmp_path_factory, rows, random):
    path = tmp_path_factory.mktemp("lines") / "t.jsonl"
    shuffled = random.sample(rows, len(rows))

    dataset = dataset_of(path, *map(json.dumps, rows))
    other = dataset_of(path, *map(json.dumps, shuffled))

    assert dataset.digest == other.digest
    assert dataset.digest.startswith("rows1:")
    assert dataset.row_count == len(rows)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (9223372036854775808, 9223372036854775809),
        ([1, 9223372036854775808], [1, 9223372036854775809]),
        ({"x": 10**30}, {"x": 10**30 + 1}),
        ("text", "tex"),
        (1, True),
        ("1", 1),
        (None, 0),
        ("\ud800", "\ud801"),
    ],
)
def test_any_other_value_in_json_lines_is_another_digest(tmp_path, one, other):
    path = tmp_path / "t.jsonl"
    rest = ['{"a": 2}', '{"a": "t"}']

    assert digest_of(path, json.dumps({"a": one}), *rest) != digest_of(path, json.dumps({"a": other}), *rest)
    assert digest_of(path, json.dumps({"a": one})) != digest_of(path, json.dumps({"a": other}))


def test_types_that_meet_far_apart_in_json_lines_are_still_one_table(tmp_path):
    path = tmp_path / "t.jsonl"
    many = [json.dumps({"a": None, "b": f"{i:0>60}"}) for i in range(250_000)]
    last = json.dumps({"a": {"z": 1}, "b": ""})

    assert digest_of(path, *many, last) == digest_of(path, last, *many)


def test_rows_of_mixed_types_have_a_profile_and_a_schema_but_no_arrow_table(tmp_path):
    dataset = dataset_of(tmp_path / "t.jsonl", '{"a": 1, "n": 1}', '{"a": "x", "n": 2}')

    assert dataset.df is None
    assert dataset.features is None
    assert [(column.name, column.type) for column in dataset.schema] == [("a", "object"), ("n", "int64")]
    assert dataset.to_record().digest == dataset.digest


@pytest.mark.parametrize("line", ["[1]", "{", '{"a": ' + "[" * 100_000])
def test_lines_that_are_no_json_objects_count_as_bytes(tmp_path, caplog, line):
    assert digest_of(tmp_path / "t.jsonl", line).startswith("files1:")
    assert "counts as its bytes" in caplog.text
