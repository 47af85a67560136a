"""Runs found again."""

from __future__ import annotations

from typing import Any

from tests.server.compat.mlflow.golden.steps import Scenario, Step, post, refused, taken

_EXPERIMENT = {"e": "experiment_id"}


def _run(name: str, start: int, **more: Any) -> Step:
    tags = [{"key": key, "value": value} for key, value in more.items()]
    return post(
        "runs/create",
        {"experiment_id": "$e", "start_time": start, "run_name": name, "user_id": f"u{start}", "tags": tags},
        keep={name: "run.info.run_id"},
    )


def _batch(name: str, metrics: dict[str, Any], params: dict[str, str]) -> Step:
    return post(
        "runs/log-batch",
        {
            "run_id": f"${name}",
            "metrics": [{"key": key, "value": value, "timestamp": 1, "step": 0} for key, value in metrics.items()],
            "params": [{"key": key, "value": value} for key, value in params.items()],
        },
    )


def _found(clause: str, order: tuple[str, ...] = ("start_time",), **more: Any) -> Step:
    return post("runs/search", {"experiment_ids": ["$e"], "filter": clause, "order_by": list(order), **more})


_PREPARED = (
    _run("one", 1, team="x", note="it's"),
    _run("two", 2, team="y"),
    _run("three", 3, team="X"),
    _run("four", 4),
    _batch("one", {"acc": 0.5, "loss": 1, "a/b c": 1}, {"lr": "0.1", "opt": "sgd", "a-b.c": "1"}),
    _batch("two", {"acc": 0.75, "loss": "NaN"}, {"lr": "0.01", "opt": "SGD"}),
    _batch("three", {"acc": 0.5, "loss": 1e300}, {"lr": "1", "opt": "adam"}),
    post("runs/update", {"run_id": "$two", "status": "FINISHED", "end_time": 20}),
    post("runs/update", {"run_id": "$three", "status": "FAILED", "end_time": 10}),
)

