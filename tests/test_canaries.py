"""The search finds a secret whole, in part, in capitals and in base64, and nothing else."""

from __future__ import annotations

import base64

import pytest
from dotenv import dotenv_values

from tests.architecture.source_tree import ROOT
from tests.canaries import Canaries, secret_of

_NAME = "OPENAI_API_KEY"
_SECRET = secret_of(_NAME)


@pytest.fixture
def canaries() -> Canaries:
    return Canaries("postgresql://me@127.0.0.1:9/x", {"session": "Zx91-made-elsewhere"})


@pytest.mark.parametrize(
    "text",
    [
        _SECRET,
        f"key={_SECRET[:30]}…",
        f"…{_SECRET[-24:]}",
        _SECRET.upper(),
        *(base64.b64encode(f"{'x' * ahead}:{_SECRET}".encode()).decode() for ahead in range(3)),
    ],
)
def test_secret_is_found_in_every_shape(text: str, canaries: Canaries) -> None:
    assert canaries.found_in(["nothing", f"<p>{text}</p>".encode()]) == [_NAME]


def test_secret_made_elsewhere_is_found(canaries: Canaries) -> None:
    assert canaries.found_in(["a Zx91-made-elsewhere b"]) == ["session"]


def test_what_is_no_secret_is_not_found(canaries: Canaries) -> None:
    assert canaries.found_in(["canary", _SECRET[:15], secret_of("something else"), b"\xff"]) == []


def test_every_variable_that_holds_a_secret_has_one(canaries: Canaries) -> None:
    told = {**canaries.environment, **canaries.logins}
    words = ("KEY", "PASSWORD", "TOKEN", "SECRET", "HASH")
    asked = {name for name in dotenv_values(ROOT / ".env.example") if name.endswith(words)}
    of_compose = {name for name in asked if name.startswith(("COMPOSE_", "POSTGRES_"))}
    assert asked - of_compose <= set(told), "nobody looks for these"
    assert {"DATABASE_URL", "REDIS_URL", "PRORATIO_APPRISE_URLS"} <= set(told)
    assert set(canaries.found_in(told.values())) >= asked - of_compose - {
        "PRORATIO_DASHBOARD_OPERATOR_HASH",
        "PRORATIO_DASHBOARD_VIEWER_HASH",
    }
    assert {"hash of OPERATOR", "hash of VIEWER"} <= set(canaries.found_in(told.values()))
