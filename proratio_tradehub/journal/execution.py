"""How well decisions became positions: slippage, fees, delays and what stayed unfilled. Pure.

Slippage is a cost: it is above zero where more was paid, or less received, than decided upon.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from statistics import fmean, median
from typing import Final

from proratio_tradehub.journal.account_trade import AccountTrade
from proratio_tradehub.journal.entry import JournalEntry, Kind

__all__ = ["Execution", "ExecutionSummary", "judge_executions", "summarise"]

_BPS: Final = 10_000.0
_DECIDED_BEFORE: Final = timedelta(days=1)
"""A verdict older than that is not the one an order was sent for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """How one trade was executed; None where the journal does not say.

    Of a trade that was added to later, slippage and delays are those of its first filled order.

    Parameters
    ----------
    trade
        The trade.
    close_slippage_bps, verdict_slippage_bps
        What the entry cost against the close of the judged candle, and against the price at which
        the risk profile allowed it, in hundredths of a percent of that price.
    exit_slippage_bps
        What the exits cost against the prices they asked for; a stop against its stop price.
    fee_bps
        Fees of both sides in hundredths of a percent of the value entered.
    order_delay_s, fill_delay_s
        From the candle's close to the order, and from the order to its last fill.
    fills
        How many times a part of an entry order was filled, as far as it was seen.
    fill_ratio
        What was filled of what the entry orders asked for, 0 to 1.
    """

    trade: AccountTrade
    close_slippage_bps: float | None
    verdict_slippage_bps: float | None
    exit_slippage_bps: float | None
    fee_bps: float
    order_delay_s: float | None
    fill_delay_s: float | None
    fills: int
    fill_ratio: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionSummary:
    """The executions of one strategy on one market: medians, means, and the worst tenth's delay."""

    strategy: str
    symbol: str
    trades: int
    close_slippage_bps: float | None
    verdict_slippage_bps: float | None
    exit_slippage_bps: float | None
    fee_bps: float
    order_delay_s: float | None
    fill_delay_s: float | None
    slow_fill_delay_s: float | None
    fill_ratio: float | None
    partial: int


@dataclass(frozen=True, slots=True)
class _Order:
    """What the journal says of one order: its last fill counts what was filled before it."""

    placed: JournalEntry
    fills: tuple[JournalEntry, ...]

    @property
    def role(self) -> str:
        return str(self.placed.document.get("role"))

    @property
    def filled(self) -> float:
        return max((fill.document["filled"] for fill in self.fills), default=0.0)

    @property
    def price(self) -> float | None:
        """Mean price of what was filled."""
        return self.fills[-1].document["price"] if self.fills else None

    @property
    def asked_price(self) -> float | None:
        stated = self.placed.document
        return stated.get("stop_price") if self.role == "stop" else stated.get("price")


def judge_executions(
    trades: Iterable[AccountTrade], entries: Iterable[JournalEntry]
) -> tuple[Execution, ...]:
    """Return how each trade was executed, by what the journal says of it.

    Parameters
    ----------
    trades
        The trades, of any accounts.
    entries
        The verdicts, orders and fills of the same time, and some hours before it.
    """
    by_market: dict[tuple[str, str | None], list[JournalEntry]] = {}
    for entry in sorted(entries, key=lambda one: (one.at, one.id or 0)):
        by_market.setdefault((entry.account, entry.symbol), []).append(entry)
    return tuple(
        _execution(trade, by_market.get((trade.account, trade.symbol), [])) for trade in trades
    )


def summarise(executions: Iterable[Execution]) -> tuple[ExecutionSummary, ...]:
    """Return a line for each strategy and market, in the order of the alphabet."""

    def key(one: Execution) -> tuple[str, str]:
        return one.trade.strategy, one.trade.symbol

    groups = groupby(sorted(executions, key=key), key)
    return tuple(_summary(*names, tuple(group)) for names, group in groups)


def _execution(trade: AccountTrade, entries: Sequence[JournalEntry]) -> Execution:
    orders = _orders_of(trade, entries)
    entered = [order for order in orders if order.role == "entry"]
    first = next((order for order in entered if order.filled > 0.0), None)
    verdict = None if first is None else _verdict_before(first.placed, trade, entries)
    decided = {} if verdict is None else verdict.document
    paid, begun_at = (None, None) if first is None else (first.price, first.placed.at)
    closed_at = decided.get("candle_closed_at")
    sign = -1.0 if trade.side == "short" else 1.0
    asked = sum(order.placed.document.get("amount") or 0.0 for order in entered)
    filled = sum(order.filled for order in entered)
    fees_quote = trade.fee_open_quote + (trade.fee_close_quote or 0.0)
    entered_quote = trade.amount * trade.open_rate
    return Execution(
        trade=trade,
        close_slippage_bps=_cost_bps(sign, paid, decided.get("candle_close_price")),
        verdict_slippage_bps=_cost_bps(sign, paid, decided.get("price")),
        exit_slippage_bps=_exit_cost_bps(-sign, orders),
        fee_bps=fees_quote / entered_quote * _BPS if entered_quote > 0.0 else 0.0,
        order_delay_s=_seconds(closed_at, begun_at),
        fill_delay_s=_seconds(begun_at, None if first is None else first.fills[-1].at),
        fills=sum(len(order.fills) for order in entered),
        fill_ratio=min(filled / asked, 1.0) if asked > 0.0 else None,
    )


