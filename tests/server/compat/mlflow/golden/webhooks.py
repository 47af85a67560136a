"""Webhooks."""

from __future__ import annotations

from typing import Any
from unittest.mock import ANY

from tests.server.compat.mlflow.golden.steps import Answer, Scenario, Step, but, delete, get, patch, post, refused

_URL = "https://93.184.216.34/in"
_EVENT = {"entity": "REGISTERED_MODEL", "action": "CREATED"}
_HOOK = {"h": "webhook.webhook_id"}


def _made(*, why: str | None = None, ours: Answer | None = None, **given: Any) -> Step:
    return post("webhooks", {"name": "hook", "url": _URL, "events": [_EVENT], **given}, why=why, ours=ours)


SCENARIOS = (
    Scenario(
        "webhook: its life",
        (
            post("webhooks", {"name": "hook", "url": _URL, "events": [_EVENT]}, keep=_HOOK),
            get("webhooks/$h"),
            patch("webhooks/$h", {"description": "told of models", "secret": "s" * 20}),
            patch("webhooks/$h", {"name": "hook 2", "url": "https://93.184.216.34/other"}),
            patch("webhooks/$h", {"status": "DISABLED"}),
            patch("webhooks/$h", {"events": [{"entity": "MODEL_VERSION_TAG", "action": "SET"}]}),
            patch("webhooks/$h", {"description": ""}),
            patch("webhooks/$h", {}),
            get("webhooks/$h"),
            delete("webhooks/$h"),
            delete("webhooks/$h"),
            get("webhooks/$h"),
            patch("webhooks/$h", {"status": "ACTIVE"}),
            post("webhooks/$h/test", {}),
        ),
    ),
    Scenario(
        "webhook: of every event",
        tuple(
            _made(events=[{"entity": entity, "action": action}], description=entity, secret="s" * 20, status="DISABLED")
            for entity, action in (
                ("REGISTERED_MODEL", "CREATED"),
                ("MODEL_VERSION", "CREATED"),
                ("MODEL_VERSION_TAG", "SET"),
                ("MODEL_VERSION_TAG", "DELETED"),
                ("MODEL_VERSION_ALIAS", "CREATED"),
                ("MODEL_VERSION_ALIAS", "DELETED"),
                ("PROMPT", "CREATED"),
                ("PROMPT_VERSION", "CREATED"),
                ("PROMPT_TAG", "SET"),
                ("PROMPT_TAG", "DELETED"),
                ("PROMPT_VERSION_TAG", "SET"),
                ("PROMPT_VERSION_TAG", "DELETED"),
                ("PROMPT_ALIAS", "CREATED"),
                ("PROMPT_ALIAS", "DELETED"),
                ("REGISTERED_MODEL", "DELETED"),
            )
        )
        + tuple(
            refused("mistake", _made(events=[{"entity": entity, "action": action}]))
            for entity, action in (("NONSENSE", "CREATED"), ("REGISTERED_MODEL", "NONSENSE"))
        ),
    ),
    Scenario(
        "webhook: pages",
        (
            *(_made(name=f"page-{number}") for number in range(3)),
            but(
                "webhook order",
                get("webhooks", {"max_results": 2}, keep={"t": "next_page_token"}),
                {"webhooks": ANY},
            ),
            but("webhook order", get("webhooks", {"max_results": 100, "page_token": "$t"}), {"webhooks": ANY}),
            but("webhook order", get("webhooks", {"max_results": 0}), {"webhooks": ANY}),
            get("webhooks", {"max_results": -1}),
            get("webhooks", {"max_results": 1001}),
            get("webhooks", {"max_results": 1, "page_token": "nonsense"}),
        ),
    ),
    Scenario(
        "webhook: made wrongly",
        (
            post("webhooks", {}),
            post("webhooks", {"name": "hook", "url": _URL}),
            post("webhooks", {"name": "hook", "events": [_EVENT]}),
            post("webhooks", {"url": _URL, "events": [_EVENT]}),
            _made(events=[]),
            _made(events="x"),
            refused("mistake", _made(events=[{}])),
            refused("mistake", _made(events=[{"entity": "REGISTERED_MODEL"}])),
            _made(name=""),
            _made(name="x" * 63),
            _made(name="x" * 64),
            _made(name="-a"),
            _made(name="a b"),
            _made(name="a/b"),
            _made(name="a.b_c-d"),
            *(
                _made(url=url)
                for url in (
                    "",
                    "nonsense",
                    "ftp://93.184.216.34/in",
                    "https:///in",
                    "//93.184.216.34/in",
                    "https://93.184.216.34:8443/in?a=b",
                )
            ),
            get("webhooks/absent"),
            patch("webhooks/absent", {"name": "hook"}),
            delete("webhooks/absent"),
            refused("enumeration", _made(status="NONSENSE")),
            refused("webhook password", _made(url="https://user:word@93.184.216.34/in")),
        ),
    ),
    Scenario(
        "webhook: to inner places",
        tuple(
            _made(
                url=url,
                why="webhook place",
                ours=Answer(
                    200,
                    {
                        "webhook": {
                            "creation_timestamp": "<now>",
                            "events": [_EVENT],
                            "last_updated_timestamp": "<now>",
                            "name": "hook",
                            "status": "ACTIVE",
                            "url": url,
                            "webhook_id": f"<webhook {number}>",
                        }
                    },
                ),
            )
            for number, url in enumerate(
                (
                    "http://93.184.216.34/in",
                    "https://127.0.0.1/in",
                    "https://10.0.0.1/in",
                    "https://169.254.169.254/latest",
                    "https://localhost/in",
                ),
                1,
            )
        ),
    ),
)
