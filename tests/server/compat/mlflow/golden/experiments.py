"""Experiments."""

from __future__ import annotations

from typing import Any

from tests.server.compat.mlflow.golden.steps import Scenario, Step, get, post, refused, taken

_MADE = {"e": "experiment_id"}


def _search(clause: str, **more: Any) -> Step:
    """Return a search, without a match unless something matches the filter."""
    return post("experiments/search", {"max_results": 10, "order_by": ["name"], "filter": clause, **more})


def _tagged(key: str, value: str | None = "v", experiment: str = "$e") -> Step:
    body = {"experiment_id": experiment, "key": key, "value": value}
    return post("experiments/set-experiment-tag", {name: given for name, given in body.items() if given is not None})


SCENARIOS = (
    Scenario(
        "experiment: its life",
        (
            post("experiments/create", {"name": "exp life", "tags": [{"key": "a", "value": "1"}]}, keep=_MADE),
            get("experiments/get", {"experiment_id": "$e"}),
            get("experiments/get-by-name", {"experiment_name": "exp life"}),
            post("experiments/update", {"experiment_id": "$e", "new_name": "exp life 2"}),
            get("experiments/get-by-name", {"experiment_name": "exp life"}),
            _tagged("b", "2"),
            _tagged("b", "3"),
            _tagged("mlflow.note.content", "x"),
            get("experiments/get", {"experiment_id": "$e"}),
            post("experiments/delete-experiment-tag", {"experiment_id": "$e", "key": "b"}),
            post("experiments/delete-experiment-tag", {"experiment_id": "$e", "key": "b"}),
            post("experiments/delete", {"experiment_id": "$e"}),
            get("experiments/get", {"experiment_id": "$e"}),
            get("experiments/get-by-name", {"experiment_name": "exp life 2"}),
            post("experiments/delete", {"experiment_id": "$e"}),
            post("experiments/create", {"name": "exp life 2"}),
            _tagged("b", "3"),
            post("experiments/delete-experiment-tag", {"experiment_id": "$e", "key": "a"}),
            refused("deleted", post("experiments/update", {"experiment_id": "$e", "new_name": "exp life 3"})),
            post("runs/create", {"experiment_id": "$e"}),
            post("experiments/restore", {"experiment_id": "$e"}),
            get("experiments/get", {"experiment_id": "$e"}),
            post("experiments/restore", {"experiment_id": "$e"}),
        ),
    ),
    Scenario(
        "experiment: deleted with its runs",
        (
            post("experiments/create", {"name": "exp cascade"}, keep=_MADE),
            *(
                post(
                    "runs/create",
                    {"experiment_id": "$e", "run_name": name, "start_time": 5},
                    keep={name: "run.info.run_id"},
                )
                for name in ("one", "two")
            ),
            post("runs/delete", {"run_id": "$one"}),
            post("experiments/delete", {"experiment_id": "$e"}),
            get("runs/get", {"run_id": "$two"}),
            post("runs/log-metric", {"run_id": "$two", "key": "m", "value": 1.0, "timestamp": 1}),
            post("runs/search", {"experiment_ids": ["$e"], "run_view_type": "DELETED_ONLY", "order_by": ["run_name"]}),
            post("experiments/restore", {"experiment_id": "$e"}),
            get("runs/get", {"run_id": "$one"}),
            get("runs/get", {"run_id": "$two"}),
        ),
    ),
    Scenario(
        "experiment: where artifacts go",
        (
            post("experiments/create", {"name": "exp s3", "artifact_location": "s3://bucket/some/where"}, keep=_MADE),
            get("experiments/get", {"experiment_id": "$e"}),
            post("runs/create", {"experiment_id": "$e", "run_name": "a", "start_time": 5}),
            post("experiments/create", {"name": "exp empty", "artifact_location": ""}, keep=_MADE),
            get("experiments/get", {"experiment_id": "$e"}),
            post("experiments/create", {"name": "exp #", "artifact_location": "s3://bucket/some#where"}),
            post("experiments/create", {"name": "exp long", "artifact_location": "s3://bucket/" + "x" * 2048}),
            *(
                refused(
                    "place", post("experiments/create", {"name": place, "artifact_location": f"s3://bucket/{place}"})
                )
                for place in ("some?where=1", "a/../where")
            ),
        ),
    ),
    Scenario(
        "experiment: made wrongly",
        (
            *(
                post("experiments/create", body)
                for body in (
                    {},
                    None,
                    {"name": ""},
                    {"name": None},
                    {"name": 7},
                    {"name": ["a"]},
                    {"name": "x" * 501},
                    {"name": "Default"},
                    {"name": "exp tags", "tags": {"a": "b"}},
                    {"name": "exp tags", "tags": ["a"]},
                    {"name": "exp tags", "tags": [{"key": "k" * 251, "value": "v"}]},
                    {"name": "exp tags", "tags": [{"key": "k", "value": "v" * 20_001}]},
                )
            ),
            post("experiments/create", {"name": "exp tags 2", "tags": [{"key": "a"}]}, keep=_MADE),
            get("experiments/get", {"experiment_id": "$e"}),
            post("experiments/create", {"name": "exp tags 5", "tags": [{"key": "k", "value": "v" * 20_000}]}),
            post("experiments/create", {"name": "exp 日本 <b>' \"; -- "}, keep=_MADE),
            get("experiments/get", {"experiment_id": "$e"}),
            get("experiments/get-by-name", {"experiment_name": "exp 日本 <b>' \"; -- "}),
            refused("name", post("experiments/create", {"name": "   "})),
            refused("name", post("experiments/create", {"name": "exp nul\0"})),
        ),
    ),
    Scenario(
        "experiment: asked for wrongly",
        (
            get("experiments/get"),
            get("experiments/get", {"experiment_id": "999999"}),
            get("experiments/get", {"experiment_id": "nonsense"}),
            get("experiments/get", {"experiment_id": ""}),
            get("experiments/get", {"nothing": "1"}),
            get("experiments/get-by-name"),
            get("experiments/get-by-name", {"experiment_name": "nobody"}),
            post("experiments/delete", {}),
            post("experiments/delete", {"experiment_id": "999999"}),
            post("experiments/delete", {"experiment_id": 999999}),
            post("experiments/restore", {"experiment_id": "999999"}),
            post("experiments/update", {"experiment_id": "999999", "new_name": "x"}),
            post("experiments/create", {"name": "exp wrong"}, keep=_MADE),
            post("experiments/update", {"experiment_id": "$e"}),
            post("experiments/update", {"experiment_id": "$e", "new_name": ""}),
            post("experiments/update", {"experiment_id": "$e", "new_name": "x" * 501}),
            refused(
                "taken",
                post("experiments/update", {"experiment_id": "$e", "new_name": "Default"}),
                "RESOURCE_ALREADY_EXISTS",
            ),
            _tagged("a", "b", "999999"),
            post("experiments/set-experiment-tag", {"experiment_id": "$e", "value": "b"}),
            _tagged("no value", None),
            _tagged("empty", ""),
            _tagged("a//b"),
            _tagged("k" * 251),
            _tagged("a", "v" * 20_001),
            post("experiments/delete-experiment-tag", {"experiment_id": "999999", "key": "a"}),
            post("experiments/delete-experiment-tag", {"experiment_id": "$e"}),
            post("experiments/delete-experiment-tag", {"experiment_id": "$e", "key": "absent"}),
            get("experiments/get", {"experiment_id": "$e"}),
        ),
    ),
    Scenario(
        "experiment: found",
        (
            *(
                post(
                    "experiments/create",
                    {"name": f"find {name}", "tags": [{"key": "team", "value": team}]},
                    keep={name: "experiment_id"},
                )
                for name, team in (("a", "x"), ("b", "y"), ("c", "x"), ("D", "x"))
            ),
            *map(
                _search,
                (
                    "name LIKE 'find %'",
                    "name ILIKE 'FIND d'",
                    "name LIKE 'find d'",
                    "name = 'find a'",
                    "attribute.name != 'find a' AND name LIKE 'find %'",
                    "tags.team = 'x' and name LIKE 'find %'",
                    "tags.`team` != 'x' AND name LIKE 'find %'",
                    "tag.team ILIKE 'X' AND name LIKE 'find %'",
                    "tags.absent IS NULL AND name LIKE 'find %'",
                    "tags.team IS NOT NULL AND name LIKE 'find %'",
                    "experiment_id IN ('$a') AND name LIKE 'find %'",
                    "experiment_id NOT IN ('$a') AND name LIKE 'find %'",
                    "experiment_id = '$a'",
                    "creation_time > 1000 AND name LIKE 'find %'",
                    "creation_time < 1000",
                    "last_update_time >= 1000 AND name LIKE 'find %'",
                    "name = 'nobody'",
                    "name LIKE 'find _' AND name != 'find D'",
                ),
            ),
            get("experiments/search", {"max_results": 10, "order_by": ["name"], "filter": "name LIKE 'find %'"}),
            post(
                "experiments/search",
                {"max_results": 3, "order_by": ["name DESC"], "filter": "name LIKE 'find %'"},
                keep={"token": "next_page_token"},
            ),
            _search("name LIKE 'find %'", max_results=3, order_by=["name DESC"], page_token="$token"),
            _search("name LIKE 'find %'", max_results=4, page_token=""),
            post("experiments/delete", {"experiment_id": "$a"}),
            *(
                _search("name LIKE 'find %'", view_type=view)
                for view in ("ACTIVE_ONLY", "DELETED_ONLY", "ALL", 1, 2, 3, "2")
            ),
            *(refused("enumeration", _search("name LIKE 'find %'", view_type=view)) for view in ("nonsense", 9)),
        ),
    ),
    Scenario(
        "experiment: searched wrongly",
        (
            post("experiments/search", {}),
            post("experiments/search", {"max_results": 0}),
            post("experiments/search", {"max_results": -1}),
            post("experiments/search", {"max_results": 50_001}),
            post("experiments/search", {"max_results": "many"}),
            post("experiments/search", {"max_results": 1.5}),
            *map(
                _search,
                (
                    "name",
                    "name =",
                    "name = find",
                    "name = 'a'; name = 'b'",
                    "creation_time LIKE '1'",
                    "params.a = 'b'",
                    "nonsense.a = 'b'",
                    "name = 'a",
                ),
            ),
            *(
                taken("filter", _search(clause), {})
                for clause in (
                    "name = 'no' OR name = 'never'",
                    "(name = 'no')",
                    "name = 'no' AND name like 'a'",
                    "name = 'no' AND name > 'a'",
                    "name IN ('no')",
                    "name == 'no'",
                    "lifecycle_stage = 'deleted' AND name = 'no'",
                    "experiment_id LIKE 'no'",
                    "creation_time = 'now'",
                    "tags.a > 'b' AND name = 'no'",
                )
            ),
            *(
                _search("name = 'no'", order_by=order)
                for order in (["nonsense"], ["name UP"], [""], "name", ["name", "name DESC"])
            ),
            taken("filter", _search("name = 'no'", order_by=["tags.a"]), {}),
            _search("name = 'no'", page_token="nonsense"),
            _search("name = 'no'", page_token="AAAA"),
        ),
    ),
)
