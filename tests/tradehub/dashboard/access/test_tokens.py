"""One-time tokens: for one session, one action, one time, five minutes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from proratio_core.clock import FixedClock
from proratio_core.errors import ConfigurationError
from proratio_tradehub.dashboard.access.tokens import ActionTokens

START = datetime(2024, 5, 1, tzinfo=UTC)


def test_token_is_good_once() -> None:
    tokens = ActionTokens(FixedClock(START))
    token = tokens.issue("me", "halt")
    tokens.redeem(token, "me", "halt")
    with pytest.raises(ConfigurationError, match="used before or is not yours"):
        tokens.redeem(token, "me", "halt")


@pytest.mark.parametrize(("session", "action"), [("you", "halt"), ("me", "resume")])
def test_token_is_good_for_one_session_and_one_action(session: str, action: str) -> None:
    tokens = ActionTokens(FixedClock(START))
    with pytest.raises(ConfigurationError, match="nothing was done"):
        tokens.redeem(tokens.issue("me", "halt"), session, action)


def test_token_grows_old() -> None:
    clock = FixedClock(START)
    tokens = ActionTokens(clock)
    token = tokens.issue("me", "halt")
    clock.sleep(301)
    with pytest.raises(ConfigurationError, match="older than five minutes"):
        tokens.redeem(token, "me", "halt")


def test_tokens_have_an_end_in_memory() -> None:
    tokens = ActionTokens(FixedClock(START))
    first = tokens.issue("me", "halt")
    for _ in range(1_000):
        tokens.issue("me", "halt")
    with pytest.raises(ConfigurationError):
        tokens.redeem(first, "me", "halt")
