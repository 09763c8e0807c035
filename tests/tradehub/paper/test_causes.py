"""Every cause, from a market whose price is known at each second."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

from proratio_core.candles.frame import make_frame
from proratio_core.clock import to_ms
from proratio_core.replay import RecordedMarket
from proratio_core.values import Timeframe
from proratio_quantlab.reconciliation import MatchedTrade, Tolerances, reconcile
from proratio_quantlab.results import Trade
from proratio_tradehub.paper.causes import Cause, explain_alone, explain_match
from tests.quantlab.made import trade_of
from tests.tradehub.paper.test_plan import PLAN
from tests.wire.markets import RULES, SPOT

START = PLAN.start


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def market(*rows: tuple[float, float, float, float]) -> RecordedMarket:
    """Return five-minute candles: open, high, low, close."""
    names = ("open", "high", "low", "close")
    values = {name: np.array([row[i] for row in rows]) for i, name in enumerate(names)}
    values["volume"] = np.full(len(rows), 100.0)
    times = to_ms(START) + np.arange(len(rows), dtype=np.int64) * Timeframe.M5.ms
    return RecordedMarket(SPOT, RULES, {Timeframe.M5: make_frame(times, values)})


def matched(paper: Trade, backtest: Trade) -> MatchedTrade:
    (match,) = reconcile(
        [paper], [backtest], start=START, end=at(60), tolerances=Tolerances(time_s=300)
    ).matched
    return match


def trade(opened: float, closed: float, rate: float, reason: str, **changes: object) -> Trade:
    values = {"opened_at": at(opened), "closed_at": at(closed), "exit_reason": reason}
    return trade_of(open_rate=100.0, close_rate=rate, **(values | changes))


def test_a_level_that_only_the_candle_reached_lies_between_two_loops() -> None:
    wick = market((100, 100, 100, 100), (100, 100.5, 98.9, 100.4), (100.4, 100.4, 100.4, 100.4))
    match = matched(trade(0, 10.02, 100.4, "exit_signal"), trade(0, 5, 99.0, "stop_loss"))

    found = {one.what: one for one in explain_match(match, wick, PLAN, sides=([], []))}

    assert {one.cause for one in found.values()} == {Cause.BETWEEN_LOOPS}
    assert "the candle of 2025-03-01 00:05 reached 99, the lowest bid at the 5 loops in it was" in (
        found["exit time"].detail
    )


def test_a_fill_at_the_book_of_the_loop_says_what_the_book_was() -> None:
    fall = market((100, 100, 100, 100), (100, 100, 97, 97))
    paper = trade(0, 5 + 181 / 60, 97.56, "stop_loss")
    match = matched(paper, trade(0, 5, 99.0, "stop_loss"))

    (found,) = explain_match(match, fall, PLAN, sides=([], []))

    assert (found.what, found.cause) == ("exit price", Cause.BOOK)
    assert "97.56 against 99; the book stood at 97.56 at 00:08:01" in found.detail


def test_a_stop_that_filled_at_its_limit_above_the_book_is_said() -> None:
    crash = market((100, 100, 100, 100), (100, 100, 97, 97))
    paper = trade(0, 5 + 181 / 60, 98.01, "stop_loss")
    match = matched(paper, trade(0, 5, 99.0, "stop_loss"))

    (found,) = explain_match(match, crash, PLAN, sides=([], []))

    assert (found.what, found.cause) == ("exit price", Cause.STOP_LIMIT)
    assert found.detail == "98.01 is the limit of a stop at 99; at 00:08:01 the bid was 97.56"


@pytest.mark.parametrize(
    ("sold", "reason"), [(98.01, "exit_signal"), (98.3, "stop_loss"), (97.2, "stop_loss")]
)
def test_no_other_price_above_or_below_the_book_is_a_limit(sold: float, reason: str) -> None:
    crash = market((100, 100, 100, 100), (100, 100, 97, 97))
    match = matched(trade(0, 5 + 181 / 60, sold, reason), trade(0, 5, 99.0, reason))

    causes = {one.cause for one in explain_match(match, crash, PLAN, sides=([], []))}

    assert causes == {Cause.UNEXPLAINED}


def test_a_session_that_was_stopped_within_a_candle_is_said_to_be() -> None:
    steady = market((100, 104, 100, 104), (104, 104, 104, 104))
    match = matched(trade(0, 3.5, 103.0, "force_exit"), trade(0, 0, 100.0, "force_exit"))

    (found,) = explain_match(match, steady, PLAN, sides=([], []))

    assert found.cause is Cause.STOPPED
    assert found.detail == "103 at 00:03:30 against 100"


def test_a_price_that_was_never_in_the_book_is_unexplained() -> None:
    flat = market((100, 100, 100, 100), (100, 100, 100, 100))
    match = matched(trade(0, 5, 90.0, "exit_signal"), trade(0, 5, 100.0, "exit_signal"))

    (found,) = explain_match(match, flat, PLAN, sides=([], []))

    assert found.cause is Cause.UNEXPLAINED


def test_a_level_that_the_bot_saw_first_is_said() -> None:
    rise = market((100, 100, 100, 100), (100, 103, 100, 103), (103, 103, 103, 103))
    match = matched(trade(0, 7, 102.0, "roi"), trade(0, 15, 103.0, "exit_signal"))

    causes = {one.cause for one in explain_match(match, rise, PLAN, sides=([], []))}

    assert causes == {Cause.SEEN_EARLIER}


def test_another_stake_is_explained_where_something_else_was_earned() -> None:
    quiet = market((100, 100, 100, 100))
    before = trade(0, 5, 100.0, "roi", profit_quote=-20.0)
    match = matched(
        trade(5, 10, 100.0, "roi", stake_quote=500.0), trade(5, 10, 100.0, "roi", stake_quote=520.0)
    )

    (other,) = explain_match(match, quiet, PLAN, sides=([before], []))
    (same,) = explain_match(match, quiet, PLAN, sides=([before], [before]))

    told = "500.00 against 520.00; -20.00 had been earned on paper, +0.00 there"
    assert (other.cause, other.detail) == (Cause.EQUITY, told)
    assert same.cause is Cause.UNEXPLAINED


def test_one_step_of_the_amount_is_a_stake_that_was_rounded() -> None:
    quiet = market((100, 100, 100, 100))
    match = matched(
        trade(5, 10, 100.0, "roi", stake_quote=449.15, amount=0.009),
        trade(5, 10, 100.0, "roi", stake_quote=499.01, amount=0.010),
    )

    (found,) = explain_match(match, quiet, PLAN, sides=([], []))

    assert (found.cause, found.detail) == (Cause.ROUNDED, "0.009 against 0.01 at a step of 0.001")


def test_a_trade_alone_is_explained_by_what_each_side_held_or_had_entered() -> None:
    alone = trade(10, 20, 100.0, "roi")
    other = trade(5, 15, 100.0, "roi", pair="ETH/USDT")
    earlier = trade(1, 2, 100.0, "roi", pair="ETH/USDT")

    held = explain_alone(alone, [alone], [other], what="on paper only")
    counted = explain_alone(alone, [alone], [earlier], what="on paper only")
    neither = explain_alone(alone, [alone, other], [other], what="on paper only")

    assert (held.cause, counted.cause) == (Cause.HELD, Cause.COUNTED)
    assert held.detail == "this side held nothing, the other ETH/USDT"
    assert neither.cause is Cause.UNEXPLAINED
    assert str(held) == (
        "BTC/USDT 2025-03-01 00:10, on paper only: the two held other positions then; "
        "this side held nothing, the other ETH/USDT"
    )
