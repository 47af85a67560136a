"""Finding the route of a request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send


class Routes(Router):
    """Finds routes whose path has no variable part by that path, and only the others by trying one after another.

    Args:
        routes: The first that fits a request takes it.
    """

    def __init__(self, routes: Sequence[Route], lifespan: Any) -> None:
        super().__init__(routes, lifespan=lifespan)
        self._by_path: dict[tuple[str, str], Route] = {}
        for route in routes:
            if not route.param_convertors:
                for method in route.methods or ():
                    self._by_path.setdefault((method, route.path), route)

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have a route answer."""
        found = None
        if scope["type"] == "http" and not scope.get("root_path"):
            found = self._by_path.get((scope["method"], scope["path"]))
        if found is None:
            await super().app(scope, receive, send)
            return
        scope.update(router=self, route=found, endpoint=found.endpoint, path_params={})
        await found.handle(scope, receive, send)
