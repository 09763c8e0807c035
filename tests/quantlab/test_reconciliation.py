from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.errors import DataError
from proratio_quantlab.reconciliation import (
    Difference,
    Reconciliation,
    Tolerances,
    reconcile,
)
from proratio_quantlab.results import Trade
from tests.quantlab.made import START, trade_of

END = START + timedelta(days=30)


def reconciled(
    paper: Sequence[Trade], backtest: Sequence[Trade], **tolerances: float
) -> Reconciliation:
    return reconcile(paper, backtest, start=START, end=END, tolerances=Tolerances(**tolerances))


def later(trade: Trade, seconds: float) -> Trade:
    moved = timedelta(seconds=seconds)
    return replace(trade, opened_at=trade.opened_at + moved, closed_at=trade.closed_at + moved)


def test_the_same_trade_a_minute_later_agrees() -> None:
    trade = trade_of(day=2)

    found = reconciled([later(trade, 60)], [trade])

    assert found.agreement_frac == 1
    assert found.matched[0].entry_delay_s == 60
    assert "1 trades agree, 0 differ" in found.lines[0]


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"open_rate": 42_043.0}, Difference.ENTRY_PRICE),
        ({"close_rate": 42_956.0}, Difference.EXIT_PRICE),
        ({"closed_at": START + timedelta(days=1, seconds=3_601)}, Difference.EXIT_TIME),
        ({"exit_reason": "stop_loss"}, Difference.EXIT_REASON),
        ({"stake_quote": 107.0}, Difference.STAKE),
    ],
)
def test_what_differs_beyond_the_tolerance_is_named(
    change: dict[str, object], difference: Difference
) -> None:
    backtest = trade_of(day=0)

    found = reconciled([replace(backtest, **change)], [backtest])  # type: ignore[arg-type]

    assert found.matched[0].differences == (difference,)
    assert found.agreement_frac == 0
    assert any(line.startswith(difference.capitalize()) for line in found.lines)


@pytest.mark.parametrize(
    "change",
    [
        {"open_rate": 42_042.0},
        {"close_rate": 42_957.0},
        {"closed_at": START + timedelta(days=1, seconds=3_600)},
        {"stake_quote": 106.05},
    ],
)
def test_what_lies_on_the_border_agrees(change: dict[str, object]) -> None:
    backtest = trade_of(day=0)

    found = reconciled([replace(backtest, **change)], [backtest])  # type: ignore[arg-type]

    assert found.matched[0].differences == ()


def test_a_trade_one_side_made_alone_does_not_shift_the_others() -> None:
    backtest = [trade_of(day=day) for day in (1, 5, 9)]
    paper = [later(backtest[0], 30), trade_of(day=3), later(backtest[2], 30)]

    found = reconciled(paper, backtest)

    assert [m.backtest.opened_at for m in found.matched] == [
        backtest[0].opened_at,
        backtest[2].opened_at,
    ]
    assert found.only_paper == (paper[1],)
    assert found.only_backtest == (backtest[1],)
    assert found.agreement_frac == 0.5


def test_trades_of_different_pairs_are_never_partners() -> None:
    found = reconciled([trade_of(pair="ETH/USDT")], [trade_of()])

    assert not found.matched
    assert len(found.only_paper) == len(found.only_backtest) == 1


def test_prices_and_profits_are_compared_in_bps_of_the_backtest() -> None:
    backtest = trade_of(10.5)
    paper = replace(backtest, open_rate=42_084.0, close_rate=42_957.0, profit_frac=0.097)

    (trade,) = reconciled([paper], [backtest]).matched

    assert trade.entry_price_bps == pytest.approx(20)
    assert trade.exit_price_bps == pytest.approx(-10)
    assert trade.profit_difference_frac == pytest.approx(-0.003)


def test_trades_outside_the_days_both_cover_are_counted_and_left_out() -> None:
    found = reconciled([trade_of(day=30)], [trade_of(day=-1)])

    assert (found.outside, found.agreement_frac) == (2, None)
    assert found.lines == ("Neither side traded on the days both cover.",)


@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf])
def test_impossible_tolerances_and_spans_are_refused(bad: float) -> None:
    with pytest.raises(DataError, match="0 or more"):
        Tolerances(price_bps=bad)
    with pytest.raises(DataError, match="covers nothing"):
        reconcile([], [], start=END, end=START)


days = st.lists(st.floats(0, 29), max_size=12, unique=True)


@given(days, days)
def test_every_trade_is_counted_once(ours: list[float], theirs: list[float]) -> None:
    paper, backtest = ([trade_of(day=day) for day in side] for side in (ours, theirs))

    found = reconciled(paper, backtest)

    assert len(found.matched) + len(found.only_paper) == len(paper)
    assert len(found.matched) + len(found.only_backtest) == len(backtest)
    assert all(abs(m.entry_delay_s) <= 3_600 for m in found.matched)
