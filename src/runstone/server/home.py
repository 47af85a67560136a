"""What a browser sees at the address of a server: what this is, and how to log to it."""

from __future__ import annotations

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from runstone.core.version import __version__
from runstone.server.access.pages import POLICY, STYLE
from runstone.wire.connection import PREFIX


async def home(request: Request) -> Response:
    """Answer with the page."""
    address = escape(f"{request.url.scheme}://{request.headers.get('host', '')}")
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Runstone</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body><main>'
        f"<h1>Runstone {escape(__version__)}</h1>"
        "<p>This server keeps runs. To log to it:</p>"
        f"<pre>RUNSTONE_TRACKING_URI={address} python train.py\n"
        f"MLFLOW_TRACKING_URI={address} python train_with_mlflow.py</pre>"
        f"<p>To read: <code>RUNSTONE_TRACKING_URI={address} runstone runs list</code></p>"
        f'<p><a href="{PREFIX}/openapi.json">The API</a> · <a href="/metrics">Metrics</a></p>'
        "</main></body></html>"
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": POLICY})
