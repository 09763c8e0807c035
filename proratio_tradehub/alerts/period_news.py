"""News of the days and weeks that are over. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from proratio_tradehub.alerts.urgency import Urgency
from proratio_tradehub.marks import Mark

__all__ = ["DailySummary", "Figures", "WeeklyReport"]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a period came to.

    Parameters
    ----------
    opened, closed, won
        Positions opened and closed in it, and how many of those closed gained after fees.
    still_open
        Positions open at its end.
    profit_quote, quote
        Of what was closed, after fees.
    equity_quote, drawdown_frac
        At its end; the drawdown is below the highest equity so far. None where nobody recorded it.
    llm_cost_usd
        What the votes cost.
    votes, degraded_votes
        Live votes on its market, and those in which a voter abstained.
    refusals
        Rule and entries it refused, most first.
    incidents
        Halts and failures, a line each. Foreign text.
    """

    opened: int
    closed: int
    won: int
    still_open: int
    profit_quote: float
    quote: str
    equity_quote: float | None
    drawdown_frac: float
    llm_cost_usd: float
    votes: int
    degraded_votes: int
    refusals: tuple[tuple[str, int], ...] = ()
    incidents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DailySummary:
    """A day (UTC) of one account, or the days of which nothing could be told, to `day`."""

    mark: Mark
    at: datetime
    account: str
    day: date
    figures: Figures
    days: int = 1

    urgency = Urgency.INFORMATION


@dataclass(frozen=True, slots=True)
class WeeklyReport:
    """Seven days (UTC) of one account, the last of them `until`.

    The chart is a PNG; without one, `chartless` says why.
    """

    mark: Mark
    at: datetime
    account: str
    until: date
    figures: Figures
    chart_png: bytes | None = None
    chartless: str = ""

    urgency = Urgency.INFORMATION

    @property
    def since(self) -> date:
        """The first day."""
        return self.until - timedelta(days=6)
