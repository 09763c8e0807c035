"""All that is recorded of an account's days: trades, equity, votes, refusals, incidents."""

from __future__ import annotations

from dataclasses import dataclass

from proratio_core.database import Database
from proratio_tradehub.account_name import AccountName
from proratio_tradehub.journal import AccountTrade, read_trades
from proratio_tradehub.marks import Mark
from proratio_tradehub.reports.advice import Advice, read_advice
from proratio_tradehub.reports.curve import EquityCurve
from proratio_tradehub.reports.curve_reading import read_curve
from proratio_tradehub.reports.incidents import Incident, read_incidents
from proratio_tradehub.reports.period import Period
from proratio_tradehub.reports.refused import read_refused
from proratio_tradehub.reports.tally import Tally, tallies, tally

__all__ = ["AccountPeriod", "read_period"]


@dataclass(frozen=True)
class AccountPeriod:
    """One account's days.

    Parameters
    ----------
    account, period
        Whose, and which.
    trades
        Those that were open at any moment of it, by opening time.
    curve
        Its equity.
    refused
        Each rule and how many entries it refused, the most first.
    incidents
        The orders of the installation and the incidents of the account, the oldest first.
    advice
        The live votes on its market.
    """

    account: str
    period: Period
    trades: tuple[AccountTrade, ...]
    curve: EquityCurve
    refused: tuple[tuple[str, int], ...]
    incidents: tuple[Incident, ...]
    advice: Advice

    @property
    def mark(self) -> Mark:
        """Whose money it is about."""
        return Mark.of_account(self.account)

    @property
    def quote(self) -> str:
        """The currency everything is counted in; the word where no trade has named it."""
        return self.trades[-1].quote if self.trades else "quote"

    @property
    def opened(self) -> tuple[AccountTrade, ...]:
        """Trades opened in it."""
        return tuple(one for one in self.trades if self.period.contains(one.opened_at))

    @property
    def closed(self) -> tuple[AccountTrade, ...]:
        """Trades closed in it, by closing time."""
        inside = [one for one in self.trades if self.period.contains(one.closed_at)]
        return tuple(sorted(inside, key=lambda one: (str(one.closed_at), one.trade_id)))

    @property
    def still_open(self) -> tuple[AccountTrade, ...]:
        """Trades open at its end."""
        until = self.period.until
        return tuple(one for one in self.trades if one.closed_at is None or one.closed_at >= until)

    @property
    def total(self) -> Tally:
        """What was closed, together."""
        return tally("all", self.closed)

    @property
    def by_strategy(self) -> tuple[Tally, ...]:
        """What was closed, by strategy."""
        return tallies(self.closed, lambda one: one.strategy)

    @property
    def by_pair(self) -> tuple[Tally, ...]:
        """What was closed, by pair."""
        return tallies(self.closed, lambda one: one.symbol)

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is recorded of it."""
        return not (self.trades or len(self.curve.times) or self.refused)


def read_period(database: Database, account: str, period: Period) -> AccountPeriod:
    """Return what PostgreSQL has of an account's days.

    Raises
    ------
    TransientError
        The database is away.
    """
    since, until = period.since, period.until
    return AccountPeriod(
        account,
        period,
        trades=read_trades(database, account, since=since, until=until),
        curve=read_curve(database, account, since=since, until=until),
        refused=read_refused(database, account, period),
        incidents=read_incidents(database, account, period),
        advice=read_advice(database, AccountName.parse(account).source, period),
    )
