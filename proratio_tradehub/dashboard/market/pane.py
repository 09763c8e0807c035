"""What is drawn of one market, as values. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pandas as pd

from proratio_core.candles.store import StoredSeries
from proratio_quantlab.results import Trade
from proratio_signals.opinions import Action
from proratio_tradehub.journal.account_trade import AccountTrade

__all__ = ["Book", "Deal", "Pane", "Ruling", "deal_of_run", "deal_of_trade", "with_indicators"]

_EMA_CANDLES: Final = (20, 50)
_BAND_CANDLES: Final = 20
_BAND_DEVIATIONS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Deal:
    """A trade as a chart shows it.

    Parameters
    ----------
    opened_at, open_rate
        Its entry.
    closed_at, close_rate
        Its exit; None while it is open.
    side
        `long` or `short`.
    profit_quote, profit_frac
        After fees; None while nothing was realised.
    reason
        Why it was left; empty while it is open.
    tag
        The signal id behind it; empty where nobody voted.
    stop_price
        Where its stop stood last; None where nobody noted it.
    """

    opened_at: datetime
    open_rate: float
    closed_at: datetime | None
    close_rate: float | None
    side: str
    profit_quote: float | None
    profit_frac: float | None
    reason: str
    tag: str
    stop_price: float | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """A vote as a chart shows it: its number, the close of its candle, what it came to."""

    vote_id: int
    as_of: datetime
    action: Action
    score: float
    degraded: bool


@dataclass(frozen=True, slots=True)
class Book:
    """An order book: prices and amounts, the best first, and when it was seen."""

    seen_at: datetime
    bids: tuple[tuple[float, float], ...]
    asks: tuple[tuple[float, float], ...]

    @property
    def spread_frac(self) -> float | None:
        """Best ask less best bid over the price between them; None where a side is empty."""
        if not self.bids or not self.asks:
            return None
        bid, ask = self.bids[0][0], self.asks[0][0]
        return (ask - bid) / ((ask + bid) / 2)


@dataclass(frozen=True)
class Pane:
    """One market over a span.

    Parameters
    ----------
    stored
        Its series.
    candles
        A candle frame with the columns of `with_indicators`.
    deals, rulings
        What was done and said in that span.
    """

    stored: StoredSeries
    candles: pd.DataFrame
    deals: Sequence[Deal] = ()
    rulings: Sequence[Ruling] = ()


def deal_of_trade(trade: AccountTrade) -> Deal:
    """Return what a bot's trade is on a chart."""
    return Deal(
        opened_at=trade.opened_at,
        open_rate=trade.open_rate,
        closed_at=trade.closed_at,
        close_rate=trade.close_rate if trade.closed_at else None,
        side=trade.side,
        profit_quote=trade.profit_quote,
        profit_frac=trade.profit_frac,
        reason=trade.exit_reason or "",
        tag=trade.enter_tag or "",
        stop_price=trade.stop_price,
    )


def deal_of_run(trade: Trade) -> Deal:
    """Return what a backtest's trade is on a chart.

    A stored trade does not say its side; whether it gained before fees as the price rose does.
    """
    is_long = (trade.close_rate >= trade.open_rate) == (trade.profit_quote + trade.fees_quote >= 0)
    return Deal(
        *(trade.opened_at, trade.open_rate, trade.closed_at, trade.close_rate),
        "long" if is_long else "short",
        *(trade.profit_quote, trade.profit_frac, trade.exit_reason, trade.enter_tag),
    )


def with_indicators(candles: pd.DataFrame) -> pd.DataFrame:
    """Return candles with moving averages and bands, each from candles closed by then.

    Columns `ema_20` and `ema_50` are exponential means of the close; `band_low` and `band_high` lie
    two standard deviations (ddof 0) around its mean over twenty candles.

    Source: J. Bollinger, Bollinger on Bollinger Bands, 2001.
    """
    close = candles["close"]
    means = {f"ema_{n}": close.ewm(span=n, adjust=False).mean() for n in _EMA_CANDLES}
    window = close.rolling(_BAND_CANDLES)
    middle, width = window.mean(), _BAND_DEVIATIONS * window.std(ddof=0)
    return candles.assign(**means, band_low=middle - width, band_high=middle + width)
