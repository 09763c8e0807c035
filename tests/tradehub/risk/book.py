"""A small account that keeps its own books, to surround the risk engine with a world.

It knows nothing of the engine's formulas: money, amounts and prices are followed fill by fill, so
that what it says of a limit is a second opinion.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from proratio_core.values import Pair
from proratio_tradehub.risk.positions import Position
from proratio_tradehub.risk.returns import RecentReturns
from proratio_tradehub.risk.sides import Side
from proratio_tradehub.risk.state import PortfolioState, TradingState

COST_FRAC = 0.002
"""Fee and slippage of each side."""


@dataclass
class Holding:
    """What was bought, or sold short, as an exchange would list it."""

    pair: str
    sign: int
    amount: float
    entry: float
    stop: float | None
    stake: float
    leverage: float
    opened: str

    def profit(self, price: float) -> float:
        return self.sign * (price - self.entry) * self.amount

    def loss_at_stop(self, price: float) -> float:
        """Return what is lost from `price` on when it leaves at its stop and pays for it."""
        if self.stop is None:
            return self.stake
        left = self.profit(self.stop) - COST_FRAC * self.amount * self.stop
        return max(0.0, self.profit(price) - left)


@dataclass
class Book:
    """Cash, money lent out, holdings, prices and the calendar; everything survives `restarted`."""

    cash: float = 100_000.0
    locked: float = 0.0
    start: float = 100_000.0
    peak: float = 100_000.0
    day: float = 100_000.0
    week: float = 100_000.0
    month: float = 100_000.0
    realised: float = 0.0
    now: str = "2024-03-13T12:00:00+00:00"
    entries_today: int = 0
    last_entry: str | None = None
    trading: str = "running"
    prices: dict[str, float] = field(default_factory=dict)
    holdings: list[Holding] = field(default_factory=list)

    @property
    def time(self) -> datetime:
        return datetime.fromisoformat(self.now)

    @property
    def equity(self) -> float:
        return (
            self.cash
            + self.locked
            + sum(
                max(0.0, held.stake + held.profit(self.prices[held.pair])) for held in self.holdings
            )
        )

    def marked(self) -> None:
        """Raise the peak to what the account is worth now; an unknown worth raises nothing."""
        self.peak = max(self.peak, self.equity)

    def passed(self, minutes: int) -> None:
        """Let time pass, and begin the days, weeks and months that it enters."""
        before = self.time
        after = before + timedelta(minutes=minutes)
        self.now = after.isoformat()
        if after.date() != before.date():
            self.day, self.entries_today = self.equity, 0
        if after.isocalendar()[:2] != before.isocalendar()[:2]:
            self.week = self.equity
        if (after.year, after.month) != (before.year, before.month):
            self.month = self.equity

    def entered(self, held: Holding) -> None:
        """Pay for a holding and its costs."""
        self.cash -= held.stake + COST_FRAC * held.amount * held.entry
        self.realised -= COST_FRAC * held.amount * held.entry
        self.holdings.append(held)
        self.entries_today += 1
        self.last_entry = self.now
        self.marked()

    def left(self, index: int, price: float) -> None:
        """Close a holding at a price, which may be far beyond its stop."""
        held = self.holdings.pop(index)
        proceeds = held.stake + held.profit(price) - COST_FRAC * held.amount * price
        self.cash += max(0.0, proceeds)  # isolated margin: no more than the stake is lost
        self.realised += max(-held.stake, proceeds - held.stake)
        self.marked()

    def restarted(self) -> Book:
        """Return the book as another process would read it from disk."""
        read: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        read["holdings"] = [Holding(**held) for held in read["holdings"]]
        return Book(**read)

    def state(self, returns: RecentReturns, *, clock_skew_s: float = 0.0) -> PortfolioState:
        """Return the account as the engine wants to see it; impossible numbers raise."""
        return PortfolioState(
            now=self.time,
            equity_quote=self.equity,
            peak_equity_quote=self.peak,
            start_equity_quote=self.start,
            day_start_equity_quote=self.day,
            week_start_equity_quote=self.week,
            month_start_equity_quote=self.month,
            free_quote=self.cash,
            realised_profit_quote=self.realised,
            positions=tuple(self._position(held) for held in self.holdings),
            entries_today=self.entries_today,
            last_entry_at=None if self.last_entry is None else _moment(self.last_entry),
            returns=returns,
            trading_state=TradingState(self.trading),
            clock_skew_s=clock_skew_s,
        )

    def _position(self, held: Holding) -> Position:
        return Position(
            pair=Pair.parse(held.pair),
            side=Side.LONG if held.sign > 0 else Side.SHORT,
            amount=held.amount,
            entry_price=held.entry,
            mark_price=self.prices[held.pair],
            stop_price=held.stop,
            stake_quote=held.stake,
            leverage=held.leverage,
            exit_cost_frac=COST_FRAC,
            opened_at=_moment(held.opened),
        )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
