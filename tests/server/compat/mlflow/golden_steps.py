"""What is asked of both servers, in order.  ``{name}`` stands for what an earlier step saved under that name."""

from __future__ import annotations

from typing import Any, NamedTuple

_API = "/api/2.0/mlflow"


class Step(NamedTuple):
    """One call.

    Attributes:
        name: Of the step, its own.
        given: Body, or query of a GET.
        saves: By name, where in the answer something is that later steps need.
    """

    name: str
    verb: str
    path: str
    given: Any = None
    saves: dict[str, str] | None = None


def _post(name: str, path: str, given: Any = None, **more: Any) -> Step:
    return Step(name, "POST", _API + path, given, **more)


def _get(name: str, path: str, given: Any = None, **more: Any) -> Step:
    return Step(name, "GET", _API + path, given, **more)


def _call(name: str, verb: str, path: str, given: Any = None, **more: Any) -> Step:
    return Step(name, verb, _API + path, given, **more)


def _ajax(name: str, verb: str, path: str, given: Any = None, **more: Any) -> Step:
    return Step(name, verb, "/ajax-api/2.0/mlflow" + path, given, **more)


EXPERIMENTS = [
    _post(
        "make", "/experiments/create", {"name": "a", "tags": [{"key": "k", "value": "v"}]}, saves={"e": "experiment_id"}
    ),
    _post("make again", "/experiments/create", {"name": "a"}),
    _post("make without name", "/experiments/create", {}),
    _post("make with empty name", "/experiments/create", {"name": ""}),
    _post("make with number", "/experiments/create", {"name": 5}),
    _post("make with long name", "/experiments/create", {"name": "x" * 501}),
    _post("make with bad location", "/experiments/create", {"name": "l", "artifact_location": "s3://b/x?y=z#f"}),
    _get("get", "/experiments/get", {"experiment_id": "{e}"}),
    _get("get unknown", "/experiments/get", {"experiment_id": "77777"}),
    _get("get nothing", "/experiments/get", {}),
    _get("get text", "/experiments/get", {"experiment_id": "abc"}),
    _get("by name", "/experiments/get-by-name", {"experiment_name": "a"}),
    _get("by unknown name", "/experiments/get-by-name", {"experiment_name": "zz"}),
    _post("tag", "/experiments/set-experiment-tag", {"experiment_id": "{e}", "key": "t", "value": "1"}),
    _post("tag without key", "/experiments/set-experiment-tag", {"experiment_id": "{e}", "value": "1"}),
    _post(
        "tag too long", "/experiments/set-experiment-tag", {"experiment_id": "{e}", "key": "t", "value": "x" * 20001}
    ),
    _post("untag", "/experiments/delete-experiment-tag", {"experiment_id": "{e}", "key": "t"}),
    _post("untag again", "/experiments/delete-experiment-tag", {"experiment_id": "{e}", "key": "t"}),
    _post("rename", "/experiments/update", {"experiment_id": "{e}", "new_name": "b"}),
    _post("rename to nothing", "/experiments/update", {"experiment_id": "{e}"}),
    _post("search", "/experiments/search", {"max_results": 10, "filter": "name = 'b'"}),
    _post(
        "search page",
        "/experiments/search",
        {"max_results": 1, "order_by": ["name ASC"]},
        saves={"ep": "next_page_token"},
    ),
    _post("next page", "/experiments/search", {"max_results": 1, "order_by": ["name ASC"], "page_token": "{ep}"}),
    _post("bad token", "/experiments/search", {"max_results": 1, "page_token": "%%%"}),
    _post("bad filter", "/experiments/search", {"max_results": 10, "filter": "name LIKE"}),
    _post("bad attribute", "/experiments/search", {"max_results": 10, "filter": "nothing = 'x'"}),
    _post("bad order", "/experiments/search", {"max_results": 10, "order_by": ["nothing"]}),
    _post("no maximum", "/experiments/search", {}),
    _post("too many", "/experiments/search", {"max_results": 50001}),
    _post("bad view", "/experiments/search", {"max_results": 10, "view_type": "SOME"}),
    _post("delete", "/experiments/delete", {"experiment_id": "{e}"}),
    _post("delete again", "/experiments/delete", {"experiment_id": "{e}"}),
    _get("get deleted", "/experiments/get", {"experiment_id": "{e}"}),
    _post("search deleted", "/experiments/search", {"max_results": 10, "view_type": "DELETED_ONLY"}),
    _post("run in deleted", "/runs/create", {"experiment_id": "{e}"}),
    _post("restore", "/experiments/restore", {"experiment_id": "{e}"}),
    _post("restore again", "/experiments/restore", {"experiment_id": "{e}"}),
    _post("delete unknown", "/experiments/delete", {"experiment_id": "77777"}),
]

