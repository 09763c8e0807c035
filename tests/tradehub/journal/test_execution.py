"""What an execution cost is computed by hand here, and must come out so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from proratio_tradehub.journal import JournalEntry, Kind
from proratio_tradehub.journal.execution import Execution, judge_executions, summarise
from tests.tradehub.journal.made import NOW, a_trade, an_entry, closed

SECOND = timedelta(seconds=1)


def verdict(**changes: Any) -> JournalEntry:
    document = {
        "is_allowed": True,
        "step": "entry",
        "price": 100.0,
        "candle_close_price": 99.5,
        "candle_closed_at": "2024-03-14T12:00:00Z",
    } | changes.pop("document", {})
    names = {"trade_id": None, "order_id": None, "about": str(changes), "document": document}
    return an_entry(Kind.VERDICT, **names | changes)


def order(number: str, role: str = "entry", *, after_s: float = 1.0, **stated: Any) -> JournalEntry:
    document = {"role": role, "price": 100.0, "amount": 2.0, "stop_price": None} | stated
    at = NOW + after_s * SECOND
    return an_entry(Kind.ORDER, about=number, at=at, order_id=number, document=document)


def fill(number: str, filled: float, price: float, *, after_s: float = 4.0) -> JournalEntry:
    document = {"role": "?", "filled": filled, "price": price}
    about, at = f"{number} {filled}", NOW + after_s * SECOND
    return an_entry(Kind.FILL, about=about, at=at, order_id=number, document=document)


def judged(*entries: JournalEntry, **trade: Any) -> Execution:
    (execution,) = judge_executions([a_trade(amount=2.0, **trade)], entries)
    return execution


def test_entry_filled_in_two_parts_and_stopped_out() -> None:
    found = judged(
        verdict(),
        order("order-1"),
        fill("order-1", 0.5, 100.2, after_s=3),
        fill("order-1", 2.0, 100.5, after_s=6),
        order("stop", "stop", after_s=7, stop_price=95.0, price=94.0),
        fill("stop", 2.0, 94.05, after_s=60),
        **closed(fee_close_quote=0.2),
    )
    assert found.close_slippage_bps == pytest.approx((100.5 / 99.5 - 1) * 10_000)
    assert found.verdict_slippage_bps == pytest.approx(50.0)
    assert found.exit_slippage_bps == pytest.approx(100.0)
    assert found.fee_bps == pytest.approx(0.3 / 200.0 * 10_000)
    assert found.order_delay_s == pytest.approx(6.25)  # the candle closed 5.25 s before NOW
    assert found.fill_delay_s == pytest.approx(5.0)
    assert (found.fills, found.fill_ratio) == (2, 1.0)


def test_short_pays_where_a_long_would_gain() -> None:
    found = judged(
        verdict(),
        order("order-1"),
        fill("order-1", 2.0, 99.0),
        order("out", "exit", after_s=9, price=90.0),
        fill("out", 2.0, 90.9),
        side="short",
    )
    assert found.verdict_slippage_bps == pytest.approx(100.0)
    assert found.exit_slippage_bps == pytest.approx(100.0)


def test_order_given_up_after_a_part_and_one_never_filled_lower_the_ratio() -> None:
    found = judged(
        verdict(),
        order("order-1"),
        order("again", after_s=30, amount=2.0),
        fill("again", 1.0, 101.0, after_s=33),
    )
    assert found.fill_ratio == 0.25
    assert found.fill_delay_s == pytest.approx(3.0)
    assert found.verdict_slippage_bps == pytest.approx(100.0)


def test_verdict_of_another_signal_refused_or_too_old_is_not_the_one() -> None:
    others = [
        verdict(signal_id="another"),
        verdict(document={"is_allowed": False}),
        verdict(at=NOW - timedelta(days=2)),
        verdict(symbol="ETH/USDT"),
        verdict(at=NOW + timedelta(minutes=1)),
    ]
    found = judged(*others, order("order-1"), fill("order-1", 2.0, 100.0))
    assert (found.verdict_slippage_bps, found.order_delay_s) == (None, None)
    assert found.fill_delay_s == pytest.approx(3.0)


def test_earlier_trade_of_the_same_number_is_another_one() -> None:
    earlier = [order("old", after_s=-999, amount=50.0), fill("old", 1.0, 7.0, after_s=-998)]
    found = judged(*earlier, verdict(), order("order-1"), fill("order-1", 2.0, 100.0))
    assert (found.fill_ratio, found.fills, found.verdict_slippage_bps) == (1.0, 1, 0.0)


def test_trade_the_journal_knows_nothing_of_has_its_fees_alone() -> None:
    found = judged()
    assert found.fee_bps == pytest.approx(5.0)
    assert (found.close_slippage_bps, found.fill_ratio, found.fills) == (None, None, 0)


def test_summary_has_a_line_for_each_strategy_and_market() -> None:
    executions = [
        judged(verdict(), order("order-1"), fill("order-1", filled, price, after_s=after))
        for filled, price, after in [(2.0, 100.0, 2), (2.0, 101.0, 4), (1.0, 102.0, 31)]
    ]
    executions.append(judged(symbol="ETH/USDT", strategy="Another"))
    another, trend = summarise(executions)
    assert (another.strategy, another.symbol, another.trades) == ("Another", "ETH/USDT", 1)
    assert (another.verdict_slippage_bps, another.fill_ratio, another.partial) == (None, None, 0)
    assert (trend.trades, trend.partial) == (3, 1)
    assert trend.verdict_slippage_bps == pytest.approx(100.0)
    assert (trend.fill_delay_s, trend.slow_fill_delay_s) == (3.0, 30.0)
    assert trend.fill_ratio == pytest.approx(5 / 6)
    assert summarise([]) == ()
