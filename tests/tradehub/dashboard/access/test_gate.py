"""The gate: what reaches Streamlit and what does not."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from argon2 import PasswordHasher

from proratio_core.clock import FixedClock, SystemClock
from proratio_core.settings import Settings
from proratio_tradehub.dashboard.access.door import Door
from proratio_tradehub.dashboard.access.gate import COOKIE, Gate
from proratio_tradehub.dashboard.access.lockout import Lockout
from proratio_tradehub.dashboard.access.openid import provider_of
from proratio_tradehub.dashboard.access.visitors import Role, Visitors
from proratio_tradehub.dashboard.pages import MOVED
from tests.wire.fake_identity import PERSON, FakeIdentity

_QUICK = PasswordHasher(memory_cost=64, time_cost=1, parallelism=1)
OPERATOR = _QUICK.hash("right")
HOST = ("host", "127.0.0.1:8501")
ORIGIN = ("origin", "http://127.0.0.1:8501")


@dataclass
class Answer:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    closed: int | None = None


class Stage:
    """A gate before an application that answers 200 to everything it is asked."""

    def __init__(self, door: Door) -> None:
        self.clock = FixedClock(datetime(2024, 5, 1, tzinfo=UTC))
        self.visitors = Visitors(self.clock, idle_minutes=30)
        self.passed: list[str] = []
        lockout = Lockout(self.clock)
        self.gate = Gate(
            self._app,
            door=door,
            visitors=self.visitors,
            lockout=lockout,
            is_encrypted=False,
            moved=MOVED,
        )

    async def _app(self, scope: Any, _receive: Any, send: Any) -> None:
        self.passed.append(scope["type"])
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"page"})

    def ask(
        self,
        path: str,
        *headers: tuple[str, str],
        method: str = "GET",
        body: bytes = b"",
        kind: str = "http",
        query: str = "",
    ) -> Answer:
        scope = {
            "type": kind,
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "client": ("10.0.0.7", 5000),
            "headers": [(name.encode(), value.encode()) for name, value in (HOST, *headers)],
        }
        answer = Answer()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = {k.decode(): v.decode() for k, v in message["headers"]}
                set_cookies = [v.decode() for k, v in message["headers"] if k == b"set-cookie"]
                answer.cookies = dict(cookie.split("=", 1) for cookie in set_cookies)
            elif message["type"] == "http.response.body":
                answer.body += message.get("body", b"")
            elif message["type"] == "websocket.close":
                answer.closed = message["code"]

        asyncio.run(self.gate(scope, receive, send))
        return answer

    def sign_in(self, password: str, *headers: tuple[str, str]) -> Answer:
        body = f"password={password}".encode()
        return self.ask("/login", *(headers or (ORIGIN,)), method="POST", body=body)


@pytest.fixture
def closed() -> Stage:
    return Stage(Door(None, OPERATOR, None))


def test_nobody_passes_without_a_session(closed: Stage) -> None:
    page = closed.ask("/", ("accept", "text/html"))
    assert (page.status, page.headers["location"]) == (303, "/login")
    assert closed.ask("/static/js/main.js").status == 401
    assert closed.ask("/_stcore/stream", kind="websocket").closed == 4401
    assert closed.passed == []


def test_health_can_be_asked_by_a_container(closed: Stage) -> None:
    assert closed.ask("/_stcore/health").status == 200


def test_right_password_opens_a_session(closed: Stage) -> None:
    answer = closed.sign_in("right")
    assert (answer.status, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    carried = ("cookie", cookie.split(";")[0])
    assert closed.ask("/", carried).status == 200
    closed.ask("/_stcore/stream", carried, kind="websocket")
    assert closed.passed == ["http", "websocket"]
    visitor = closed.visitors.find(cookie.split(";")[0].removeprefix(f"{COOKIE}="))
    assert visitor is not None
    assert visitor.role is Role.OPERATOR


def test_session_that_is_over_does_not_pass(closed: Stage) -> None:
    carried = ("cookie", closed.sign_in("right").headers["set-cookie"].split(";")[0])
    closed.clock.sleep(31 * 60)
    assert closed.ask("/", carried).status == 401


def test_signing_out_ends_the_session(closed: Stage) -> None:
    carried = ("cookie", closed.sign_in("right").headers["set-cookie"].split(";")[0])
    assert closed.ask("/logout", carried, ORIGIN, method="POST").status == 303
    assert closed.ask("/", carried).status == 401


def test_form_of_another_site_does_nothing(closed: Stage) -> None:
    answer = closed.sign_in("right", ("origin", "https://evil.example"))
    assert answer.status == 403
    assert "set-cookie" not in answer.headers
    carried = ("cookie", closed.sign_in("right").headers["set-cookie"].split(";")[0])
    closed.ask("/logout", carried, ("origin", "https://evil.example"), method="POST")
    assert closed.ask("/", carried).status == 200


def test_hundred_wrong_passwords_are_mostly_not_even_looked_at(closed: Stage) -> None:
    answers = [closed.sign_in("wrong").status for _ in range(100)]
    assert answers.count(401) == 5
    assert answers.count(429) == 95
    assert closed.sign_in("right").status == 429
    closed.clock.sleep(3)
    assert closed.sign_in("right").status == 303


def test_form_without_end_is_not_read(closed: Stage) -> None:
    assert closed.sign_in("x" * 10_000).status == 401


def test_open_door_lets_strangers_look() -> None:
    stage = Stage(Door(None, None, Role.VIEWER))
    assert stage.ask("/").status == 200
    assert stage.ask("/login").status == 200


@pytest.mark.parametrize(
    ("path", "query", "leads_to"),
    [
        ("/now", "", "/"),
        ("/now/", "of=run%3A7", "/?of=run%3A7"),
        ("/now", "of=a%20b&x=//evil.example", "/?of=a%20b&x=//evil.example"),
    ],
)
def test_first_page_is_found_by_its_name_as_every_other(
    path: str, query: str, leads_to: str
) -> None:
    stage = Stage(Door(None, None, Role.VIEWER))
    answer = stage.ask(path, ("accept", "text/html"), query=query)
    assert (answer.status, answer.headers["location"]) == (307, leads_to)
    assert "content-security-policy" in answer.headers
    assert stage.passed == []


def test_name_of_the_first_page_opens_nothing_by_itself(closed: Stage) -> None:
    page = closed.ask("/now", ("accept", "text/html"))
    assert (page.status, page.headers["location"]) == (303, "/login")
    assert closed.ask("/now").status == 401


@pytest.mark.parametrize("path", ["/risk", "/nowhere", "/now/x", "//now"])
def test_other_addresses_lead_nowhere_else(path: str) -> None:
    assert Stage(Door(None, None, Role.VIEWER)).ask(path).status == 200


def test_only_looking_is_led_on() -> None:
    assert Stage(Door(None, None, Role.VIEWER)).ask("/now", method="POST").status == 200


def test_every_answer_forbids_what_a_hostile_text_could_want(closed: Stage) -> None:
    for answer in (closed.ask("/login"), closed.ask("/"), closed.ask("/_stcore/health")):
        policy = answer.headers["content-security-policy"]
        assert "img-src 'self' data: blob:" in policy
        assert "connect-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["referrer-policy"] == "same-origin"


def test_damaged_cookie_is_no_session(closed: Stage) -> None:
    assert closed.ask("/", ("cookie", "a=\x00;;=,proratio_session=")).status == 401


def test_server_events_pass(closed: Stage) -> None:
    closed.ask("", kind="lifespan")
    assert closed.passed == ["lifespan"]


def _cookie(answer: Answer) -> tuple[str, str]:
    return "cookie", answer.headers["set-cookie"].split(";")[0]


def _with_provider(fake: FakeIdentity) -> Stage:
    address = "http://127.0.0.1:8501"
    settings = Settings(PRORATIO_DASHBOARD_URL=address, **fake.environment())
    return Stage(Door(None, None, None, provider_of(settings, SystemClock())))


def _back(stage: Stage) -> tuple[tuple[str, str], str]:
    departure = stage.ask("/login/openid")
    assert departure.status == 303
    assert "SameSite=lax" in departure.headers["set-cookie"]
    there = requests.get(departure.headers["location"], allow_redirects=False, timeout=10)
    return _cookie(departure), urlsplit(there.headers["location"]).query


def test_person_their_provider_names_is_let_in() -> None:
    with FakeIdentity() as fake:
        stage = _with_provider(fake)
        assert stage.ask("/").status == 401
        cookie, query = _back(stage)
        answer = stage.ask("/login/openid/back", cookie, query=query)
        assert (answer.status, b"url=/" in answer.body) == (200, True)
        secret = answer.cookies[COOKIE].split(";")[0]
        assert "SameSite=strict" in answer.cookies[COOKIE]
        assert stage.ask("/", ("cookie", f"{COOKIE}={secret}")).body == b"page"
        visitor = stage.visitors.find(secret)
        assert visitor is not None
        assert visitor.name == f"operator {PERSON} at 10.0.0.7"


def test_person_nobody_named_and_a_link_somebody_sent_open_nothing() -> None:
    with FakeIdentity() as fake:
        stage = _with_provider(fake)
        fake.claims["email"] = "<b>eve</b>@example.org"
        cookie, query = _back(stage)
        answer = stage.ask("/login/openid/back", cookie, query=query)
        assert (answer.status, COOKIE in answer.cookies) == (403, False)
        assert b"&lt;b&gt;eve&lt;/b&gt;@example.org may not come in" in answer.body
        fake.claims["email"] = PERSON
        _, query = _back(stage)  # a victim's browser has no cookie of that attempt
        assert stage.ask("/login/openid/back", query=query).status == 403
        assert stage.ask("/login/openid/back", method="POST", query=query).status == 404


def test_provider_that_is_away_is_said_on_the_page() -> None:
    with FakeIdentity() as fake:
        stage = _with_provider(fake)
    answer = stage.ask("/login/openid")
    assert (answer.status, b"does not answer" in answer.body) == (502, True)


@pytest.mark.parametrize("path", ["/login/openid", "/login/openid/back"])
def test_without_a_provider_there_is_nothing_behind_its_addresses(closed: Stage, path: str) -> None:
    assert closed.ask(path).status == 404
    assert closed.passed == []
