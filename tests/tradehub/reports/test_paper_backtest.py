"""Paper trades beside a stored run of the same days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from proratio_core.database import Database
from proratio_quantlab.results import BacktestResult, ResultStore
from proratio_tradehub.journal import AccountTrade
from proratio_tradehub.reports import Period
from proratio_tradehub.reports.paper_backtest import compare_with_backtest, read_comparisons
from tests.quantlab.made import START, result_of, trade_of
from tests.tradehub.journal.made import a_trade, closed

PERIOD = Period(date(2024, 1, 1), date(2024, 1, 14))
RUN = result_of(profits=(5.0, -2.0, 3.0))


def paper(day: int, profit: float, **changes: Any) -> AccountTrade:
    """Return the paper trade that `trade_of` makes on that day."""
    made = trade_of(profit, day=day)
    usual = {
        "entry_order_id": f"order-{day}",
        "strategy": "AIEnhancedTrend",
        "opened_at": made.opened_at,
        "open_rate": made.open_rate,
        "stake_quote": made.stake_quote,
        "enter_tag": "offline@2024-01-01T00:00Z",
        **closed(
            closed_at=made.closed_at,
            close_rate=made.close_rate,
            exit_reason=made.exit_reason,
            profit_quote=profit,
            profit_frac=made.profit_frac,
        ),
    }
    return a_trade(**(usual | changes))


SAME = [paper(0, 5.0), paper(1, -2.0), paper(2, 3.0)]


def compared(trades: list[AccountTrade], run: BacktestResult | None = RUN) -> Any:
    return compare_with_backtest("AIEnhancedTrend", trades, run, PERIOD)


def test_the_same_trades_are_within() -> None:
    found = compared(SAME)
    assert (found.deviation_frac, found.is_within) == (pytest.approx(0.0), True)
    assert found.reconciliation.agreement_frac == 1.0
    assert "0% apart, within 20%" in " ".join(found.lines)


def test_what_one_side_lacks_is_the_reason() -> None:
    found = compared(SAME[:2])
    assert found.is_within is False
    assert found.deviation_frac == pytest.approx(0.5)
    text = " ".join(found.lines)
    assert "NOT within 20%" in text
    assert "+0.00% comes from trades both made, +0.00% from those made here alone, -2.86%" in text
    assert "1 in the backtest only" in text


def test_without_a_run_or_days_in_common_the_remedy_is_said() -> None:
    elsewhen = compare_with_backtest(
        "AIEnhancedTrend", SAME, RUN, Period.day(START.date() - timedelta(days=9))
    )
    for found in (compared(SAME, None), elsewhen):
        assert (found.deviation_frac, found.is_within) == (None, None)
        assert "proratio backtest AIEnhancedTrend" in found.lines[0]


def test_a_backtest_that_came_to_nothing_gives_no_share() -> None:
    assert compared(SAME, result_of(profits=(1.0, -1.0))).deviation_frac is None


def test_a_trade_that_ends_after_what_is_covered_counts_on_neither_side() -> None:
    short = result_of(profits=(5.0, -2.0), timerange=RUN.specification.timerange)
    late = paper(13, 50.0, closed_at=START + timedelta(days=30))
    assert compared([*SAME[:2], late], short).deviation_frac == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("changes", "is_found"),
    [
        ({}, True),
        ({"exchange": "kraken"}, False),
        ({"strategy": "Other"}, False),
        ({"profile": None}, False),
    ],
    ids=str,
)
def test_only_a_run_of_the_same_strategy_market_and_voters_is_taken(
    database: Database, changes: dict[str, Any], is_found: bool
) -> None:
    run = result_of(changes.pop("profile", "offline"), profits=(5.0, -2.0, 3.0), **changes)
    ResultStore(database).save(run)
    (found,) = read_comparisons(database, "bot dry_run binance spot", SAME, PERIOD)
    assert (found.reconciliation is not None) is is_found


def test_a_replay_is_compared_with_the_market_it_replays(database: Database) -> None:
    ResultStore(database).save(RUN)
    (found,) = read_comparisons(database, "bot dry_run replay spot", SAME, PERIOD)
    assert found.run_hash == RUN.run_hash
