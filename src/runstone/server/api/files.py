"""An artifact as a browser shows it: whatever it holds, it cannot act as this site.

Types that a browser only draws are shown; HTML and SVG are, too, in a sandbox in which no script runs and from which
nothing is fetched (w3.org/TR/CSP3, "sandbox").  Everything else is a download.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from runstone.core.errors import NotFound
from runstone.core.paths import check_artifact_path
from runstone.server.api.answers import telling
from runstone.server.api.described import Paths, call, parameter
from runstone.server.backend import Backend
from runstone.server.ranges import sent_in_parts
from runstone.wire.connection import PREFIX

_SANDBOX = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; media-src 'self'; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)
_TEXT = "text/plain; charset=utf-8"

# fmt: off
_AS_TEXT = (
    "txt", "log", "md", "csv", "tsv", "json", "yaml", "yml", "toml", "ini", "py", "sh", "patch", "diff",
    "mlmodel", "lock", "cfg", "xml", "js", "ts", "css", "r", "sql", "ipynb", "dockerfile",
)
# fmt: on

_SHOWN = {
    **dict.fromkeys(_AS_TEXT, _TEXT),
    "html": "text/html; charset=utf-8",
    "htm": "text/html; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "bmp": "image/bmp",
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
    "mp4": "video/mp4",
    "webm": "video/webm",
}
"""Types by the endings of names; what a file says of itself is not looked at."""


_PATH = PREFIX + "/artifacts/{owner_id}/content"
_BYTES = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
DESCRIBED = Paths(
    {
        _PATH: {
            "get": call(
                "get_artifact_content",
                "Return an artifact as a browser shows it",
                "artifacts",
                {"description": "The bytes, or the range of them that is asked for.", "content": _BYTES},
                parameters=[
                    parameter("owner_id", "path"),
                    parameter("path", "query", required=True),
                    parameter("download", "query"),
                ],
                description="HTML and SVG are in a sandbox; what a browser does not draw, or with download, is a file.",
            )
        }
    }
)


def routes(backend: Backend) -> Iterator[Route]:
    """Yield the route of the content of artifacts."""

    async def content(request: Request) -> Response:
        path = check_artifact_path(request.query_params.get("path", ""))
        owner_id = request.path_params["owner_id"]
        entry = await run_in_threadpool(backend.store.find_artifact, owner_id, path)
        if entry is None:
            raise NotFound(f"there is no artifact {path!r}")
        headers = headers_of(path, download="download" in request.query_params)
        return await sent_in_parts(
            request, lambda: backend.blobs.open(entry.digest), entry.size_bytes, entry.digest, headers
        )

    yield Route(_PATH, telling(content), methods=["GET"])


def headers_of(path: str, *, download: bool) -> dict[str, str]:
    """Return how a browser is to take a file of this name."""
    name = path.rpartition("/")[2]
    kind = _SHOWN.get(name.rpartition(".")[2].lower())
    shown = kind is not None and not download
    return {
        "Content-Type": kind if kind is not None and shown else "application/octet-stream",
        "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": _SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
    }
