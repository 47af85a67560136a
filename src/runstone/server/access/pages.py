"""The two pages that a stranger sees: logging in, and making the admin of a new server.  They run no script."""

from __future__ import annotations

import base64
import hashlib
from html import escape

from starlette.responses import HTMLResponse

STYLE = (
    ":root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}"
    "body{display:grid;place-items:center;min-height:95vh;margin:0}"
    "form{display:grid;gap:.75rem;width:20rem}main{max-width:42rem;padding:1rem}h1{font-size:1.4rem;margin:0}"
    "pre{padding:1rem;overflow:auto;background:#8882;border-radius:.4rem}"
    "label{display:grid;gap:.2rem}"
    "input,button{font:inherit;padding:.5rem;border-radius:.4rem;border:1px solid GrayText}"
    "button{border:0;background:#2255cc;color:#fff;cursor:pointer}p{margin:0}.wrong{color:#c22}"
)
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)


def login_page(target: str, *, wrong: str = "", status: int = 200) -> HTMLResponse:
    """Return the page to log in, which leads on to a path of this server."""
    fields = (
        f'<input type="hidden" name="next" value="{escape(target)}">'
        '<label>Name <input name="name" autocomplete="username" required autofocus></label>'
        '<label>Password <input name="password" type="password" autocomplete="current-password" required></label>'
    )
    return _page("Log in", "/login", fields, "Log in", wrong, status)


def setup_page(secret: str, *, wrong: str = "", status: int = 200) -> HTMLResponse:
    """Return the page to make the first admin."""
    fields = (
        f'<input type="hidden" name="token" value="{escape(secret)}">'
        "<p>Nobody can log in yet. Make the user who is admin of everything.</p>"
        '<label>Name <input name="name" autocomplete="username" required autofocus></label>'
        "<label>Password, at least 12 characters "
        '<input name="password" type="password" autocomplete="new-password" minlength="12" required></label>'
    )
    return _page("Make the admin", "/setup", fields, "Make the admin", wrong, status)


def _page(title: str, action: str, fields: str, button: str, wrong: str, status: int) -> HTMLResponse:
    told = f'<p class="wrong" role="alert">{escape(wrong)}</p>' if wrong else ""
    html = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} · Runstone</title>'
        '<link rel="icon" href="/favicon.svg">'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>'
        f'<form method="post" action="{action}"><h1>{title}</h1>{told}{fields}<button>{button}</button></form>'
        "</body></html>"
    )
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
    return HTMLResponse(html, status, headers=headers)