def _orders_of(trade: AccountTrade, entries: Sequence[JournalEntry]) -> list[_Order]:
    """Return the orders of a trade in the sequence they were placed.

    Freqtrade's number of the trade may be that of an earlier one too, which was over before this
    one's first order.
    """
    own = [entry for entry in entries if entry.trade_id == trade.trade_id]
    placed = [entry for entry in own if entry.kind is Kind.ORDER]
    begun = next((e.at for e in placed if e.order_id == trade.entry_order_id), trade.opened_at)
    ended = trade.closed_at
    fills: dict[str | None, list[JournalEntry]] = {}
    for entry in own:
        if entry.kind is Kind.FILL:
            fills.setdefault(entry.order_id, []).append(entry)
    return [
        _Order(entry, tuple(fills.get(entry.order_id, ())))
        for entry in placed
        if entry.at >= begun and (ended is None or entry.at <= ended)
    ]


def _verdict_before(
    placed: JournalEntry, trade: AccountTrade, entries: Sequence[JournalEntry]
) -> JournalEntry | None:
    """Return the verdict that allowed an order: the last one before it, of the same signal."""
    found = [
        entry
        for entry in entries
        if entry.kind is Kind.VERDICT
        and entry.document.get("is_allowed")
        and entry.signal_id == trade.enter_tag
        and placed.at - _DECIDED_BEFORE <= entry.at <= placed.at + timedelta(seconds=1)
    ]
    return found[-1] if found else None


def _cost_bps(sign: float, price: float | None, decided: float | None) -> float | None:
    """Return what a price costs whoever buys (`sign` 1) or sells (-1), against the decided one."""
    if price is None or not decided:
        return None
    return sign * (price / decided - 1.0) * _BPS


def _exit_cost_bps(sign: float, orders: Iterable[_Order]) -> float | None:
    """Return the cost of all exits, weighted by what each filled."""
    costs = [
        (cost, order.filled)
        for order in orders
        if order.role != "entry"
        and (cost := _cost_bps(sign, order.price, order.asked_price)) is not None
    ]
    filled = sum(amount for _, amount in costs)
    return sum(cost * amount for cost, amount in costs) / filled if filled > 0.0 else None


def _seconds(begin: datetime | str | None, end: datetime | None) -> float | None:
    if begin is None or end is None:
        return None
    began = datetime.fromisoformat(begin) if isinstance(begin, str) else begin
    return (end - began).total_seconds()


def _summary(strategy: str, symbol: str, group: Sequence[Execution]) -> ExecutionSummary:
    delays = sorted(one.fill_delay_s for one in group if one.fill_delay_s is not None)
    ratios = _known(group, lambda one: one.fill_ratio)
    return ExecutionSummary(
        strategy=strategy,
        symbol=symbol,
        trades=len(group),
        close_slippage_bps=_mean(group, lambda one: one.close_slippage_bps),
        verdict_slippage_bps=_mean(group, lambda one: one.verdict_slippage_bps),
        exit_slippage_bps=_mean(group, lambda one: one.exit_slippage_bps),
        fee_bps=fmean(one.fee_bps for one in group),
        order_delay_s=_median(group, lambda one: one.order_delay_s),
        fill_delay_s=_median(group, lambda one: one.fill_delay_s),
        slow_fill_delay_s=delays[int(0.9 * len(delays))] if delays else None,
        fill_ratio=fmean(ratios) if ratios else None,
        partial=sum(ratio < 1.0 - 1e-9 for ratio in ratios),
    )


_Figure = Callable[[Execution], float | None]


def _known(group: Iterable[Execution], figure: _Figure) -> list[float]:
    return [value for one in group if (value := figure(one)) is not None]


def _mean(group: Iterable[Execution], figure: _Figure) -> float | None:
    values = _known(group, figure)
    return fmean(values) if values else None


def _median(group: Iterable[Execution], figure: _Figure) -> float | None:
    values = _known(group, figure)
    return median(values) if values else None
