"""The day and the week of each account, once they are over; after an outage one summary."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from proratio_core.database import Database
from proratio_tradehub.alerts.cursor import Begun
from proratio_tradehub.alerts.news import DailySummary, Figures, WeeklyReport
from proratio_tradehub.journal import accounts
from proratio_tradehub.reports import AccountPeriod, Period, read_period

__all__ = ["SETTLED_AFTER", "Summed", "figures_of", "summaries"]

SETTLED_AFTER: Final = timedelta(minutes=2)
"""So long after midnight, what a bot saw before it has been written down."""

_A_DAY: Final = timedelta(days=1)
_LONGEST: Final = timedelta(days=31)
"""What lies longer ago is in the reports, which anybody can ask for."""


@dataclass(frozen=True, slots=True)
class Summed:
    """A summary, if there is anything to say, and what is known once it is told."""

    news: tuple[DailySummary | WeeklyReport, ...]
    after: Begun


def summaries(database: Database, begun: Begun, *, now: datetime) -> Iterator[Summed]:
    """Yield the days and weeks that are over and were not told.

    Raises
    ------
    TransientError
        The database is away.
    """
    today = (now - SETTLED_AFTER).date()
    week = Period.week_ended_before(today)
    for account in accounts(database):
        told = begun.days.get(account, begun.at.date() - _A_DAY)
        if told < today - _A_DAY:
            period = Period(max(told + _A_DAY, today - _LONGEST), today - _A_DAY)
            days = {**begun.days, account: period.last}
            begun = msgspec.structs.replace(begun, days=days)
            yield Summed(_daily(read_period(database, account, period), now), begun)
        if begun.weeks.get(account, begun.at.date() - _A_DAY) < week.last:
            weeks = {**begun.weeks, account: week.last}
            begun = msgspec.structs.replace(begun, weeks=weeks)
            yield Summed(_weekly(read_period(database, account, week), now), begun)


def figures_of(found: AccountPeriod) -> Figures:
    """Return an account's days as a message states them."""
    total, curve = found.total, found.curve
    return Figures(
        opened=len(found.opened),
        closed=total.closed,
        won=total.won,
        still_open=len(found.still_open),
        profit_quote=total.profit_quote,
        quote=found.quote,
        equity_quote=curve.last_quote,
        drawdown_frac=curve.below_highest_frac,
        llm_cost_usd=found.advice.cost_usd,
        votes=found.advice.votes,
        degraded_votes=found.advice.degraded,
        refusals=found.refused,
        incidents=tuple(f"{one.at:%H:%M} {one.what}" for one in found.incidents),
    )


def _daily(found: AccountPeriod, now: datetime) -> tuple[DailySummary, ...]:
    if found.is_empty:
        return ()
    period = found.period
    figures = figures_of(found)
    return (DailySummary(found.mark, now, found.account, period.last, figures, days=period.days),)


def _weekly(found: AccountPeriod, now: datetime) -> tuple[WeeklyReport, ...]:
    if found.is_empty:
        return ()
    from proratio_tradehub.reports import equity_chart_png  # noqa: PLC0415  # once a week

    title = f"{_short(found.account)}, {found.period}"
    chart = equity_chart_png(found.curve, mark=found.mark, title=title, quote=found.quote)
    chartless = "" if chart is not None else "the bot recorded no equity"
    last: date = found.period.last
    figures = figures_of(found)
    return (WeeklyReport(found.mark, now, found.account, last, figures, chart, chartless),)


def _short(account: str) -> str:
    return account if len(account) <= 50 else f"{account[:49]}…"
