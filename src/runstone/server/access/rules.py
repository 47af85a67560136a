"""Who may do what: a rule for each operation of the store.  An operation without one is nobody's.

Viewers read.  Editors also record and change.  Admins also delete experiments and registered models.  Webhooks, users
and the audit log are for who is admin of everything.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from runstone.core.clock import now_ms
from runstone.core.entities import Experiment, ModelVersion, NewRun, Node, RegisteredModel, Run, ViewType
from runstone.core.entities.team import Role
from runstone.core.errors import NotFound, PermissionDenied
from runstone.core.events import RunStarted, Slice, decode_event
from runstone.core.page import Page, iter_pages
from runstone.journal.format import iter_frames
from runstone.server.access.gate import Gate
from runstone.store.rules import DEFAULT_EXPERIMENT

Arguments = dict[str, Any]
_LEAST_SILENCE_MS = 60_000


class Rule(NamedTuple):
    """What is asked before an operation, and what of its result is shown.

    Attributes:
        before: Raises if it may not be done; may narrow the arguments to what may be seen.
        after: Returns the result without what may not be seen.
    """

    before: Callable[[Gate, Arguments], None]
    after: Callable[[Gate, Any], Any] | None = None


def _everywhere(role: Role) -> Rule:
    return Rule(lambda gate, given: gate.everywhere(role))


def _somewhere(role: Role) -> Rule:
    return Rule(lambda gate, given: gate.somewhere(role))


def _experiment(role: Role) -> Rule:
    return Rule(lambda gate, given: gate.experiment(role, given["experiment_id"]))


def _run(role: Role) -> Rule:
    return Rule(lambda gate, given: gate.run(role, given["run_id"]))


def _model(role: Role) -> Rule:
    return Rule(lambda gate, given: gate.model(role, given["model_id"]))


def _owner(role: Role) -> Rule:
    return Rule(lambda gate, given: gate.owner(role, given["owner_id"]))


def _registered(role: Role) -> Rule:
    return Rule(lambda gate, given: gate.registered(role, given["name"]))


def _create_experiment(gate: Gate, given: Arguments) -> None:
    gate.experiment_named("editor", given["name"])


def _rename_experiment(gate: Gate, given: Arguments) -> None:
    gate.experiment("editor", given["experiment_id"])
    gate.experiment_named("editor", given["name"])
    gate.renamed()


def _find_experiment(gate: Gate, given: Arguments) -> None:
    gate.experiment_named("viewer", given["name"])


def _experiments(gate: Gate, page: Page[Experiment]) -> Page[Experiment]:
    may = gate.principal.may
    return Page([one for one in page if may("viewer", "experiment", one.name)], page.token)


def _create_run(gate: Gate, given: Arguments) -> None:
    _new_run(gate, given["new"])


def _new_run(gate: Gate, new: NewRun) -> None:
    if new.experiment_id is None:
        gate.experiment_named("editor", new.experiment_name or DEFAULT_EXPERIMENT)
    else:
        gate.experiment("editor", new.experiment_id)


def _created_run(gate: Gate, run: Run) -> Run:
    # One that existed is returned as it is.
    gate.experiment("viewer", run.info.experiment_id)
    return run


def _log_batch(gate: Gate, given: Arguments) -> None:
    gate.run("editor", given["run_id"])
    for model_id in {metric.model_id for metric in given.get("metrics", ()) if metric.model_id}:
        gate.model("editor", model_id)


def _search_in_experiments(gate: Gate, given: Arguments) -> None:
    gate.somewhere("viewer")
    if given["experiment_ids"] is not None:
        for experiment_id in given["experiment_ids"]:
            gate.experiment("viewer", experiment_id)
    elif not gate.principal.may_everywhere("viewer"):
        found = iter_pages(lambda token: gate.store.search_experiments(view=ViewType.ALL, page_token=token))
        given["experiment_ids"] = [
            one.experiment_id for one in found if gate.principal.may("viewer", "experiment", one.name)
        ]


def _see_runs(gate: Gate, given: Arguments) -> None:
    gate.somewhere("viewer")
    for run_id in given["run_ids"]:
        gate.run("viewer", run_id)


def _ingest(gate: Gate, given: Arguments) -> None:
    gate.somewhere("editor")
    if gate.principal.may_everywhere("editor"):
        return
    for piece in given["slices"]:
        try:
            gate.run("editor", piece.run_id)
        except NotFound:
            _new_run(gate, _started_by(piece))


def _started_by(piece: Slice) -> NewRun:
    """Return the run that a slice makes."""
    for _, payload in iter_frames(piece.events):
        event = decode_event(payload)
        if isinstance(event, RunStarted) and event.run.run_id == piece.run_id:
            return event.run
    raise NotFound(f"Run with id={piece.run_id} not found")


def _close_lost_runs(gate: Gate, given: Arguments) -> None:
    gate.somewhere("editor")
    # Writers' ids are known to who wrote, and to nobody else; silence is measured by this clock and no other.
    given["now_ms"] = now_ms()
    given["silence_ms"] = max(given["silence_ms"], _LEAST_SILENCE_MS)


def _lost_runs(gate: Gate, run_ids: list[str]) -> list[str]:
    return [run_id for run_id in run_ids if gate.sees_run(run_id)]


def _list_edges(gate: Gate, given: Arguments) -> None:
    gate.somewhere("viewer")
    node: Node = given["node"]
    if node.kind == "run":
        gate.run("viewer", node.id)
    elif node.kind == "model":
        gate.model("viewer", node.id)
    elif node.kind == "model_version":
        gate.registered("viewer", node.id.rpartition("/")[0])


def _edges(gate: Gate, edges: list[Any]) -> list[Any]:
    if gate.principal.may_everywhere("viewer"):
        return edges
    return [edge for edge in edges if edge.run_id and gate.sees_run(edge.run_id)]


def _get_dataset(gate: Gate, given: Arguments) -> None:
    gate.somewhere("viewer")
    if gate.principal.may_everywhere("viewer"):
        return
    within: Arguments = {"experiment_ids": None}
    _search_in_experiments(gate, within)
    known = gate.store.search_datasets(within["experiment_ids"])
    if not any((one.name, one.digest) == (given["name"], given["digest"]) for one in known):
        raise PermissionDenied("no experiment that you may see uses this dataset")


def _rename_registered_model(gate: Gate, given: Arguments) -> None:
    gate.registered("editor", given["name"])
    gate.registered("editor", given["new_name"])


def _registered_models(gate: Gate, page: Page[RegisteredModel]) -> Page[RegisteredModel]:
    may = gate.principal.may
    return Page([one for one in page if may("viewer", "model", one.name)], page.token)


def _model_versions(gate: Gate, page: Page[ModelVersion]) -> Page[ModelVersion]:
    may = gate.principal.may
    return Page([one for one in page if may("viewer", "model", one.name)], page.token)


def _create_model_version(gate: Gate, given: Arguments) -> None:
    gate.registered("editor", given["name"])
    if given.get("run_id"):
        gate.run("viewer", given["run_id"])
    if given.get("model_id"):
        gate.model("viewer", given["model_id"])


def _move_alias(gate: Gate, given: Arguments) -> None:
    gate.registered("editor", given["name"])
    given["user_id"] = gate.principal.name


def _themselves(argument: str) -> Rule:
    return Rule(lambda gate, given: gate.myself(given[argument]))


RULES = {
    "get_info": _somewhere("viewer"),
    "iter_digests": _everywhere("viewer"),
    # Experiments
    "create_experiment": Rule(_create_experiment),
    "search_experiments": Rule(lambda gate, given: gate.somewhere("viewer"), _experiments),
    "count_experiment_runs": Rule(_search_in_experiments),
    "find_experiment": Rule(_find_experiment),
    "get_experiment": _experiment("viewer"),
    "rename_experiment": Rule(_rename_experiment),
    "delete_experiment": _experiment("admin"),
    "restore_experiment": _experiment("admin"),
    "set_experiment_tags": _experiment("editor"),
    "delete_experiment_tag": _experiment("editor"),
    # Runs
    "create_run": Rule(_create_run, _created_run),
    "search_runs": Rule(_search_in_experiments),
    "count_runs": Rule(_search_in_experiments),
    "search_run_ids": Rule(_search_in_experiments),
    "read_runs": Rule(_see_runs),
    "count_run_keys": Rule(_see_runs),
    "close_lost_runs": Rule(_close_lost_runs, _lost_runs),
    "get_run": _run("viewer"),
    "update_run": _run("editor"),
    "delete_run": _run("editor"),
    "restore_run": _run("editor"),
    "log_batch": Rule(_log_batch),
    "delete_tag": _run("editor"),
    "log_inputs": _run("editor"),
    "log_outputs": _run("editor"),
    "get_metric_history": _run("viewer"),
    "read_console": _run("viewer"),
    # What journals hold, and series
    "ingest": Rule(_ingest),
    "read_series": Rule(_see_runs),
    # Artifacts
    "put_artifacts": _owner("editor"),
    "iter_artifacts": _owner("viewer"),
    "delete_artifacts": _owner("editor"),
    "find_artifact": _owner("viewer"),
    "list_artifacts": _owner("viewer"),
    # Datasets and lineage
    "search_datasets": Rule(_search_in_experiments),
    "get_dataset": Rule(_get_dataset),
    "list_edges": Rule(_list_edges, _edges),
    # Logged models
    "create_logged_model": _experiment("editor"),
    "search_logged_models": Rule(_search_in_experiments),
    "get_logged_model": _model("viewer"),
    "finalize_logged_model": _model("editor"),
    "delete_logged_model": _model("editor"),
    "log_logged_model_params": _model("editor"),
    "set_logged_model_tags": _model("editor"),
    "delete_logged_model_tag": _model("editor"),
    # The registry
    "create_registered_model": _registered("editor"),
    "search_registered_models": Rule(lambda gate, given: gate.somewhere("viewer"), _registered_models),
    "get_registered_model": _registered("viewer"),
    "update_registered_model": _registered("editor"),
    "delete_registered_model": _registered("admin"),
    "rename_registered_model": Rule(_rename_registered_model),
    "get_latest_versions": _registered("viewer"),
    "set_registered_model_tag": _registered("editor"),
    "delete_registered_model_tag": _registered("editor"),
    "set_registered_model_alias": Rule(_move_alias),
    "delete_registered_model_alias": Rule(_move_alias),
    "list_alias_moves": _registered("viewer"),
    "get_model_version_by_alias": _registered("viewer"),
    "create_model_version": Rule(_create_model_version),
    "search_model_versions": Rule(lambda gate, given: gate.somewhere("viewer"), _model_versions),
    "get_model_version": _registered("viewer"),
    "update_model_version": _registered("editor"),
    "delete_model_version": _registered("editor"),
    "transition_model_version_stage": _registered("editor"),
    "get_model_version_download_uri": _registered("viewer"),
    "set_model_version_tag": _registered("editor"),
    "delete_model_version_tag": _registered("editor"),
    # Webhooks
    "create_webhook": _everywhere("admin"),
    "list_webhooks": _everywhere("admin"),
    "get_webhook": _everywhere("admin"),
    "update_webhook": _everywhere("admin"),
    "delete_webhook": _everywhere("admin"),
    "list_deliveries": _everywhere("admin"),
    # The team
    "create_user": _everywhere("admin"),
    "list_users": _everywhere("admin"),
    "get_user": _themselves("name"),
    "update_user": _everywhere("admin"),
    "delete_user": _everywhere("admin"),
    "create_token": _themselves("user_name"),
    "list_tokens": _themselves("user_name"),
    "delete_token": _themselves("user_name"),
    "search_audit": _everywhere("admin"),
}
