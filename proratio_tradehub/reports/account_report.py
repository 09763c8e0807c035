"""A day or a week of an account with all that can be said of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from proratio_core.database import Database
from proratio_tradehub.reports.account_period import AccountPeriod, read_period
from proratio_tradehub.reports.chart import equity_chart_png
from proratio_tradehub.reports.paper_backtest import PaperBacktest, read_comparisons
from proratio_tradehub.reports.period import Period
from proratio_tradehub.reports.voters import Judged, VoterRecord, read_judged, voter_records

__all__ = ["AccountReport", "read_report"]


@dataclass(frozen=True)
class AccountReport:
    """One account's days and what they are measured by.

    Parameters
    ----------
    found
        What is recorded.
    judged
        The closed trades whose vote is known.
    comparisons
        Each strategy's trades beside a stored backtest.
    """

    found: AccountPeriod
    judged: tuple[Judged, ...]
    comparisons: tuple[PaperBacktest, ...]

    @cached_property
    def voters(self) -> tuple[VoterRecord, ...]:
        """What each voter said of the trades."""
        return voter_records(self.judged)

    @cached_property
    def chart_png(self) -> bytes | None:
        """Equity and drawdown; None where too little is recorded."""
        found = self.found
        title = f"{found.account[:60]}, {found.period}"
        return equity_chart_png(found.curve, mark=found.mark, title=title, quote=found.quote)


def read_report(database: Database, account: str, period: Period) -> AccountReport:
    """Return what PostgreSQL has of an account's days.

    Raises
    ------
    TransientError
        The database is away.
    """
    found = read_period(database, account, period)
    return AccountReport(
        found,
        judged=read_judged(database, found.closed),
        comparisons=read_comparisons(database, account, found.closed, period),
    )
