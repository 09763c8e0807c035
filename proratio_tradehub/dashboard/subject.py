"""What the pages are about: the account of a bot, or, where none ever traded, a backtest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from proratio_core.database import Database
from proratio_core.values import SIMULATED, Pair
from proratio_tradehub.dashboard.reading import rows
from proratio_tradehub.desk import RiskReport
from proratio_tradehub.journal import accounts
from proratio_tradehub.marks import Mark

__all__ = ["Subject", "account_subject", "chosen_subject", "read_subjects", "with_reporting"]

_ACCOUNTS = (
    "SELECT name, (SELECT max(observed_at) FROM equity_mark WHERE account = name), "
    "(SELECT quote FROM account_trade WHERE account = name ORDER BY opened_at DESC LIMIT 1) "
    "FROM unnest(%s::text[]) AS name"
)

_RUNS = (
    "SELECT id, strategy, simulated, specification->>'exchange', timerange, "
    "specification->'pairs'->>0, created_at "
    "FROM backtest_run ORDER BY created_at DESC, id DESC LIMIT %s"
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What the pages are about.

    Parameters
    ----------
    key
        In the address of the page: the account, or `run:` and the number of a backtest.
    title
        For people.
    mark
        Whose money it is about.
    last_at
        When it was last heard of.
    quote
        The currency its equity is in; empty where nobody said.
    exchange
        Whose candles it trades on; empty where nobody said.
    run_id
        The backtest; None for an account.
    """

    key: str
    title: str
    mark: Mark
    last_at: datetime | None
    quote: str = ""
    exchange: str = ""
    run_id: int | None = None

    @property
    def account(self) -> str | None:
        """The account in every table that has one; None for a backtest."""
        return self.key if self.run_id is None else None


def read_subjects(database: Database, *, most_runs: int = 5) -> tuple[Subject, ...]:
    """Return the accounts of which anything is known, then the newest backtests."""
    known = rows(database, _ACCOUNTS, (list(accounts(database)),))
    traded = (account_subject(name, at, quote or "") for name, at, quote in known)
    runs = (_run(row) for row in rows(database, _RUNS, (most_runs,)))
    return with_reporting((*traded, *runs), ())


def with_reporting(
    subjects: Iterable[Subject], reports: Iterable[RiskReport]
) -> tuple[Subject, ...]:
    """Return the subjects with the accounts of bots that report, the last heard of first.

    Where a LIVE bot reports, it is the first of all: who opens the page wants to know about that.
    """
    known = {subject.key: subject for subject in subjects}
    for report in reports:
        stored = known.get(report.account)
        quote = stored.quote if stored is not None else _quote_of(report)
        known[report.account] = account_subject(report.account, report.updated_at, quote)
    return tuple(sorted(known.values(), key=_rank))


def _quote_of(report: RiskReport) -> str:
    """Return the currency of what is held; empty where nothing is."""
    return next((Pair.parse(held.pair).quote for held in report.positions), "")


def _rank(subject: Subject) -> tuple[bool, bool, float]:
    heard = 0.0 if subject.last_at is None else subject.last_at.timestamp()
    return subject.run_id is not None, subject.mark is not Mark.LIVE, -heard


def account_subject(account: str, last_at: datetime | None, quote: str = "") -> Subject:
    """Return the subject for a bot's account."""
    words = account.split(" ")
    title = f"{' '.join(words[:-3])} · {' '.join(words[-2:])}" if len(words) > 3 else account
    source = words[-2] if len(words) > 2 else ""
    return Subject(account, title, Mark.of_account(account), last_at, quote, source)


def chosen_subject(subjects: Iterable[Subject], key: str | None) -> Subject | None:
    """Return the subject with this key, else the first; None where there is none at all."""
    known = {subject.key: subject for subject in subjects}
    return known.get(key or "") or next(iter(known.values()), None)


def _run(row: tuple[int, str, bool, str, str, str, datetime]) -> Subject:
    run_id, strategy, simulated, exchange, timerange, pair, at = row
    source = SIMULATED if simulated else exchange
    title = f"backtest of {strategy} · {source} {timerange}"
    quote = Pair.parse(pair).quote
    return Subject(f"run:{run_id}", title, Mark.SIMULATED, at, quote, source, run_id)
