"""Tables as the fluent API logs them."""

import json

import pytest

import runstone

pytestmark = pytest.mark.usefixtures("store_folder")


def test_the_run_lists_all_of_its_tables() -> None:
    with runstone.start_run() as run:
        for path in ("a.json", 'of "b".csv', "a.json"):
            runstone.log_table({"x": [1]}, path)

    listed = json.loads(runstone.get_run(run.info.run_id).tags["mlflow.loggedArtifacts"])
    assert listed == [{"path": "a.json", "type": "table"}, {"path": 'of "b".csv', "type": "table"}]


def test_what_else_stands_in_the_place_of_that_list_stays() -> None:
    with runstone.start_run(tags={"mlflow.loggedArtifacts": "mine"}) as run:
        runstone.log_table({"x": [1]}, "a.json")

    assert runstone.get_run(run.info.run_id).tags["mlflow.loggedArtifacts"] == "mine"
