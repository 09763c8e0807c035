"""The difference of the clocks, and that it is doubted when it is not known."""

from __future__ import annotations

import pytest

from proratio_core.clock import FixedClock, to_ms
from proratio_tradehub.desk.clock_gauge import ClockGauge
from tests.tradehub.desk.made import NOW


class Exchange:
    """An exchange whose clock is two seconds slow, and which takes a second to answer."""

    def __init__(self, clock: FixedClock) -> None:
        self.clock, self.asked, self.is_away = clock, 0, False

    def time_ms(self) -> int:
        self.asked += 1
        if self.is_away:
            raise OSError("no route")
        self.clock.sleep(0.5)
        told = to_ms(self.clock.now()) - 2_000
        self.clock.sleep(0.5)
        return told


@pytest.fixture
def exchange() -> Exchange:
    return Exchange(FixedClock(NOW))


@pytest.fixture
def gauge(exchange: Exchange) -> ClockGauge:
    return ClockGauge(exchange.time_ms, clock=exchange.clock)


def test_difference_does_not_count_the_way_of_the_answer(gauge: ClockGauge) -> None:
    assert gauge.doubt == "the exchange's time was not read yet"
    gauge.measure()
    assert gauge.skew_s == pytest.approx(2.0)
    assert gauge.doubt == ""


def test_exchange_is_asked_once_a_minute(gauge: ClockGauge, exchange: Exchange) -> None:
    gauge.measure()
    gauge.measure()
    assert exchange.asked == 1
    exchange.clock.sleep(60)
    gauge.measure()
    assert exchange.asked == 2


def test_exchange_that_is_away_is_doubted_after_ten_minutes(
    gauge: ClockGauge, exchange: Exchange
) -> None:
    gauge.measure()
    exchange.is_away = True
    exchange.clock.sleep(599)
    gauge.measure()
    assert gauge.doubt == ""
    exchange.clock.sleep(2)
    assert gauge.doubt == "the exchange's time was last read 601 s ago"
    exchange.is_away = False
    gauge.measure()
    assert gauge.doubt == ""


def test_exchange_that_never_answered_is_asked_again_at_once(
    gauge: ClockGauge, exchange: Exchange
) -> None:
    exchange.is_away = True
    gauge.measure()
    gauge.measure()
    assert exchange.asked == 2
    assert gauge.doubt


def test_a_difference_above_a_second_is_told_once_each_time(exchange: Exchange) -> None:
    told: list[str] = []
    ahead_ms = 0

    def time_ms() -> int:
        return to_ms(exchange.clock.now()) - ahead_ms

    gauge = ClockGauge(time_ms, clock=exchange.clock, tell=told.append)
    for ahead_ms in (900, 1_100, 3_000, 0, -1_200):  # noqa: B007  # the exchange reads it
        gauge.measure()
        exchange.clock.sleep(60)
    assert told == [
        "the clock is off by +1.1 s; synchronise it (NTP)",
        "the clock is off by -1.2 s; synchronise it (NTP)",
    ]
