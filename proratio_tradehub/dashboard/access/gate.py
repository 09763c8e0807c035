"""The gate before Streamlit: nobody passes it without a session where people have to sign in.

It wraps the whole application, WebSocket included. It answers `/login` and `/logout` itself, and
`/login/openid`, from where people go to their OpenID provider and come back. Every answer gets
headers that let a page load from here alone, whatever a text on it says.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from http.cookies import CookieError, SimpleCookie
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from proratio_tradehub.dashboard.access.door import Door
from proratio_tradehub.dashboard.access.lockout import Lockout
from proratio_tradehub.dashboard.access.login_page import arrival_page, login_page
from proratio_tradehub.dashboard.access.openid import CALLBACK, PATIENCE_S, SignInError
from proratio_tradehub.dashboard.access.visitors import Role, Visitor, Visitors

__all__ = ["COOKIE", "Gate", "visitor_of"]

_log = logging.getLogger(__name__)

COOKIE: Final = "proratio_session"
_ATTEMPT_COOKIE: Final = "proratio_sign_in"
_HEALTH: Final = "/_stcore/health"
_LARGEST_FORM_BYTES: Final = 4_096
_HEADERS: Final = (
    (
        b"content-security-policy",
        b"default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
        b"style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        b"connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
        b"form-action 'self'; frame-ancestors 'none'",
    ),
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=()"),
)


class Gate:
    """Lets requests through to `app`.

    Parameters
    ----------
    app
        Streamlit.
    door, visitors, lockout
        How people sign in, who has, who has to wait.
    is_encrypted
        Whether browsers speak TLS with this dashboard, so that the cookie may ask for it.
    moved
        Paths that lead to another one, and which; what else an address says is kept.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        door: Door,
        visitors: Visitors,
        lockout: Lockout,
        is_encrypted: bool,
        moved: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._app = app
        self._door = door
        self._visitors = visitors
        self._lockout = lockout
        self._is_encrypted = is_encrypted
        self._moved = moved
        self._desks: dict[str, Callable[[Request], Awaitable[Response]]] = {
            "/login": self._login,
            "/logout": self._logout,
            "/login/openid": self._depart,
            CALLBACK: self._arrive,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, pass on or refuse one request or connection."""
        kind = scope["type"]
        if kind == "http":
            await self._answer(scope, receive, _with_headers(send))
        elif kind != "websocket" or self._visitor(scope) is not None:
            await self._app(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 4401, "reason": "sign in first"})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        desk = self._desks.get(path)
        if desk is not None:
            await (await desk(Request(scope, receive)))(scope, receive, send)
        elif path == _HEALTH or self._visitor(scope) is not None:
            await self._pass_on(scope, receive, send)
        elif _wants_page(scope):
            await RedirectResponse("/login", 303)(scope, receive, send)
        else:
            await Response("sign in first", 401)(scope, receive, send)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        target = self._moved.get(scope["path"].rstrip("/"))
        if target is None or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
        else:
            await RedirectResponse(_with_query(target, scope), 307)(scope, receive, send)

    def _visitor(self, scope: Scope) -> Visitor | None:
        secret = _cookies(scope).get(COOKIE)
        return visitor_of(secret, _address(scope), door=self._door, visitors=self._visitors)

    async def _login(self, request: Request) -> Response:
        if request.method != "POST":
            return self._page(request)
        if not _is_from_here(request):
            return self._page(request, "This form was sent from another site.", 403)
        address = _address(request.scope)
        wait_s = self._lockout.wait_s(address)
        if wait_s > 0:
            return self._page(request, f"Too many wrong passwords: wait {wait_s:.0f} s.", 429)
        password = await _password(request)
        role = await run_in_threadpool(self._door.role_for, password)
        if role is None:
            self._lockout.failed(address)
            _log.warning("wrong password from %s", address)
            return self._page(request, "This is not the password.", 401)
        self._lockout.succeeded(address)
        return self._let_in(RedirectResponse("/", 303), role, address)

    async def _depart(self, request: Request) -> Response:
        provider = self._door.provider
        if provider is None or request.method != "GET":
            return self._page(request, status=404)
        try:
            departure = await run_in_threadpool(provider.begin)
        except SignInError as error:
            return self._page(request, str(error), 502)
        answer = RedirectResponse(departure.url, 303, {"cache-control": "no-store"})
        answer.set_cookie(
            _ATTEMPT_COOKIE,
            departure.secret,
            max_age=PATIENCE_S,
            path="/login",
            httponly=True,
            samesite="lax",  # it has to come along on the way back
            secure=self._is_encrypted,
        )
        return answer

    async def _arrive(self, request: Request) -> Response:
        provider, address = self._door.provider, _address(request.scope)
        if provider is None or request.method != "GET":
            return self._page(request, status=404)
        secret = request.cookies.get(_ATTEMPT_COOKIE, "")
        try:
            person = await run_in_threadpool(provider.finish, dict(request.query_params), secret)
        except SignInError as error:
            _log.warning("nobody signed in from %s: %s", address, error)
            return self._page(request, str(error), 403)
        answer = HTMLResponse(arrival_page(), headers={"cache-control": "no-store"})
        answer.delete_cookie(_ATTEMPT_COOKIE, path="/login", httponly=True, samesite="lax")
        return self._let_in(answer, person.role, address, person.name)

    def _let_in(self, answer: Response, role: Role, address: str, who: str = "") -> Response:
        _log.info("%s%s signed in from %s", role, f" {who}" if who else "", address)
        answer.set_cookie(
            COOKIE,
            self._visitors.sign_in(role, address, who),
            httponly=True,
            samesite="strict",
            secure=self._is_encrypted,
        )
        return answer

    async def _logout(self, request: Request) -> Response:
        if request.method != "POST" or not _is_from_here(request):
            return self._page(request)
        self._visitors.sign_out(request.cookies.get(COOKIE, ""))
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(COOKIE, samesite="strict", httponly=True)
        return answer

    def _page(self, request: Request, problem: str = "", status: int = 200) -> Response:
        page = login_page(
            visitor=self._visitor(request.scope),
            has_password=self._door.has_password,
            provider=None if self._door.provider is None else self._door.provider.name,
            problem=problem,
        )
        return HTMLResponse(page, status, {"cache-control": "no-store"})


def visitor_of(
    secret: str | None, address: str, *, door: Door, visitors: Visitors
) -> Visitor | None:
    """Return who somebody with this cookie is; None: somebody who has to sign in."""
    return visitors.find(secret) or door.stranger(address)


def _with_headers(send: Send) -> Callable[[Message], Awaitable[None]]:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *_HEADERS]
        await send(message)

    return sending


def _with_query(path: str, scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path


def _wants_page(scope: Scope) -> bool:
    return scope["method"] == "GET" and b"text/html" in _header(scope, b"accept")


def _is_from_here(request: Request) -> bool:
    """Return whether a form was sent by a page of this dashboard."""
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == request.headers.get("host")


async def _password(request: Request) -> str:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST_FORM_BYTES:
            return ""
    return parse_qs(body.decode("utf-8", "replace")).get("password", [""])[0]


def _cookies(scope: Scope) -> dict[str, str]:
    try:
        jar = SimpleCookie(_header(scope, b"cookie").decode("latin-1"))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


def _header(scope: Scope, name: bytes) -> bytes:
    return b"; ".join(value for key, value in scope["headers"] if key == name)


def _address(scope: Scope) -> str:
    client: Any = scope.get("client")
    return client[0] if client else "unknown"
