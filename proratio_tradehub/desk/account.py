"""What the desk needs to know of an account, and the risk engine's picture of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from proratio_core.clock import to_ms
from proratio_tradehub.desk.candles import CandleBook
from proratio_tradehub.desk.equity import EquityBook
from proratio_tradehub.desk.positions import OpenTrade, earned_quote, position_of
from proratio_tradehub.risk import PortfolioState, TradingState

_A_DAY = timedelta(days=1)

__all__ = ["Account", "Costs", "equity_quote", "portfolio_state"]


@dataclass(frozen=True, slots=True)
class Costs:
    """What one side of a trade costs, as fractions of its value.

    Parameters
    ----------
    fee_frac, slippage_frac
        The exchange's fee, and what the price gives way.
    spread_frac
        Best ask less best bid over the mid price, where nobody measures it.
    """

    fee_frac: float
    slippage_frac: float
    spread_frac: float

    @property
    def side_frac(self) -> float:
        """Fee and slippage together."""
        return self.fee_frac + self.slippage_frac


class Account(Protocol):
    """An account of Freqtrade's: simulated, dry-run or live."""

    @property
    def start_quote(self) -> float:
        """Capital that trading began with."""
        ...

    @property
    def free_quote(self) -> float:
        """Money not in any position or order."""
        ...

    @property
    def realised_profit_quote(self) -> float:
        """Profit of what was closed, after costs."""
        ...

    @property
    def clock_skew_s(self) -> float:
        """This machine's clock less the exchange's; 0 in a backtest."""
        ...

    def open_trades(self) -> Sequence[OpenTrade]:
        """Return everything held, and entries whose order is open."""
        ...

    def tied_up_quote(self, trade: OpenTrade) -> float:
        """Return what a trade keeps from being free: what it cost and what its entries reserve."""
        ...

    def entries_since(self, moment: datetime) -> Sequence[datetime]:
        """Return when each entry after `moment` was made."""
        ...

    def mark_price(self, pair: str, now_ms: int) -> float:
        """Return the last price of `pair`."""
        ...


def equity_quote(account: Account, now: datetime) -> float:
    """Return what closing everything at the last prices would leave, in quote currency."""
    equity, now_ms, mark_price = account.free_quote, to_ms(now), account.mark_price
    for trade in account.open_trades():  # asked at every candle: no call that is not needed
        equity += account.tied_up_quote(trade)
        if trade.amount > 0.0:  # what has_open_position asks
            equity += earned_quote(trade, mark_price(trade.pair, now_ms))
    return equity


def portfolio_state(
    account: Account,
    book: EquityBook,
    candles: CandleBook,
    *,
    now: datetime,
    costs: Costs,
) -> PortfolioState:
    """Return the account as the risk engine looks at it, where nothing holds entries back.

    The book has observed this moment.

    Raises
    ------
    RiskError
        A figure is not one a decision may rest on.
    """
    today, now_ms = now.date(), to_ms(now)
    entries = account.entries_since(now - _A_DAY)  # which never is later than midnight
    mark_price, cost_frac = account.mark_price, costs.side_frac
    return PortfolioState(
        now=now,
        equity_quote=book.last_quote,
        peak_equity_quote=book.peak_quote,
        start_equity_quote=account.start_quote,
        day_start_equity_quote=book.day_start_quote,
        week_start_equity_quote=book.week_start_quote,
        month_start_equity_quote=book.month_start_quote,
        free_quote=account.free_quote,
        realised_profit_quote=account.realised_profit_quote,
        positions=tuple(
            [
                position_of(trade, mark_price(trade.pair, now_ms), cost_frac=cost_frac)
                for trade in account.open_trades()
            ]
        ),
        entries_today=sum([moment.date() >= today for moment in entries]),
        last_entry_at=max(entries, default=None),
        returns=candles.returns(now_ms),
        trading_state=TradingState.RUNNING,
        clock_skew_s=account.clock_skew_s,
    )
