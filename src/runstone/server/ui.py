"""The web interface: what its build left in ``web`` beside this module, answered from memory.

A page is the same document at every address of the interface; its program reads the address.  Files are looked up by
name among those that the build made, so that no path of a client's comes near a file system.
"""

from __future__ import annotations

import gzip
import mimetypes
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from runstone.core.errors import NotFound
from runstone.server.api.answers import telling
from runstone.server.home import home

BUILT = Path(__file__).with_name("web")
SECTIONS = ("experiments", "runs", "compare", "models", "lineage", "settings")
"""What addresses of the interface begin with."""

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "font-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_PAGE = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"}
_ASSET = {"Cache-Control": "public, max-age=31536000, immutable"}
"""The name of an asset has its digest in it: it never changes."""


class _File(NamedTuple):
    data: bytes
    packed: bytes
    media_type: str


def routes() -> Iterator[Route]:
    """Yield the routes of the interface."""

    async def page(request: Request) -> Response:
        index = _files().get("index.html")
        return await home(request) if index is None else _sent(request, index, _PAGE)

    async def asset(request: Request) -> Response:
        found = _files().get("assets/" + request.path_params["name"])
        if found is None:
            raise NotFound("there is no such file; the page may be of an older version: load it again")
        return _sent(request, found, _ASSET)

    async def icon(request: Request) -> Response:
        found = _files().get("favicon.svg")
        if found is None:
            raise NotFound("there is no icon")
        return _sent(request, found, {"Cache-Control": "public, max-age=86400"})

    yield Route("/", page, methods=["GET"])
    for section in SECTIONS:
        yield Route(f"/{section}", page, methods=["GET"])
        yield Route(f"/{section}/{{rest:path}}", page, methods=["GET"])
    yield Route("/assets/{name}", telling(asset), methods=["GET"])
    yield Route("/favicon.svg", telling(icon), methods=["GET"])


@cache
def _files() -> Mapping[str, _File]:
    """Return the files of the build by their paths; none where it was not made."""
    found = {}
    for path in BUILT.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            found[path.relative_to(BUILT).as_posix()] = _File(data, gzip.compress(data, 9, mtime=0), media_type)
    return found


def _sent(request: Request, file: _File, headers: Mapping[str, str]) -> Response:
    is_packed = "gzip" in request.headers.get("accept-encoding", "")
    encoding = {"Content-Encoding": "gzip"} if is_packed else {}
    return Response(
        file.packed if is_packed else file.data,
        media_type=file.media_type,
        headers={**headers, **encoding, "Vary": "Accept-Encoding"},
    )
