import json

import pytest

from runstone.core.entities import DatasetInput, DatasetRecord
from runstone.core.errors import InvalidArgument, NotFound, Unsupported
from runstone.data import DatasetSource, from_numpy, from_path, get_source
from runstone.data.source import source_of


@pytest.mark.parametrize(
    ("given", "source_type", "facts"),
    [
        ("https://example.org/a.csv", "http", {"url": "https://example.org/a.csv"}),
        ("s3://bucket/a.csv", "s3", {"uri": "s3://bucket/a.csv"}),
        ("/data/a.csv", "local", {"uri": "/data/a.csv"}),
        ("file:///data/a%20b.csv", "local", {"uri": "/data/a b.csv"}),
    ],
)
def test_a_path_or_an_address_is_told_by_its_look(given, source_type, facts):
    source = source_of(given)

    assert (source.source_type, source.to_dict()) == (source_type, facts)
    assert source.uri == next(iter(facts.values()))


def test_without_a_source_it_is_the_program():
    dataset = from_numpy([1, 2])

    assert dataset.source_type == "code"
    assert set(json.loads(dataset.to_record().source)["tags"]) == {"mlflow.source.name", "mlflow.source.type"}


def test_a_source_object_of_mlflow_is_taken_as_it_is():
    class TheirSource:
        """Has what every DatasetSource of MLflow has."""

        @staticmethod
        def _get_source_type():
            return "delta_table"

        def to_dict(self):
            return {"path": "table"}

    assert source_of(TheirSource()) == DatasetSource("delta_table", {"path": "table"})


@pytest.mark.parametrize("given", [5, "", ["a"]])
def test_anything_else_is_refused(given):
    with pytest.raises(InvalidArgument, match="path or an address"):
        source_of(given)


def test_a_logged_dataset_leads_back_to_its_file(tmp_path):
    path = tmp_path / "a b.csv"
    path.write_text("x\n1\n")
    record = from_path(path).to_record()

    assert get_source(DatasetInput(dataset=record)).load() == str(path)
    assert get_source(record).load() == str(path)
    assert get_source(from_path(path)).load() == str(path)


def test_a_file_that_is_gone_is_not_found(tmp_path):
    source = source_of(str(tmp_path / "gone.csv"))

    with pytest.raises(NotFound, match=r"gone\.csv"):
        source.load()


@pytest.mark.parametrize("source", [source_of(None), source_of("https://example.org/a.csv"), source_of("s3://b/a")])
def test_what_is_not_on_this_machine_cannot_be_loaded(source):
    with pytest.raises(Unsupported, match=source.source_type):
        source.load()


def test_a_source_of_plain_text_is_a_path(tmp_path):
    record = DatasetRecord(name="a", digest="b", source_type="local", source=str(tmp_path))

    assert get_source(record).load() == str(tmp_path)


@pytest.mark.parametrize("dataset", [None, "a", DatasetRecord(name="a", digest="b", source="[1]")])
def test_what_is_no_dataset_has_no_source(dataset):
    with pytest.raises(InvalidArgument, match="dataset"):
        get_source(dataset)
