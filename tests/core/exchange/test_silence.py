"""A silence that was asked for is kept, and ends."""

from __future__ import annotations

import pytest

from proratio_core.clock import FixedClock
from proratio_core.errors import RateLimitError
from proratio_core.exchange.silence import Silence
from tests.wire.markets import START


def test_a_silence_is_kept_for_as_long_as_it_was_asked_for() -> None:
    clock = FixedClock(START)
    silence = Silence("binance", clock)
    silence.refuse()
    silence.keep(RateLimitError("banned", retry_after_s=30.0))
    clock.sleep(20)
    with pytest.raises(RateLimitError, match="silence for 10 s more") as refused:
        silence.refuse()
    assert refused.value.retry_after_s == 10.0
    clock.sleep(10)
    silence.refuse()


def test_a_limit_without_a_wait_asks_for_no_silence() -> None:
    silence = Silence("binance", FixedClock(START))
    silence.keep(RateLimitError("too many"))
    silence.refuse()
