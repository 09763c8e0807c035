"""How long failures are waited out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from proratio_core.candles.patience import Patience
from proratio_core.clock import FixedClock
from proratio_core.errors import DataError, RateLimitError, TransientError


def failing(*errors: Exception) -> Callable[[], str]:
    waiting = list(errors)

    def call() -> str:
        if waiting:
            raise waiting.pop(0)
        return "answer"

    return call


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2024, 1, 1, tzinfo=UTC))


def test_a_wait_that_was_asked_for_is_kept_to_with_a_margin(clock: FixedClock) -> None:
    call = failing(RateLimitError("slow down", retry_after_s=30))
    assert Patience(clock).call(call) == "answer"
    assert clock.slept_s == [31]


def test_other_failures_are_waited_out_ever_longer_up_to_a_minute(clock: FixedClock) -> None:
    assert Patience(clock).call(failing(*[TransientError("down")] * 7)) == "answer"
    assert len(clock.slept_s) == 7
    assert all(slept <= min(2**n, 60) for n, slept in enumerate(clock.slept_s))


def test_a_limit_without_a_wait_backs_off(clock: FixedClock) -> None:
    assert Patience(clock).call(failing(RateLimitError("slow down"))) == "answer"
    assert len(clock.slept_s) == 1


def test_the_last_failure_comes_through(clock: FixedClock) -> None:
    errors = [TransientError(f"down {n}") for n in range(3)]
    with pytest.raises(TransientError, match="down 2"):
        Patience(clock, attempts=3).call(failing(*errors))


def test_a_ban_beyond_patience_is_not_waited_for(clock: FixedClock) -> None:
    with pytest.raises(RateLimitError):
        Patience(clock, longest_wait_s=10).call(failing(RateLimitError("ban", retry_after_s=11)))
    assert clock.slept_s == []


def test_wrong_requests_are_not_repeated(clock: FixedClock) -> None:
    with pytest.raises(DataError):
        Patience(clock).call(failing(DataError("no such pair")))
    assert clock.slept_s == []
