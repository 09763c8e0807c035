"""Equity over time, and how far it is below its peak. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

__all__ = ["EquityCurve", "curve_of"]


@dataclass(frozen=True, slots=True)
class EquityCurve:
    """Equity as observed, oldest first.

    Parameters
    ----------
    at, equity_quote
        Moments (UTC) and what the account was worth then, quote currency.
    peak_quote
        The highest before each moment, or at it.
    day_start_quote
        Equity when the UTC day of the last moment began; None when it is not known.
    """

    at: tuple[datetime, ...]
    equity_quote: tuple[float, ...]
    peak_quote: tuple[float, ...]
    day_start_quote: float | None

    @property
    def last_quote(self) -> float | None:
        """The newest equity; None without any."""
        return self.equity_quote[-1] if self.equity_quote else None

    @property
    def drawdowns_frac(self) -> tuple[float, ...]:
        """How far below its peak each was, as a fraction of the peak."""
        pairs = zip(self.equity_quote, self.peak_quote, strict=True)
        return tuple(1.0 - equity / peak if peak else 0.0 for equity, peak in pairs)

    @property
    def drawdown_frac(self) -> float | None:
        """How far the newest is below the peak; None without any."""
        return self.drawdowns_frac[-1] if self.equity_quote else None

    @property
    def worst_drawdown_frac(self) -> float | None:
        """The deepest of them; None without any."""
        return max(self.drawdowns_frac, default=None)

    @property
    def gain_quote(self) -> float | None:
        """What was gained or lost over the whole curve."""
        return self.equity_quote[-1] - self.equity_quote[0] if self.equity_quote else None

    @property
    def gain_frac(self) -> float | None:
        """The same, as a fraction of the first equity."""
        if self.gain_quote is None or not self.equity_quote[0]:
            return None
        return self.gain_quote / self.equity_quote[0]

    @property
    def today_quote(self) -> float | None:
        """What was gained or lost since the UTC day began."""
        if self.last_quote is None or self.day_start_quote is None:
            return None
        return self.last_quote - self.day_start_quote

    @property
    def today_frac(self) -> float | None:
        """The same, as a fraction of the equity at the beginning of the day."""
        if self.today_quote is None or not self.day_start_quote:
            return None
        return self.today_quote / self.day_start_quote


def curve_of(
    marks: Iterable[tuple[datetime, float]],
    *,
    peak_quote: float = 0.0,
    day_start_quote: float | None = None,
) -> EquityCurve:
    """Return the curve through `marks`, oldest first.

    Parameters
    ----------
    marks
        Moments and equity.
    peak_quote
        The highest equity before the first mark.
    day_start_quote
        As of `EquityCurve`.

    Examples
    --------
    >>> from datetime import UTC
    >>> day = datetime(2024, 1, 1, tzinfo=UTC)
    >>> curve_of([(day, 100.0), (day, 120.0), (day, 90.0)]).drawdown_frac
    0.25
    """
    known = tuple(marks)
    equity = tuple(quote for _, quote in known)
    peaks = tuple(accumulate(equity, max, initial=peak_quote))[1:]
    return EquityCurve(tuple(at for at, _ in known), equity, peaks, day_start_quote)
