"""Entries against a drawdown limit, on wallets that can be read off."""

from __future__ import annotations

from datetime import timedelta

import pytest

from proratio_quantlab.entry_drawdown import EntryDrawdown, entry_drawdown
from tests.quantlab.made import START, equity_of, trade_of

_WALLET = [1_000.0, 1_100.0, 1_045.0, 1_001.0, 979.0, 968.0, 990.0]
"""Highest at 1,100 on day 1; down 5%, 9%, 11%, 12% and 10% on the days after."""


def seen(*trades: object) -> EntryDrawdown:
    return entry_drawdown(
        trades,  # type: ignore[arg-type]
        equity_of(_WALLET),
        starting_balance=1_000.0,
        cost_frac=0.0,
        limit_frac=0.10,
    )


def test_deepest_entry_is_the_largest_drawdown_at_which_one_was_made() -> None:
    found = seen(trade_of(day=2), trade_of(day=3, days=5), trade_of(day=1))
    assert found.deepest_frac == pytest.approx(0.09)


def test_entry_between_two_rows_counts_the_row_before() -> None:
    assert seen(trade_of(day=3.9)).deepest_frac == pytest.approx(0.09)


def test_what_was_open_when_the_limit_was_passed_may_still_lose_its_stops() -> None:
    found = seen(
        trade_of(day=1, days=1, risk_quote=50.0),  # closed by then
        trade_of(day=3, days=0, risk_quote=5.5),  # opened and stopped in the last candle before
        trade_of(day=2, days=3, risk_quote=11.0),
        trade_of(day=3, days=3, risk_quote=22.0),
        trade_of(day=4, days=3, risk_quote=2.2),  # entered in the step that passed the limit
        trade_of(day=5, days=3, risk_quote=99.0),  # opened after
    )
    assert found.passed_at == START + timedelta(days=3)
    assert found.open_stops_frac == pytest.approx(40.7 / 1_100.0)
    assert found.lowest_frac == pytest.approx(0.12)
    assert found.deepest_frac == pytest.approx(0.12)  # an entry that the limit should have stopped


def test_wallet_that_never_passed_the_limit_has_no_such_moment() -> None:
    found = entry_drawdown(
        [trade_of(day=1)],
        equity_of([1_000.0, 950.0, 900.0]),
        starting_balance=1_000.0,
        cost_frac=0.0,
        limit_frac=0.10,
    )
    assert found.lowest_frac == pytest.approx(0.10)
    assert (found.passed_at, found.open_stops_frac) == (None, 0.0)


def test_run_without_trades_has_no_deepest_entry() -> None:
    assert seen().deepest_frac is None


def test_equity_is_what_would_be_left_after_closing_everything() -> None:
    # One position of 105 from day 1 to day 3: 0.42 less on these days, on the highest one as well.
    found = entry_drawdown(
        [trade_of(day=1, days=2)],
        equity_of([1_000.0, 1_100.0, 990.0, 990.0]),
        starting_balance=1_000.0,
        cost_frac=0.002,
        limit_frac=0.10,
    )
    high = 1_100.0 - 2 * 0.002 * 105.0
    assert found.lowest_frac == pytest.approx(1 - (990.0 - 0.42) / high)
    assert found.deepest_frac == pytest.approx(0.0, abs=1e-3)
    assert found.passed_at == START + timedelta(days=1)


def test_entrys_own_costs_are_not_part_of_the_drawdown_it_was_decided_at() -> None:
    found = entry_drawdown(
        [trade_of(day=2, days=1)],
        equity_of([1_000.0, 1_000.0, 900.5, 900.5, 950.0]),
        starting_balance=1_000.0,
        cost_frac=0.002,
        limit_frac=0.10,
    )
    assert found.deepest_frac == pytest.approx(0.0995)
    assert found.lowest_frac == pytest.approx(0.0995 + 0.42 / 1_000.0)
