"""Registered models."""

from __future__ import annotations

from typing import Any

from tests.server.compat.mlflow.golden.steps import Scenario, Step, delete, get, patch, post, refused, taken


def _pair(key: str, value: Any = "v") -> dict[str, Any]:
    return {"key": key, "value": value}


def _search(query: dict[str, Any], **more: Any) -> Step:
    return get("registered-models/search", query, **more)


_MODELS = "registered-models"
_ALIAS = f"{_MODELS}/alias"

SCENARIOS = (
    Scenario(
        "registered model: its life",
        (
            post(f"{_MODELS}/create", {"name": "rm life", "tags": [_pair("a", "1")], "description": "first"}),
            get(f"{_MODELS}/get", {"name": "rm life"}),
            patch(f"{_MODELS}/update", {"name": "rm life", "description": "second"}),
            patch(f"{_MODELS}/update", {"name": "rm life", "description": ""}),
            patch(f"{_MODELS}/update", {"name": "rm life"}),
            post(f"{_MODELS}/set-tag", {"name": "rm life", "key": "b", "value": "2"}),
            post(f"{_MODELS}/set-tag", {"name": "rm life", "key": "b", "value": "3"}),
            post(f"{_MODELS}/set-tag", {"name": "rm life", "key": "empty", "value": ""}),
            post(f"{_MODELS}/set-tag", {"name": "rm life", "key": "none"}),
            get(f"{_MODELS}/get", {"name": "rm life"}),
            delete(f"{_MODELS}/delete-tag", {"name": "rm life", "key": "a"}),
            delete(f"{_MODELS}/delete-tag", {"name": "rm life", "key": "a"}),
            post("model-versions/create", {"name": "rm life", "source": "s3://bucket/one"}),
            post("model-versions/create", {"name": "rm life", "source": "s3://bucket/two"}),
            post(_ALIAS, {"name": "rm life", "alias": "champion", "version": "1"}),
            get(_ALIAS, {"name": "rm life", "alias": "champion"}),
            post(_ALIAS, {"name": "rm life", "alias": "champion", "version": "2"}),
            post(_ALIAS, {"name": "rm life", "alias": "other", "version": "2"}),
            get(_ALIAS, {"name": "rm life", "alias": "champion"}),
            get(_ALIAS, {"name": "rm life", "alias": "latest"}),
            get(f"{_MODELS}/get", {"name": "rm life"}),
            post(f"{_MODELS}/rename", {"name": "rm life", "new_name": "rm life 2"}),
            get(f"{_MODELS}/get", {"name": "rm life"}),
            get(f"{_MODELS}/get", {"name": "rm life 2"}),
            get(_ALIAS, {"name": "rm life 2", "alias": "champion"}),
            delete(_ALIAS, {"name": "rm life 2", "alias": "champion"}),
            delete(_ALIAS, {"name": "rm life 2", "alias": "champion"}),
            get(_ALIAS, {"name": "rm life 2", "alias": "champion"}),
            post(f"{_MODELS}/get-latest-versions", {"name": "rm life 2"}),
            get(f"{_MODELS}/get-latest-versions", {"name": "rm life 2"}),
            delete(f"{_MODELS}/delete", {"name": "rm life 2"}),
            get(f"{_MODELS}/get", {"name": "rm life 2"}),
            delete(f"{_MODELS}/delete", {"name": "rm life 2"}),
            post(f"{_MODELS}/create", {"name": "rm life 2"}),
            post("model-versions/create", {"name": "rm life 2", "source": "s3://bucket/three"}),
        ),
    ),
    Scenario(
        "registered model: asked for wrongly",
        (
            post(f"{_MODELS}/create", {"name": "rm wrong"}),
            post(f"{_MODELS}/create", {"name": "rm wrong"}),
            post(f"{_MODELS}/create", {"name": "rm taken"}),
            post(f"{_MODELS}/rename", {"name": "rm wrong", "new_name": "rm taken"}),
            post(f"{_MODELS}/rename", {"name": "rm wrong"}),
            post(f"{_MODELS}/rename", {"name": "rm absent", "new_name": "rm new"}),
            post(f"{_MODELS}/rename", {"name": "rm wrong", "new_name": "a/b"}),
            post(f"{_MODELS}/create", {}),
            post(f"{_MODELS}/create", {"name": ""}),
            post(f"{_MODELS}/create", {"name": 7}),
            post(f"{_MODELS}/create", {"name": "a/b"}),
            post(f"{_MODELS}/create", {"name": "a:b"}),
            post(f"{_MODELS}/create", {"name": "rm tags", "tags": [_pair("k" * 251)]}),
            post(f"{_MODELS}/create", {"name": "rm tags", "tags": [_pair("k", "v" * 100_001)]}),
            post(f"{_MODELS}/create", {"name": "rm tags", "tags": "a"}),
            get(f"{_MODELS}/get"),
            get(f"{_MODELS}/get", {"name": "rm absent"}),
            patch(f"{_MODELS}/update", {"name": "rm absent", "description": "d"}),
            patch(f"{_MODELS}/update", {"description": "d"}),
            delete(f"{_MODELS}/delete", {"name": "rm absent"}),
            delete(f"{_MODELS}/delete", {}),
            post(f"{_MODELS}/set-tag", {"name": "rm absent", "key": "a", "value": "v"}),
            post(f"{_MODELS}/set-tag", {"name": "rm wrong", "value": "v"}),
            post(f"{_MODELS}/set-tag", {"name": "rm wrong", "key": "k" * 251, "value": "v"}),
            post(f"{_MODELS}/set-tag", {"name": "rm wrong", "key": "k", "value": "v" * 100_001}),
            post(f"{_MODELS}/set-tag", {"name": "rm wrong", "key": "a//b", "value": "v"}),
            delete(f"{_MODELS}/delete-tag", {"name": "rm absent", "key": "a"}),
            delete(f"{_MODELS}/delete-tag", {"name": "rm wrong"}),
            post("model-versions/create", {"name": "rm wrong", "source": "s3://bucket/one"}),
            *(
                post(_ALIAS, {"name": "rm wrong", "alias": alias, "version": "1"})
                for alias in ("latest", "Latest", "v1", "V12", "a b", "a/b", "x" * 256, "", "-ok_1")
            ),
            post(_ALIAS, {"name": "rm wrong", "alias": "a"}),
            post(_ALIAS, {"name": "rm wrong", "version": "1"}),
            post(_ALIAS, {"name": "rm wrong", "alias": "a", "version": "9"}),
            post(_ALIAS, {"name": "rm wrong", "alias": "a", "version": "one"}),
            post(_ALIAS, {"name": "rm wrong", "alias": "a", "version": 1}),
            post(_ALIAS, {"name": "rm absent", "alias": "a", "version": "1"}),
            get(_ALIAS, {"name": "rm wrong", "alias": "absent"}),
            get(_ALIAS, {"name": "rm absent", "alias": "absent"}),
            refused("latest", get(_ALIAS, {"name": "rm taken", "alias": "latest"})),
            get(_ALIAS, {"name": "rm wrong"}),
            delete(_ALIAS, {"name": "rm absent", "alias": "a"}),
            delete(_ALIAS, {"name": "rm wrong"}),
            post(f"{_MODELS}/get-latest-versions", {"name": "rm absent"}),
            post(f"{_MODELS}/get-latest-versions", {}),
            post(f"{_MODELS}/get-latest-versions", {"name": "rm wrong", "stages": ["nonsense"]}),
            post(f"{_MODELS}/get-latest-versions", {"name": "rm taken"}),
        ),
    ),
    Scenario(
        "registered model: found",
        (
            post(f"{_MODELS}/create", {"name": "find-a", "tags": [_pair("team", "x")]}),
            post(f"{_MODELS}/create", {"name": "find-b", "tags": [_pair("team", "y")]}),
            post(f"{_MODELS}/create", {"name": "find-C"}),
            post(f"{_MODELS}/create", {"name": "find-prompt", "tags": [_pair("mlflow.prompt.is_prompt", "true")]}),
            post("model-versions/create", {"name": "find-a", "source": "s3://bucket/one"}),
            *(
                _search({"filter": clause, "order_by": ["name"]})
                for clause in (
                    "name LIKE 'find-%'",
                    "name = 'find-a'",
                    "name != 'find-a' AND name LIKE 'find-%'",
                    "name ILIKE 'FIND-%'",
                    "name LIKE 'FIND-%'",
                    "tags.team = 'x'",
                    "tags.team != 'x' AND name LIKE 'find-%'",
                    "tags.`team` LIKE '%' AND name LIKE 'find-%'",
                    "name LIKE 'find-%' AND tags.`mlflow.prompt.is_prompt` != 'true'",
                    "name LIKE 'find-%' AND tags.`mlflow.prompt.is_prompt` = 'true'",
                    "name = 'absent'",
                )
            ),
            *(
                _search({"filter": "name LIKE 'find-%'", "order_by": [order]})
                for order in ("name DESC", "name ASC", "last_updated_timestamp", "timestamp ASC")
            ),
            _search({"filter": "name LIKE 'find-%'", "max_results": 2}, keep={"t": "next_page_token"}),
            _search({"filter": "name LIKE 'find-%'", "max_results": 2, "page_token": "$t"}),
        ),
    ),
    Scenario(
        "registered model: searched wrongly",
        (
            *(
                _search({"filter": clause})
                for clause in (
                    "name",
                    "name =",
                    "name = 7",
                    "run_id = 'a'",
                )
            ),
            *(
                taken("filter", _search({"filter": clause}), {})
                for clause in (
                    "description = 'absent'",
                    "name > 'a' AND name = 'absent'",
                    "name = 'absent' OR name = 'b'",
                    "tags.a > 'b' AND name = 'absent'",
                )
            ),
            taken("mistake", _search({"filter": "tags.a IS NULL AND name = 'absent'"}), {}),
            *(_search({"filter": "name = 'absent'", "order_by": [order]}) for order in ("nonsense", "name UP")),
            taken("filter", _search({"filter": "name = 'absent'", "order_by": ["tags.a"]}), {}),
            refused("half", _search({"max_results": 0})),
            refused("half", _search({"max_results": -1})),
            _search({"max_results": 1001}),
            _search({"max_results": "many", "filter": "name = 'absent'"}),
            _search({"page_token": "nonsense"}),
        ),
    ),
)
