from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from proratio_quantlab.inference import sharpe_interval
from proratio_tradehub.going_live.evidence import Presence, presence_of, sharpe_of
from proratio_tradehub.reports import EquityCurve

START = np.datetime64("2024-06-01T00:00", "ms")
MINUTE = np.timedelta64(1, "m")


def curve(minutes: list[int], values: list[float] | None = None) -> EquityCurve:
    times = START + np.array(minutes, np.int64) * MINUTE
    equity = np.array(values or [100.0] * len(minutes))
    return EquityCurve(times.astype("datetime64[ms]"), equity, None, float(equity.max(initial=0)))


def at(minutes: float) -> datetime:
    return datetime(2024, 6, 1, tzinfo=UTC) + timedelta(minutes=minutes)


def test_a_bot_that_is_always_there_is() -> None:
    assert presence_of(curve(list(range(101))), now=at(100)) == Presence(1, 1.0, 0)


def test_gaps_of_more_than_three_minutes_are_time_away_and_were_survived() -> None:
    minutes = [*range(41), *range(50, 91), 93, *range(96, 101)]
    assert presence_of(curve(minutes), now=at(100)) == Presence(1, pytest.approx(0.9), 1)


def test_who_has_not_come_back_is_away_and_survived_nothing() -> None:
    presence = presence_of(curve(list(range(51))), now=at(100))
    assert presence == Presence(1, 0.5, 0)


def test_days_are_counted_and_one_mark_or_none_is_no_error() -> None:
    assert presence_of(curve([0, 1440 * 3]), now=at(1440 * 3)).days == 2
    assert presence_of(curve([0]), now=at(0)) == Presence(1, 1.0, 0)
    assert presence_of(curve([]), now=at(0)) == Presence(0, None, 0)


def test_the_sharpe_ratio_is_that_of_daily_returns() -> None:
    random = np.random.default_rng(5)
    returns = random.normal(0.002, 0.01, 40)
    values = (100.0 * np.cumprod(1 + returns)).tolist()
    found = sharpe_of(curve([1440 * day for day in range(41)], [100.0, *values]))
    expected = sharpe_interval(np.concatenate(([0.0], returns)))
    assert found is not None
    assert expected is not None
    assert found.low == pytest.approx(expected.low)


@pytest.mark.parametrize("days", [0, 1, 19])
def test_too_little_has_none(days: int) -> None:
    assert sharpe_of(curve([1440 * day for day in range(days)])) is None
