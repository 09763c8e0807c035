"""What the account is at one moment: everything a rule may look at besides the entry itself."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from proratio_core.errors import RiskError
from proratio_tradehub.risk.checks import (
    check_finite,
    check_not_negative,
    check_positive,
    check_utc,
)
from proratio_tradehub.risk.planning import drawdown_frac
from proratio_tradehub.risk.positions import Position
from proratio_tradehub.risk.returns import RecentReturns

__all__ = ["PortfolioState", "TradingState"]

_ROUNDING_FRAC = 1e-9


class TradingState(StrEnum):
    """Whether entries are possible at all. Exits and stops always are."""

    RUNNING = "running"
    REDUCE_ONLY = "reduce-only"
    HALTED = "halted"


class PortfolioState(msgspec.Struct, frozen=True, kw_only=True):
    """The account at one moment, in quote currency, marked to market.

    Parameters
    ----------
    now
        The time of the decision, UTC.
    equity_quote
        What closing everything at the last prices would leave.
    peak_equity_quote
        The highest equity so far, this moment included.
    start_equity_quote
        The capital trading started with.
    day_start_equity_quote, week_start_equity_quote, month_start_equity_quote
        Equity when the UTC day, the ISO week (Monday) and the month began.
    free_quote
        Money not in any position or order.
    realised_profit_quote
        Profit of all closed trades after costs; below zero for a loss.
    positions
        Everything held, and every entry order not filled yet.
    entries_today
        Entries since the UTC day began.
    last_entry_at
        When the last one was; None when there was none.
    returns
        Recent returns of the pairs held and of those that may be entered.
    trading_state
        Running, reduce-only or halted, whoever decided it.
    clock_skew_s
        This machine's clock less the exchange's, in seconds; 0 in backtests.

    Raises
    ------
    RiskError
        A number is not finite, equity is not above zero or above its peak, or a time is not in UTC
        or after `now`.
    """

    now: datetime
    equity_quote: float
    peak_equity_quote: float
    start_equity_quote: float
    day_start_equity_quote: float
    week_start_equity_quote: float
    month_start_equity_quote: float
    free_quote: float
    realised_profit_quote: float
    positions: tuple[Position, ...]
    entries_today: int
    last_entry_at: datetime | None
    returns: RecentReturns
    trading_state: TradingState
    clock_skew_s: float

    def __post_init__(self) -> None:
        check_utc("now", self.now)
        check_positive("equity_quote", self.equity_quote)
        check_positive("peak_equity_quote", self.peak_equity_quote)
        check_positive("start_equity_quote", self.start_equity_quote)
        check_positive("day_start_equity_quote", self.day_start_equity_quote)
        check_positive("week_start_equity_quote", self.week_start_equity_quote)
        check_positive("month_start_equity_quote", self.month_start_equity_quote)
        check_not_negative("free_quote", self.free_quote)
        check_finite("realised_profit_quote", self.realised_profit_quote)
        check_not_negative("entries_today", self.entries_today)
        check_finite("clock_skew_s", self.clock_skew_s)
        self._check_peak()
        self._check_order_of_time()
        if not isinstance(self.trading_state, TradingState):
            raise RiskError(
                f"trading_state is {self.trading_state!r}; "
                f"expected one of {', '.join(TradingState)}"
            )

    @property
    def drawdown_frac(self) -> float:
        """How far equity is below its peak, 0 to 1."""
        return drawdown_frac(self.equity_quote, self.peak_equity_quote)

    @property
    def heat_quote(self) -> float:
        """What equity would lose if every open position were closed at its stop now."""
        return sum([position.planned_loss_quote for position in self.positions])

    def _check_peak(self) -> None:
        if self.equity_quote > self.peak_equity_quote * (1.0 + _ROUNDING_FRAC):
            raise RiskError(
                f"equity {self.equity_quote:g} is above its peak {self.peak_equity_quote:g}; "
                "raise the peak to the equity before asking"
            )

    def _check_order_of_time(self) -> None:
        for position in self.positions:
            self._check_past("opened_at", position.opened_at)
        if self.last_entry_at is not None:
            check_utc("last_entry_at", self.last_entry_at)
            self._check_past("last_entry_at", self.last_entry_at)

    def _check_past(self, name: str, moment: datetime) -> None:
        if moment > self.now:
            raise RiskError(
                f"{name} {moment.isoformat()} lies after now, {self.now.isoformat()}; "
                "the clock ran backwards, synchronise it (NTP)"
            )