RUNS = [
    _post("experiment", "/experiments/create", {"name": "runs"}, saves={"e": "experiment_id"}),
    _post(
        "make",
        "/runs/create",
        {
            "experiment_id": "{e}",
            "user_id": "ada",
            "run_name": "one",
            "start_time": 1234,
            "tags": [{"key": "a", "value": "b"}],
        },
        saves={"r": "run.info.run_id"},
    ),
    _post(
        "make by text",
        "/runs/create",
        {"experiment_id": "{e}", "start_time": "99", "runName": "x"},
        saves={"r2": "run.info.run_id"},
    ),
    _post("make in unknown", "/runs/create", {"experiment_id": "77777"}),
    _post("make with bad time", "/runs/create", {"experiment_id": "{e}", "start_time": "soon"}),
    _post("make with bad tags", "/runs/create", {"experiment_id": "0", "tags": "x"}),
    _get("get", "/runs/get", {"run_id": "{r}"}),
    _get("get by uuid", "/runs/get", {"run_uuid": "{r}"}),
    _get("get unknown", "/runs/get", {"run_id": "0" * 32}),
    _get("get nothing", "/runs/get", {}),
    _post("metric", "/runs/log-metric", {"run_id": "{r}", "key": "m", "value": 0.5, "timestamp": 10, "step": 1}),
    _post(
        "metric as text",
        "/runs/log-metric",
        {"run_id": "{r}", "key": "m", "value": "0.75", "timestamp": "11", "step": "2"},
    ),
    _post("metric nan", "/runs/log-metric", {"run_id": "{r}", "key": "nan", "value": "NaN", "timestamp": 12}),
    _post("metric without value", "/runs/log-metric", {"run_id": "{r}", "key": "m", "timestamp": 12}),
    _post("metric without time", "/runs/log-metric", {"run_id": "{r}", "key": "m", "value": 1}),
    _post("metric of text", "/runs/log-metric", {"run_id": "{r}", "key": "m", "value": "abc", "timestamp": 12}),
    _post("metric of null", "/runs/log-metric", {"run_id": "{r}", "key": "m", "value": None, "timestamp": 12}),
    _post("metric bad name", "/runs/log-metric", {"run_id": "{r}", "key": "a\nb", "value": 1, "timestamp": 12}),
    _post("metric bad path", "/runs/log-metric", {"run_id": "{r}", "key": "../a", "value": 1, "timestamp": 12}),
    _post("metric long name", "/runs/log-metric", {"run_id": "{r}", "key": "x" * 251, "value": 1, "timestamp": 12}),
    _post("metric unknown run", "/runs/log-metric", {"run_id": "0" * 32, "key": "m", "value": 1, "timestamp": 12}),
    _post("param", "/runs/log-parameter", {"run_id": "{r}", "key": "p", "value": "1"}),
    _post("param same", "/runs/log-parameter", {"run_id": "{r}", "key": "p", "value": "1"}),
    _post("param changed", "/runs/log-parameter", {"run_id": "{r}", "key": "p", "value": "2"}),
    _post("param empty", "/runs/log-parameter", {"run_id": "{r}", "key": "empty", "value": ""}),
    _post("param too long", "/runs/log-parameter", {"run_id": "{r}", "key": "l", "value": "x" * 6001}),
    _post("tag", "/runs/set-tag", {"run_id": "{r}", "key": "t", "value": "1"}),
    _post("tag too long", "/runs/set-tag", {"run_id": "{r}", "key": "t", "value": "x" * 8001}),
    _post("untag", "/runs/delete-tag", {"run_id": "{r}", "key": "t"}),
    _post("untag again", "/runs/delete-tag", {"run_id": "{r}", "key": "t"}),
    _post(
        "batch",
        "/runs/log-batch",
        {
            "run_id": "{r}",
            "metrics": [{"key": "b", "value": value, "timestamp": 20 + value, "step": value} for value in range(4)],
            "params": [{"key": "bp", "value": "x"}],
            "tags": [{"key": "bt", "value": "y"}],
        },
    ),
    _post("batch of nothing", "/runs/log-batch", {"run_id": "{r}"}),
    _post("batch without run", "/runs/log-batch", {"metrics": []}),
    _post(
        "batch of too many params",
        "/runs/log-batch",
        {"run_id": "{r}", "params": [{"key": f"k{n}", "value": "v"} for n in range(101)]},
    ),
    _post(
        "batch of too many metrics",
        "/runs/log-batch",
        {"run_id": "{r}", "metrics": [{"key": "m", "value": 1, "timestamp": n} for n in range(1001)]},
    ),
    _post(
        "batch with two params of one key",
        "/runs/log-batch",
        {"run_id": "{r}", "params": [{"key": "d", "value": "1"}, {"key": "d", "value": "2"}]},
    ),
    _post("batch with changed param", "/runs/log-batch", {"run_id": "{r}", "params": [{"key": "p", "value": "9"}]}),
    _get("get all of it", "/runs/get", {"run_id": "{r}"}),
    _get("history", "/metrics/get-history", {"run_id": "{r}", "metric_key": "m"}),
    _get(
        "history page",
        "/metrics/get-history",
        {"run_id": "{r}", "metric_key": "b", "max_results": 3},
        saves={"hp": "next_page_token"},
    ),
    _get(
        "history next",
        "/metrics/get-history",
        {"run_id": "{r}", "metric_key": "b", "max_results": 3, "page_token": "{hp}"},
    ),
    _get("history of nothing", "/metrics/get-history", {"run_id": "{r}", "metric_key": "none"}),
    _get("history without key", "/metrics/get-history", {"run_id": "{r}"}),
    _get("history unknown run", "/metrics/get-history", {"run_id": "0" * 32, "metric_key": "m"}),
    _ajax("history bulk", "GET", "/metrics/get-history-bulk", {"run_id": ["{r}", "{r2}"], "metric_key": "b"}),
    _get(
        "history interval",
        "/metrics/get-history-bulk-interval",
        {"run_ids": ["{r}"], "metric_key": "b", "max_results": 10},
    ),
    _get("history interval without runs", "/metrics/get-history-bulk-interval", {"metric_key": "b"}),
    _post("update", "/runs/update", {"run_id": "{r}", "status": "FINISHED", "end_time": 5000, "run_name": "two"}),
    _post("update to bad status", "/runs/update", {"run_id": "{r}", "status": "DONE"}),
    _post("update unknown", "/runs/update", {"run_id": "0" * 32, "status": "FINISHED"}),
    _post("search", "/runs/search", {"experiment_ids": ["{e}"], "filter": "metrics.m > 0.6 and params.p = '1'"}),
    _post("search order", "/runs/search", {"experiment_ids": ["{e}"], "order_by": ["attributes.start_time ASC"]}),
    _post(
        "search page",
        "/runs/search",
        {"experiment_ids": ["{e}"], "max_results": 1, "order_by": ["attributes.start_time ASC"]},
        saves={"rp": "next_page_token"},
    ),
    _post(
        "search next",
        "/runs/search",
        {"experiment_ids": ["{e}"], "max_results": 1, "order_by": ["attributes.start_time ASC"], "page_token": "{rp}"},
    ),
    _post("search bad filter", "/runs/search", {"experiment_ids": ["{e}"], "filter": "metrics.m >"}),
    _post("search text metric", "/runs/search", {"experiment_ids": ["{e}"], "filter": "metrics.m > 'x'"}),
    _post("search bad entity", "/runs/search", {"experiment_ids": ["{e}"], "filter": "things.m = 'x'"}),
    _post("search too many", "/runs/search", {"experiment_ids": ["{e}"], "max_results": 50001}),
    _post("search nowhere", "/runs/search", {"experiment_ids": []}),
    _post("search bad view", "/runs/search", {"experiment_ids": ["{e}"], "run_view_type": "SOME"}),
    _post("search bad token", "/runs/search", {"experiment_ids": ["{e}"], "page_token": "%%%"}),
    _post(
        "inputs",
        "/runs/log-inputs",
        {
            "run_id": "{r}",
            "datasets": [
                {
                    "tags": [{"key": "mlflow.data.context", "value": "train"}],
                    "dataset": {"name": "d", "digest": "1", "source_type": "local", "source": "s", "profile": "p"},
                }
            ],
        },
    ),
    _get("get with inputs", "/runs/get", {"run_id": "{r}"}),
    _ajax("datasets", "POST", "/experiments/search-datasets", {"experiment_ids": ["{e}"]}),
    _post("delete", "/runs/delete", {"run_id": "{r}"}),
    _post("delete again", "/runs/delete", {"run_id": "{r}"}),
    _get("get deleted", "/runs/get", {"run_id": "{r}"}),
    _post("log to deleted", "/runs/log-metric", {"run_id": "{r}", "key": "m", "value": 1, "timestamp": 1}),
    _post("search deleted", "/runs/search", {"experiment_ids": ["{e}"], "run_view_type": "DELETED_ONLY"}),
    _post("restore", "/runs/restore", {"run_id": "{r}"}),
    _post("restore again", "/runs/restore", {"run_id": "{r}"}),
    _post("delete unknown", "/runs/delete", {"run_id": "0" * 32}),
    _post("inputs without digest", "/runs/log-inputs", {"run_id": "{r}", "datasets": [{"dataset": {"name": "d"}}]}),
    _get("artifacts of nothing", "/artifacts/list", {"run_id": "{r}"}),
    _get("artifacts of unknown", "/artifacts/list", {"run_id": "0" * 32}),
    _get("artifacts outside", "/artifacts/list", {"run_id": "{r}", "path": "../x"}),
]

