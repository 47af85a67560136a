"""Logging in and out, and who one is: by the pages of a browser, and by the native API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal, TypeVar
from urllib.parse import parse_qs, quote

import msgspec
from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from runstone.core.clock import now_ms
from runstone.core.entities.team import Grant, UserKind
from runstone.core.errors import InvalidArgument, PermissionDenied, RunstoneError, TooLarge, codes_of
from runstone.server.access.audit import record_of
from runstone.server.access.authentication import COOKIE, Authenticator
from runstone.server.access.pages import login_page, setup_page
from runstone.server.access.principal import How, Principal, current
from runstone.server.api.answers import answer, read_body, telling
from runstone.server.api.described import DONE, Paths, body_of, call, content
from runstone.store.protocol import Store
from runstone.wire.connection import PREFIX

T = TypeVar("T", bound=Struct)

_SESSION = timedelta(days=7)
_SETUP = timedelta(days=1)
_MAX_FORM = 10_000


class LoginRequest(Struct, forbid_unknown_fields=True):
    """A name and its password."""

    name: str
    password: str


class PasswordRequest(Struct, forbid_unknown_fields=True):
    """Another password of one's own."""

    current_password: str
    new_password: str


class Me(Struct):
    """Who is asking, by what they are known, and what they may do; ``open``: nobody is asked who they are."""

    name: str
    kind: UserKind
    how: How | Literal["open"]
    grants: tuple[Grant, ...]
    limits: tuple[Grant, ...]


_ME = f"{PREFIX}/me"
DESCRIBED = Paths(
    {
        f"{PREFIX}/login": {
            "post": call(
                "login",
                "Begin a session, which a cookie holds",
                "team",
                DONE,
                status=204,
                body=body_of(LoginRequest),
                description="Logging in and out, and passwords, are there where the server asks who comes.",
            )
        },
        f"{PREFIX}/logout": {"post": call("logout", "End the session", "team", DONE, status=204)},
        _ME: {"get": call("get_me", "Return who one is, and may do", "team", content("You.", Me))},
        f"{PREFIX}/me/password": {
            "post": call(
                "set_my_password",
                "Choose another password",
                "team",
                DONE,
                status=204,
                body=body_of(PasswordRequest),
            )
        },
    },
    (LoginRequest, PasswordRequest, Me),
)


def setup_path(store: Store) -> str | None:
    """Return the path, good for a day, at which the admin of a new server is made; None where there are users."""
    if store.has_users():
        return None
    expires_ms = now_ms() + int(_SETUP.total_seconds() * 1000)
    return f"/setup?token={quote(store.issue_token('', 'setup', expires_ms=expires_ms).secret)}"


def routes(store: Store, authenticator: Authenticator) -> Iterator[Route]:
    """Yield the routes of logging in and out."""

    async def see_login(request: Request) -> Response:
        return login_page(_local(request.query_params.get("next", "/")))

    async def send_login(request: Request) -> Response:
        form = await _form(request)
        target = _local(form.get("next", "/"))
        try:
            secret = await run_in_threadpool(enter, request, form.get("name", ""), form.get("password", ""))
        except RunstoneError as error:
            return login_page(target, wrong=error.message, status=codes_of(error).http)
        return _with_cookie(RedirectResponse(target, 303), request, secret)

    async def see_setup(request: Request) -> Response:
        return setup_page(request.query_params.get("token", ""))

    async def send_setup(request: Request) -> Response:
        form = await _form(request)
        name, password, secret = (form.get(field, "") for field in ("name", "password", "token"))
        try:
            await run_in_threadpool(store.create_first_admin, secret, name, password, now_ms=now_ms())
            session = await run_in_threadpool(enter, request, name, password)
        except RunstoneError as error:
            return setup_page(secret, wrong=error.message, status=codes_of(error).http)
        return _with_cookie(RedirectResponse("/", 303), request, session)

    async def login(request: Request) -> Response:
        given = _read(LoginRequest, await read_body(request))
        secret = await run_in_threadpool(enter, request, given.name, given.password)
        return _with_cookie(Response(status_code=204), request, secret)

    async def logout(request: Request) -> Response:
        await run_in_threadpool(leave, current())
        if "text/html" in request.headers.get("accept", ""):
            answered: Response = RedirectResponse("/login", 303)
        else:
            answered = Response(status_code=204)
        answered.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return answered

    async def me(request: Request) -> Response:
        who = current()
        return answer(request, Me(who.name, who.kind, who.how, who.grants, who.limits))

    async def set_password(request: Request) -> Response:
        given = _read(PasswordRequest, await read_body(request))
        await run_in_threadpool(change, current(), given)
        return Response(status_code=204)

    def enter(request: Request, name: str, password: str) -> str:
        """Begin a session and return its secret."""
        address = request.client.host if request.client else ""
        user = authenticator.check_password(name, password, address)
        expires_ms = now_ms() + int(_SESSION.total_seconds() * 1000)
        issued = store.issue_token(user.name, "session", expires_ms=expires_ms)
        who = Principal(name=user.name, token_id=issued.token.token_id, address=address)
        store.add_audit(record_of(who, "login"))
        return issued.secret

    def leave(who: Principal) -> None:
        if who.how == "session":
            store.delete_token(who.name, who.token_id)
            store.add_audit(record_of(who, "logout"))
        authenticator.forget()

    def change(who: Principal, given: PasswordRequest) -> None:
        if who.limits:
            raise PermissionDenied("a token that is limited does not change passwords")
        authenticator.check_password(who.name, given.current_password, who.address)
        store.update_user(who.name, password=given.new_password)
        store.add_audit(record_of(who, "set_password", target=who.name))
        authenticator.forget()

    yield Route("/login", see_login, methods=["GET"])
    yield Route("/login", telling(send_login), methods=["POST"])
    yield Route("/setup", see_setup, methods=["GET"])
    yield Route("/setup", telling(send_setup), methods=["POST"])
    yield Route(f"{PREFIX}/login", telling(login), methods=["POST"])
    yield Route(f"{PREFIX}/logout", telling(logout), methods=["POST"])
    yield Route(_ME, telling(me), methods=["GET"])
    yield Route(f"{PREFIX}/me/password", telling(set_password), methods=["POST"])


def open_routes() -> Iterator[Route]:
    """Yield what there is of these where nobody has to log in."""

    async def me(request: Request) -> Response:
        return answer(request, Me("", "person", "open", (Grant("admin"),), ()))

    yield Route(_ME, me, methods=["GET"])


def _read(shape: type[T], given: object) -> T:
    try:
        return msgspec.convert(given, shape)
    except msgspec.ValidationError as error:
        raise InvalidArgument(str(error)) from error


async def _form(request: Request) -> dict[str, str]:
    """Return the fields of a form; what is no form has none."""
    data = bytearray()
    async for piece in request.stream():
        data += piece
        if len(data) > _MAX_FORM:
            raise TooLarge("the form is too large")
    try:
        fields = parse_qs(data.decode(), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}


def _local(target: str) -> str:
    """Return a path of this server to lead on to: nothing that a browser takes for another server's."""
    is_local = target.startswith("/") and not target.startswith("//") and target.isprintable() and "\\" not in target
    return target if is_local else "/"


def _with_cookie(response: Response, request: Request, secret: str) -> Response:
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(_SESSION.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response
