from __future__ import annotations

import math
from datetime import datetime, timedelta

import pytest

from proratio_core.errors import RiskError
from proratio_tradehub.risk.state import TradingState
from tests.tradehub.risk.made import NOW, a_position, a_state


def test_drawdown_is_of_equity_below_its_peak() -> None:
    assert a_state(equity_quote=90_000.0).drawdown_frac == pytest.approx(0.10)
    assert a_state().drawdown_frac == 0.0


def test_heat_is_the_sum_of_what_the_stops_would_lose() -> None:
    positions = (a_position(), a_position(amount=3.0))

    assert a_state().heat_quote == 0.0
    assert a_state(positions=positions).heat_quote == pytest.approx(4 * (200 + 0.0015 * 1_900))


@pytest.mark.parametrize(
    "name",
    [
        "equity_quote",
        "peak_equity_quote",
        "start_equity_quote",
        "day_start_equity_quote",
        "week_start_equity_quote",
        "month_start_equity_quote",
    ],
)
@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_equity_that_is_not_above_zero_is_refused(name: str, value: float) -> None:
    with pytest.raises(RiskError, match=rf"^{name} is .*; expected a finite number above zero"):
        a_state(**{name: value})


@pytest.mark.parametrize("name", ["free_quote", "entries_today"])
def test_balance_and_count_are_at_least_zero(name: str) -> None:
    with pytest.raises(RiskError, match=rf"^{name} is -1; expected a finite number of at least"):
        a_state(**{name: -1})
    a_state(**{name: 0})


@pytest.mark.parametrize("name", ["realised_profit_quote", "clock_skew_s"])
def test_profit_and_skew_have_to_be_finite(name: str) -> None:
    with pytest.raises(RiskError, match=rf"^{name} is nan; expected a finite number$"):
        a_state(**{name: math.nan})
    a_state(**{name: -5.0})


def test_peak_below_equity_is_refused_with_the_remedy() -> None:
    with pytest.raises(
        RiskError,
        match=r"^equity 101000 is above its peak 100000; raise the peak to the equity before ask",
    ):
        a_state(equity_quote=101_000.0)


def test_peak_that_misses_equity_by_rounding_is_none() -> None:
    assert a_state(equity_quote=100_000.0 * (1 + 1e-10)).drawdown_frac == 0.0
    with pytest.raises(RiskError, match="above its peak"):
        a_state(equity_quote=100_000.0 * (1 + 1e-8))


@pytest.mark.parametrize("name", ["now", "last_entry_at"])
def test_naive_time_is_refused(name: str) -> None:
    with pytest.raises(RiskError, match=rf"^{name} is .*; expected a timezone-aware time in UTC"):
        a_state(**{name: datetime(2024, 3, 14, 12)})  # noqa: DTZ001


def test_clock_that_ran_backwards_is_refused() -> None:
    later = NOW + timedelta(seconds=1)
    with pytest.raises(
        RiskError,
        match=r"^last_entry_at 2024-03-14T12:00:01\+00:00 lies after now, "
        r"2024-03-14T12:00:00\+00:00; the clock ran backwards, synchronise it \(NTP\)$",
    ):
        a_state(last_entry_at=later)
    with pytest.raises(RiskError, match=r"^opened_at 2024-03-14T12:00:01"):
        a_state(positions=(a_position(), a_position(opened_at=later)))


def test_entry_at_this_very_moment_is_no_future() -> None:
    state = a_state(last_entry_at=NOW, positions=(a_position(opened_at=NOW),))

    assert state.last_entry_at == NOW


def test_word_for_the_trading_state_is_refused() -> None:
    with pytest.raises(
        RiskError,
        match=r"^trading_state is 'running'; expected one of running, reduce-only, halted$",
    ):
        a_state(trading_state="running")
    assert a_state(trading_state=TradingState.HALTED).trading_state is TradingState.HALTED