MODELS = [
    _post("experiment", "/experiments/create", {"name": "models"}, saves={"e": "experiment_id"}),
    _post("run", "/runs/create", {"experiment_id": "{e}", "start_time": 1}, saves={"r": "run.info.run_id"}),
    _post(
        "make",
        "/logged-models",
        {
            "experiment_id": "{e}",
            "name": "lm",
            "model_type": "t",
            "source_run_id": "{r}",
            "params": [{"key": "p", "value": "1"}],
            "tags": [{"key": "a", "value": "b"}],
        },
        saves={"m": "model.info.model_id"},
    ),
    _post("make with bad name", "/logged-models", {"experiment_id": "{e}", "name": "a/b"}),
    _post("make nowhere", "/logged-models", {"name": "x"}),
    _get("get", "/logged-models/{m}"),
    _get("get unknown", "/logged-models/m-" + "0" * 32),
    _post("params", "/logged-models/{m}/params", {"model_id": "{m}", "params": [{"key": "q", "value": "2"}]}),
    _call("tags", "PATCH", "/logged-models/{m}/tags", {"tags": [{"key": "c", "value": "d"}]}),
    _call("untag", "DELETE", "/logged-models/{m}/tags/c"),
    _call("untag again", "DELETE", "/logged-models/{m}/tags/c"),
    _call("finalize", "PATCH", "/logged-models/{m}", {"model_id": "{m}", "status": "LOGGED_MODEL_READY"}),
    _post(
        "metric",
        "/runs/log-metric",
        {"run_id": "{r}", "key": "acc", "value": 0.5, "timestamp": 3, "step": 1, "model_id": "{m}"},
    ),
    _post("outputs", "/runs/outputs", {"run_id": "{r}", "models": [{"model_id": "{m}", "step": 1}]}),
    _get("run with model", "/runs/get", {"run_id": "{r}"}),
    _get("get all", "/logged-models/{m}"),
    _post("search", "/logged-models/search", {"experiment_ids": ["{e}"], "filter": "name = 'lm'"}),
    _post("search metrics", "/logged-models/search", {"experiment_ids": ["{e}"], "filter": "metrics.acc > 0.4"}),
    _post("search badly", "/logged-models/search", {"experiment_ids": ["{e}"], "filter": "metrics.acc >"}),
    _post("search nowhere", "/logged-models/search", {"experiment_ids": []}),
    _call("finalize badly", "PATCH", "/logged-models/{m}", {"model_id": "{m}", "status": "SOMETHING"}),
    _call("delete", "DELETE", "/logged-models/{m}"),
    _get("get deleted", "/logged-models/{m}"),
]

