"""Who may see a part sees that part, in every listing."""

from __future__ import annotations

import numpy as np
import pytest
from tests.server.access.conftest import Team

from runstone.core.entities import DatasetInput, DatasetRecord, Metric, NewRun, Node
from runstone.core.errors import NotFound, PermissionDenied
from runstone.core.events import KeyDefined, RunStarted, SeriesLogged, Slice, encode_event
from runstone.core.ids import new_run_id
from runstone.core.page import iter_pages
from runstone.journal.format import encode_frame
from runstone.store.protocol import Store


def _run(store: Store, experiment_id: str) -> str:
    run_id = new_run_id()
    store.create_run(NewRun(run_id=run_id, run_name="r", start_time=1, experiment_id=experiment_id))
    return run_id


@pytest.fixture
def both(team: Team) -> dict[str, str]:
    """A run in an experiment that the people of fraud see, and one in another."""
    found = {}
    for place in ("fraud/a", "other/a"):
        made = team.store.create_experiment(place).experiment_id
        found[place] = _run(team.store, made)
        team.store.log_inputs(
            found[place],
            datasets=[DatasetInput(dataset=DatasetRecord(name=place, digest="d", source_type="local", source="x"))],
        )
    for name in ("fraud-x", "other-x"):
        team.store.create_registered_model(name)
        team.store.create_model_version(name, "runs:/" + found["fraud/a"] + "/m")
    return found


def test_listings_show_what_may_be_seen(team: Team, both: dict[str, str]) -> None:
    store = team.as_("viewer-of-fraud")

    assert [one.name for one in store.search_experiments()] == ["fraud/a"]
    assert [run.info.run_id for run in store.search_runs(None)] == [both["fraud/a"]]
    assert store.count_runs(None) == 1
    assert [one.name for one in store.search_registered_models()] == ["fraud-x"]
    assert [one.name for one in store.search_model_versions()] == ["fraud-x"]
    assert store.get_dataset("fraud/a", "d").name == "fraud/a"
    with pytest.raises(PermissionDenied):
        store.get_dataset("other/a", "d")
    assert {edge.run_id for edge in store.list_edges(Node("dataset", "d"))} == {both["fraud/a"]}
    store.close()


def test_pages_go_on_past_what_may_not_be_seen(team: Team) -> None:
    for at in range(10):
        team.store.create_experiment(f"{'fraud' if at % 5 == 0 else 'other'}/{at}")
    store = team.as_("viewer-of-fraud")

    found = iter_pages(lambda token: store.search_experiments(max_results=2, page_token=token))

    assert {one.name for one in found} == {"fraud/5", "fraud/0"}
    store.close()


def test_one_that_may_not_be_seen_among_many_refuses_all(team: Team, both: dict[str, str]) -> None:
    store = team.as_("viewer-of-fraud")

    with pytest.raises(PermissionDenied):
        store.read_series(list(both.values()), ["loss"])
    with pytest.raises(PermissionDenied):
        store.search_runs(["0"])
    with pytest.raises(NotFound):
        store.get_run(new_run_id())
    store.close()


def _slice(run_id: str, experiment_id: str | None, name: str | None = None) -> Slice:
    new = NewRun(run_id=run_id, run_name="j", start_time=1, experiment_id=experiment_id, experiment_name=name)
    column = np.arange(3, dtype="<i8").tobytes()
    events = (RunStarted(new), KeyDefined(1, "loss"), SeriesLogged(1, column, column, np.ones(3).tobytes()))
    return Slice(run_id=run_id, writer_id="w", events=b"".join(encode_frame(encode_event(one)) for one in events))


def test_a_journal_makes_runs_where_its_writer_may(team: Team, both: dict[str, str]) -> None:
    store = team.as_("editor-of-fraud")
    other = team.store.get_run(both["other/a"]).info.experiment_id
    fraud = team.store.get_run(both["fraud/a"]).info.experiment_id

    for experiment_id, name in ((other, None), (None, "other/new"), (None, None)):
        with pytest.raises(PermissionDenied):
            store.ingest([_slice(new_run_id(), experiment_id, name)])
    # A journal that says it is of one's own experiment, and is for somebody else's run.
    with pytest.raises(PermissionDenied):
        store.ingest([_slice(both["other/a"], fraud)])
    run_id = new_run_id()
    store.ingest([_slice(run_id, None, "fraud/new")])

    assert team.store.get_run(run_id).metrics["loss"].count == 3
    store.close()


def test_metrics_of_a_model_are_for_who_may_change_the_model(team: Team, both: dict[str, str]) -> None:
    other = team.store.get_run(both["other/a"]).info.experiment_id
    model_id = team.store.create_logged_model(other).model_id
    store = team.as_("editor-of-fraud")

    with pytest.raises(PermissionDenied):
        store.log_batch(both["fraud/a"], metrics=[Metric("loss", 1.0, 1, 1, model_id=model_id)])
    store.close()


def test_nothing_is_moved_out_of_or_into_what_one_may_change(team: Team, both: dict[str, str]) -> None:
    store = team.as_("editor-of-fraud")
    mine = team.store.get_run(both["fraud/a"]).info.experiment_id

    with pytest.raises(PermissionDenied):
        store.rename_experiment(mine, "other/taken")
    with pytest.raises(PermissionDenied):
        store.rename_registered_model("fraud-x", "other-y")
    with pytest.raises(PermissionDenied):
        store.create_model_version("fraud-x", "runs:/x/m", run_id=both["other/a"])
    store.close()


def test_after_a_renaming_rights_go_by_the_new_name(team: Team, both: dict[str, str]) -> None:
    store = team.as_("viewer-of-fraud")
    store.get_run(both["fraud/a"])

    admin = team.as_("admin")
    admin.rename_experiment(team.store.get_run(both["fraud/a"]).info.experiment_id, "secret/a")

    with pytest.raises(PermissionDenied):
        store.get_run(both["fraud/a"])
    for one in (store, admin):
        one.close()
