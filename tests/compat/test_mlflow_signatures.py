"""MLflow's functions and ours take the same arguments in the same order (a snapshot of MLflow is compared)."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import pytest

import runstone
from runstone import Client

SNAPSHOT = json.loads(Path(__file__).with_name("mlflow_signatures.json").read_text("utf-8"))

FLUENT_LEFT_OUT = {
    "tracing": (
        "add_trace context delete_assessment delete_trace_tag flush_trace_async_logging "
        "get_active_trace_id get_assessment get_current_active_span get_last_active_trace_id "
        "get_trace log_assessment log_expectation log_feedback log_issue log_trace override_feedback "
        "search_sessions search_traces set_trace_tag start_span start_span_no_context trace "
        "update_assessment update_current_trace"
    ),
    "prompts": ("delete_prompt_alias load_prompt register_prompt search_prompts set_prompt_alias"),
    "workspaces": ("create_workspace delete_workspace get_workspace list_workspaces set_workspace update_workspace"),
    "models": (
        "clear_active_model create_external_model delete_logged_model_tag finalize_logged_model "
        "get_active_model_id get_logged_model initialize_logged_model last_logged_model "
        "log_model_params register_model search_logged_models search_model_versions "
        "search_registered_models set_active_model set_logged_model_tags set_model_version_tag"
    ),
    "rest": (
        "autolog doctor evaluate flush_artifact_async_logging import_checkpoints login run "
        "set_system_metrics_node_id set_system_metrics_samples_before_logging test "
        "validate_evaluation_results"
    ),
}
CLIENT_LEFT_OUT = {
    "dataset": (
        "add_dataset_to_experiments create_dataset delete_dataset delete_dataset_tag get_dataset "
        "remove_dataset_from_experiments search_datasets set_dataset_tags"
    ),
    "mcp": (
        "create_mcp_access_endpoint create_mcp_server create_mcp_server_version "
        "delete_mcp_access_endpoint delete_mcp_server delete_mcp_server_alias delete_mcp_server_tag "
        "delete_mcp_server_version delete_mcp_server_version_tag get_latest_mcp_server_version "
        "get_mcp_access_endpoint get_mcp_server get_mcp_server_version "
        "get_mcp_server_version_by_alias refresh_mcp_server_version_tools "
        "search_mcp_access_endpoints search_mcp_server_versions search_mcp_servers "
        "set_mcp_server_alias set_mcp_server_tag set_mcp_server_version_tag "
        "update_mcp_access_endpoint update_mcp_server update_mcp_server_version"
    ),
    "prompt": (
        "create_prompt create_prompt_version delete_prompt delete_prompt_alias delete_prompt_tag "
        "delete_prompt_version delete_prompt_version_tag detach_prompt_from_run get_prompt "
        "get_prompt_version get_prompt_version_by_alias link_prompt_version_to_model "
        "link_prompt_version_to_run link_prompt_versions_to_trace list_logged_prompts load_prompt "
        "parse_prompt_uri register_prompt search_prompt_versions search_prompts set_prompt_alias "
        "set_prompt_tag set_prompt_version_tag"
    ),
    "webhook": ("create_webhook delete_webhook get_webhook list_webhooks test_webhook update_webhook"),
    "workspace": (
        "create_workspace delete_workspace get_workspace get_workspace_store_uri list_workspaces update_workspace"
    ),
    "trace": (
        "delete_trace_tag delete_traces end_trace get_trace link_traces_to_run search_traces "
        "set_trace_tag start_trace unlink_traces_from_run"
    ),
    "span": ("end_span start_span"),
}

ARGUMENTS_LEFT_OUT = {"create_experiment": {"trace_location"}, "set_experiment": {"trace_location"}}
"""Arguments of MLflow that belong to what is left out."""


def left_out(groups: dict[str, str]) -> set[str]:
    return {name for names in groups.values() for name in names.split()}


def offered() -> list[tuple[str, Any, list[dict[str, Any]]]]:
    """Return each function that both have: its name, ours, and MLflow's parameters."""
    fluent = [
        (name, getattr(runstone, name), parameters)
        for name, parameters in SNAPSHOT["fluent"].items()
        if name in runstone.__all__
    ]
    client = [
        (f"Client.{name}", getattr(Client, name), parameters)
        for name, parameters in SNAPSHOT["client"].items()
        if hasattr(Client, name)
    ]
    return fluent + client


@pytest.mark.parametrize(("name", "ours", "theirs"), offered(), ids=[name for name, _, _ in offered()])
def test_arguments_are_those_of_mlflow(name: str, ours: Any, theirs: list[dict[str, Any]]) -> None:
    parameters = [parameter for parameter in inspect.signature(ours).parameters.values() if parameter.name != "self"]
    wanted = [given for given in theirs if given["name"] not in ARGUMENTS_LEFT_OUT.get(name, ())]

    positional = [parameter.name for parameter in parameters if parameter.kind is parameter.POSITIONAL_OR_KEYWORD]
    assert positional == [given["name"] for given in wanted if given["kind"] == "POSITIONAL_OR_KEYWORD"]
    assert {given["name"] for given in wanted} <= {parameter.name for parameter in parameters}
    # Whatever a script of MLflow's may leave out may be left out here.
    optional = {given["name"] for given in wanted if given["default"] is not None}
    assert optional <= {parameter.name for parameter in parameters if parameter.default is not parameter.empty}
    # What is ours alone goes by name, so that MLflow may add arguments.
    added = {parameter.name for parameter in parameters} - {given["name"] for given in wanted}
    assert added <= {parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY}


def test_functions_left_out_are_those_that_were_decided_on() -> None:
    assert SNAPSHOT["fluent"].keys() - set(runstone.__all__) == left_out(FLUENT_LEFT_OUT)
    assert {name for name in SNAPSHOT["client"] if not hasattr(Client, name)} == left_out(CLIENT_LEFT_OUT)