REGISTRY = [
    _post("run", "/runs/create", {"experiment_id": "0", "start_time": 1}, saves={"r": "run.info.run_id"}),
    _post("make", "/registered-models/create", {"name": "m", "description": "d", "tags": [{"key": "a", "value": "b"}]}),
    _post("make again", "/registered-models/create", {"name": "m"}),
    _post("make without name", "/registered-models/create", {}),
    _post("make with bad name", "/registered-models/create", {"name": "a/b"}),
    _get("get", "/registered-models/get", {"name": "m"}),
    _post("make plainly", "/registered-models/create", {"name": "plain"}),
    _get("get plain", "/registered-models/get", {"name": "plain"}),
    _get("get unknown", "/registered-models/get", {"name": "zz"}),
    _post(
        "version",
        "/model-versions/create",
        {
            "name": "m",
            "source": "runs:/{r}/x",
            "run_id": "{r}",
            "description": "v",
            "tags": [{"key": "k", "value": "1"}],
        },
    ),
    _post("version two", "/model-versions/create", {"name": "m", "source": "runs:/{r}/y", "run_id": "{r}"}),
    _post("version of unknown", "/model-versions/create", {"name": "zz", "source": "runs:/{r}/y"}),
    _post("version without source", "/model-versions/create", {"name": "m"}),
    _post("version of a local path", "/model-versions/create", {"name": "m", "source": "/etc"}),
    _post("version of a file", "/model-versions/create", {"name": "m", "source": "file:///etc"}),
    _post("version outside", "/model-versions/create", {"name": "m", "source": "s3://b/../../x"}),
    _get("version get", "/model-versions/get", {"name": "m", "version": "1"}),
    _get("version unknown", "/model-versions/get", {"name": "m", "version": "9"}),
    _get("version text", "/model-versions/get", {"name": "m", "version": "x"}),
    _get("download uri", "/model-versions/get-download-uri", {"name": "m", "version": "1"}),
    _call("describe version", "PATCH", "/model-versions/update", {"name": "m", "version": "1", "description": "w"}),
    _call("describe", "PATCH", "/registered-models/update", {"name": "m", "description": "e"}),
    _post("tag version", "/model-versions/set-tag", {"name": "m", "version": "1", "key": "t", "value": "1"}),
    _call("untag version", "DELETE", "/model-versions/delete-tag", {"name": "m", "version": "1", "key": "t"}),
    _post("tag", "/registered-models/set-tag", {"name": "m", "key": "t", "value": "1"}),
    _call("untag", "DELETE", "/registered-models/delete-tag", {"name": "m", "key": "t"}),
    _post("alias", "/registered-models/alias", {"name": "m", "alias": "best", "version": "1"}),
    _post("alias latest", "/registered-models/alias", {"name": "m", "alias": "latest", "version": "1"}),
    _post("alias number", "/registered-models/alias", {"name": "m", "alias": "v1", "version": "1"}),
    _post("alias of unknown", "/registered-models/alias", {"name": "m", "alias": "x", "version": "9"}),
    _get("by alias", "/registered-models/alias", {"name": "m", "alias": "best"}),
    _get("by unknown alias", "/registered-models/alias", {"name": "m", "alias": "none"}),
    _post(
        "stage",
        "/model-versions/transition-stage",
        {"name": "m", "version": "1", "stage": "Production", "archive_existing_versions": True},
    ),
    _post(
        "bad stage",
        "/model-versions/transition-stage",
        {"name": "m", "version": "1", "stage": "Somewhere", "archive_existing_versions": False},
    ),
    _post("latest", "/registered-models/get-latest-versions", {"name": "m"}),
    _get("get with versions", "/registered-models/get", {"name": "m"}),
    _get("search", "/registered-models/search", {"filter": "name LIKE 'm%'"}),
    _get("search badly", "/registered-models/search", {"filter": "name >"}),
    _get("search too many", "/registered-models/search", {"max_results": 1001}),
    _get("search versions", "/model-versions/search", {"filter": "name = 'm'", "order_by": ["version_number ASC"]}),
    _get(
        "search versions by run",
        "/model-versions/search",
        {"filter": "run_id = '{r}'", "max_results": 1},
        saves={"vp": "next_page_token"},
    ),
    _call("drop alias", "DELETE", "/registered-models/alias", {"name": "m", "alias": "best"}),
    _post("rename", "/registered-models/rename", {"name": "m", "new_name": "n"}),
    _post("rename unknown", "/registered-models/rename", {"name": "m", "new_name": "n"}),
    _call("delete version", "DELETE", "/model-versions/delete", {"name": "n", "version": "2"}),
    _call("delete version again", "DELETE", "/model-versions/delete", {"name": "n", "version": "2"}),
    _call("delete", "DELETE", "/registered-models/delete", {"name": "n"}),
    _call("delete again", "DELETE", "/registered-models/delete", {"name": "n"}),
]

WRONG = [
    Step("bad json", "POST", _API + "/experiments/create", b"{"),
    Step("list for object", "POST", _API + "/experiments/create", b"[]"),
    _get("no such call", "/nothing"),
    _get("wrong verb", "/experiments/create"),
    _call("wrong verb too", "DELETE", "/runs/get"),
]

SCENARIOS = {"experiments": EXPERIMENTS, "runs": RUNS, "models": MODELS, "registry": REGISTRY, "wrong": WRONG}