SCENARIOS = (
    Scenario(
        "search: filters",
        (
            post("experiments/create", {"name": "search filters"}, keep=_EXPERIMENT),
            *_PREPARED,
            *map(
                _found,
                (
                    "",
                    "metrics.acc > 0.5",
                    "metrics.acc >= 0.5 and params.lr = '0.1'",
                    "metric.acc = 0.5 AND metrics.loss < 100",
                    "metrics.acc != 0.5",
                    "metrics.loss != 1",
                    "metrics.loss > 0",
                    "metrics.loss <= 1e3",
                    "metrics.`a/b c` = 1",
                    'metrics."a/b c" = 1.0',
                    "metrics.acc > -1.5",
                    "metrics.absent < 1",
                    "params.lr = '0.1'",
                    "parameters.lr != '0.1'",
                    "param.opt LIKE 's%'",
                    "params.opt ILIKE 's%'",
                    "params.opt LIKE '_d%'",
                    "params.`a-b.c` = '1'",
                    "params.absent = 'x'",
                    "params.absent IS NULL",
                    "params.opt IS NOT NULL",
                    "tags.team = 'x'",
                    "tag.team != 'x'",
                    "tags.team ILIKE 'x'",
                    "tags.team IS NULL",
                    'tags.note = "it\'s"',
                    "tags.mlflow.runName = 'one'",
                    "attributes.status = 'FINISHED'",
                    "attr.status != 'RUNNING'",
                    "run.status LIKE 'F%'",
                    "status ILIKE 'fail%'",
                    "run_name = 'one'",
                    "attributes.`run name` = 'one'",
                    "attributes.`Run name` LIKE 'o%'",
                    "attributes.run_name != 'one'",
                    "run_id = '$one'",
                    "run_id IN ('$one', '$two')",
                    "attributes.run_id NOT IN ('$one', '$two')",
                    "run_id LIKE '%'",
                    "start_time > 2",
                    "attributes.start_time <= 2",
                    "attributes.created = 3",
                    "end_time >= 10",
                    "end_time != 10",
                    "user_id = 'u1'",
                    "user_id LIKE 'u%'",
                    "artifact_uri LIKE '%artifacts'",
                    "params.lr = '0.1' AND params.opt = 'sgd' AND tags.team = 'x' AND metrics.acc = 0.5",
                    "metrics.acc>0.5 and metrics.acc<1",
                    "params.lr='0.1'",
                    "  params.lr = '0.1'  ",
                    "datasets.name = 'none'",
                ),
            ),
        ),
    ),
    Scenario(
        "search: orders and pages",
        (
            post("experiments/create", {"name": "search orders"}, keep=_EXPERIMENT),
            *_PREPARED,
            *(
                _found("", order)
                for order in (
                    (),
                    ("start_time DESC",),
                    ("attributes.start_time ASC",),
                    ("metrics.acc",),
                    ("metrics.acc DESC", "params.lr DESC"),
                    ("metrics.loss",),
                    ("metrics.loss DESC",),
                    ("metrics.`a/b c` DESC",),
                    ("params.lr",),
                    ("params.lr DESC",),
                    ("param.absent",),
                    ("tags.team",),
                    ("tag.team DESC",),
                    ("status", "start_time DESC"),
                    ("end_time",),
                    ("end_time DESC",),
                    ("run_name",),
                    ("attributes.run_name DESC",),
                    ("user_id DESC",),
                    ("created",),
                    ("metrics.acc asc",),
                )
            ),
            post(
                "runs/search",
                {"experiment_ids": ["$e"], "max_results": 3, "order_by": ["metrics.acc"]},
                keep={"t": "next_page_token"},
            ),
            post(
                "runs/search",
                {"experiment_ids": ["$e"], "max_results": 3, "order_by": ["metrics.acc"], "page_token": "$t"},
            ),
            post("runs/search", {"experiment_ids": ["$e"], "max_results": 2}, keep={"t": "next_page_token"}),
            post("runs/search", {"experiment_ids": ["$e"], "max_results": 2, "page_token": "$t"}),
            post("runs/search", {"experiment_ids": ["$e"], "max_results": 4}),
            post("runs/search", {"experiment_ids": ["$e"], "max_results": 50_000}),
            post("runs/search", {"experiment_ids": ["$e", "999999"]}),
            post("runs/search", {"experiment_ids": ["999999"]}),
            post("runs/search", {"experiment_ids": []}),
            post("runs/search", {}),
            post("runs/delete", {"run_id": "$one"}),
            *(_found("", run_view_type=view) for view in ("ACTIVE_ONLY", "DELETED_ONLY", "ALL", 1, 2, 3)),
        ),
    ),
    Scenario(
        "search: asked for wrongly",
        (
            post("experiments/create", {"name": "search wrongly"}, keep=_EXPERIMENT),
            *map(
                _found,
                (
                    "metrics.acc > 'a'",
                    "metrics.acc > '0.5'",
                    "metrics.acc > nan",
                    "metrics.acc LIKE '1'",
                    "params.lr =",
                    "params.lr",
                    "= '0.1'",
                    "lr = '0.1'",
                    "nonsense.lr = '0.1'",
                    "tags.team = x",
                    "attributes.nothing = 'x'",
                    "attributes.start_time = 'x'",
                    "attributes.start_time LIKE '1'",
                    "run_id IN ()",
                    "run_id IN ('a'",
                    "params.lr = 'a'; DROP TABLE runs",
                    "params.`lr = 'a'",
                    "'a' = params.lr",
                ),
            ),
            *(
                taken("filter", _found(clause), {})
                for clause in (
                    "metrics.acc IN (1)",
                    "params.lr = 0.1",
                    "params.lr > '0.1'",
                    "params.lr IN ('0.1')",
                    "params.a-b.c = '1'",
                    "params.lr = '1' OR params.lr = '2'",
                    "(params.lr = '1')",
                    "experiment_id = 'no'",
                )
            ),
            *(
                refused("lax filter", _found(clause))
                for clause in ("params.lr = 'a' params.opt = 'b'", "params. = 'a'")
            ),
            *(
                _found("", (order,))
                for order in ("metrics", "nonsense.a", "datasets.name", "metrics.a UP", "a b c", "")
            ),
            post("runs/search", {"experiment_ids": ["nonsense"]}),
            post("runs/search", {"experiment_ids": "$e"}),
            refused("half", post("runs/search", {"experiment_ids": [7]})),
            post("runs/search", {"experiment_ids": ["$e"], "max_results": 0}),
            post("runs/search", {"experiment_ids": ["$e"], "max_results": -1}),
            post("runs/search", {"experiment_ids": ["$e"], "max_results": 50_001}),
            post("runs/search", {"experiment_ids": ["$e"], "max_results": "many"}),
            post("runs/search", {"experiment_ids": ["$e"], "page_token": "nonsense"}),
            post("runs/search", {"experiment_ids": ["$e"], "page_token": "eyJvZmZzZXQiOiAidGV4dCJ9"}),
            post("runs/search", {"experiment_ids": ["$e"], "filter": 7}),
            post("runs/search", {"experiment_ids": ["$e"], "order_by": "start_time"}),
            post("runs/search", {"experiment_ids": ["$e"], "order_by": [7]}),
            taken(
                "mistake",
                post("runs/search", {"experiment_ids": ["$e"], "order_by": ["start_time", "start_time DESC"]}),
                {},
            ),
        ),
    ),
)
