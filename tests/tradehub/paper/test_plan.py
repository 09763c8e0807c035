from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from proratio_core.errors import DataError
from proratio_core.values import Pair, Timeframe, Timerange
from proratio_tradehub.paper.plan import ReplayPlan, parse_window

PLAN = ReplayPlan(
    "Trend",
    "binance",
    (Pair.parse("BTC/USDT"),),
    Timeframe.M5,
    datetime(2025, 3, 1, tzinfo=UTC),
    datetime(2025, 3, 3, tzinfo=UTC),
)


def test_days_are_whole_and_moments_are_moments() -> None:
    first = datetime(2025, 3, 1, tzinfo=UTC)

    days = parse_window("2025-03-01..2025-03-02", Timeframe.M5)
    moments = parse_window("2025-03-01T00:00..2025-03-02T12:05", Timeframe.M5)

    assert parse_window("20250301..20250302", Timeframe.M5) == days
    assert days == (first, datetime(2025, 3, 3, tzinfo=UTC))
    assert moments == (first, datetime(2025, 3, 2, 12, 5, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2025-03-01", "is not understood; write 2025-03-01..2025-03-14"),
        ("2025-03-01..later", "is not understood"),
        ("2025-03-01T00:02..2025-03-02", "begins and ends where a 5m candle does"),
    ],
)
def test_a_window_that_is_none_is_refused(text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        parse_window(text, Timeframe.M5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pairs": ()}, "trades one or more pairs of one market"),
        ({"pairs": (Pair.parse("BTC/USDT"), Pair.parse("BTC/USDT:USDT"))}, "of one market"),
        ({"step_s": 301}, "a step of 301 s makes no session on 5m candles"),
        ({"end": PLAN.start}, "would end on 2025-03-01 00:00, not after .* the earlier day first"),
    ],
)
def test_what_makes_no_session_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        replace(PLAN, **change)  # type: ignore[arg-type]


def test_the_backtest_begins_a_candle_earlier_and_ends_on_a_candle() -> None:
    span = PLAN.backtested(datetime(2025, 3, 2, 0, 3, tzinfo=UTC))

    assert span == Timerange(
        datetime(2025, 2, 28, 23, 55, tzinfo=UTC), datetime(2025, 3, 2, tzinfo=UTC)
    )
