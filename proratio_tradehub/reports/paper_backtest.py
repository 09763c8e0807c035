"""Trades of an account beside a stored backtest of the same days: did they come to the same.

Source of the limit: the requirement that paper trading stays within 20% of its backtest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from proratio_core.database import Database
from proratio_quantlab.reconciliation import Reconciliation, Tolerances, reconcile
from proratio_quantlab.results import BacktestResult, ResultStore, Trade
from proratio_quantlab.specification import Specification
from proratio_tradehub.account_name import AccountName
from proratio_tradehub.journal import AccountTrade
from proratio_tradehub.marks import Mark
from proratio_tradehub.reports.period import Period
from proratio_tradehub.strategies.gate import profile_of

__all__ = ["MOST_DEVIATION_FRAC", "PaperBacktest", "compare_with_backtest", "read_comparisons"]

MOST_DEVIATION_FRAC: Final = 0.20
_MOST_RUNS: Final = 50
_FLAT_FRAC: Final = 1e-9


@dataclass(frozen=True)
class PaperBacktest:
    """One strategy's trades on both sides.

    Parameters
    ----------
    strategy
        Its name.
    run_hash
        Of the backtest; empty when none covers the days.
    since, until
        What both cover, UTC.
    reconciliation
        Trade by trade; None without a backtest.
    """

    strategy: str
    run_hash: str = ""
    since: datetime | None = None
    until: datetime | None = None
    reconciliation: Reconciliation | None = None

    @property
    def paper_frac(self) -> float:
        """Sum of the profits of all trades of the account, each as a fraction of its stake."""
        if self.reconciliation is None:
            return 0.0
        matched = (pair.paper for pair in self.reconciliation.matched)
        return _profit(matched) + _profit(self.reconciliation.only_paper)

    @property
    def backtest_frac(self) -> float:
        """The same of the backtest."""
        if self.reconciliation is None:
            return 0.0
        matched = (pair.backtest for pair in self.reconciliation.matched)
        return _profit(matched) + _profit(self.reconciliation.only_backtest)

    @property
    def deviation_frac(self) -> float | None:
        """How far the account's profit is from the backtest's, as a fraction of the latter.

        None without a backtest, and where the backtest neither gained nor lost.
        """
        if self.reconciliation is None or self.reconciliation.agreement_frac is None:
            return None
        if abs(self.backtest_frac) < _FLAT_FRAC:
            return None
        return abs(self.paper_frac - self.backtest_frac) / abs(self.backtest_frac)

    @property
    def is_within(self) -> bool | None:
        """Whether it is near enough; None where that cannot be said."""
        deviation = self.deviation_frac
        return None if deviation is None else deviation <= MOST_DEVIATION_FRAC

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it in plain words."""
        return tuple(self._sentences())

    def _sentences(self) -> Iterator[str]:
        if self.reconciliation is None or self.since is None or self.until is None:
            yield (
                f"{self.strategy}: no stored backtest covers these days; run one: proratio "
                f"backtest {self.strategy} --timerange ..."
            )
            return
        span = f"{self.since:%Y-%m-%d %H:%M} to {self.until:%Y-%m-%d %H:%M} UTC"
        yield f"{self.strategy}, run {self.run_hash[:12]}, {span}."
        deviation = self.deviation_frac
        if deviation is not None:
            yield (
                f"Profits add up to {self.paper_frac:+.2%} of a stake here and to "
                f"{self.backtest_frac:+.2%} in the backtest: {deviation:.0%} apart, "
                f"{'within' if self.is_within else 'NOT within'} {MOST_DEVIATION_FRAC:.0%}."
            )
        if self.is_within is False:
            yield from self._reasons(self.reconciliation)
        yield from self.reconciliation.lines

    def _reasons(self, found: Reconciliation) -> Iterator[str]:
        matched = sum(pair.profit_difference_frac for pair in found.matched)
        here, there = _profit(found.only_paper), _profit(found.only_backtest)
        yield (
            f"Of the difference, {matched:+.2%} comes from trades both made, {here:+.2%} from "
            f"those made here alone, {-there:+.2%} from those of the backtest alone."
        )


def read_comparisons(
    database: Database, account: str, trades: Sequence[AccountTrade], period: Period
) -> tuple[PaperBacktest, ...]:
    """Return one comparison for each strategy that traded, by name.

    Raises
    ------
    TransientError
        The database is away.
    """
    names = sorted({trade.strategy for trade in trades if not trade.is_open})
    source = AccountName.parse(account).source
    is_replayed = Mark.of_account(account) is Mark.SIMULATED
    found = []
    for name in names:
        own = [trade for trade in trades if trade.strategy == name]
        run = _run_of(database, name, own, period, source=None if is_replayed else source)
        found.append(compare_with_backtest(name, own, run, period))
    return tuple(found)


def compare_with_backtest(
    strategy: str, trades: Iterable[AccountTrade], run: BacktestResult | None, period: Period
) -> PaperBacktest:
    """Return a strategy's closed trades beside those of a run; without a run, nothing beside. Pure.

    Both sides count trades opened and closed within the period and what the run covers.
    """
    if run is None:
        return PaperBacktest(strategy)
    first, last = _span(run)
    since, until = max(first, period.since), min(last, period.until)
    if since >= until:
        return PaperBacktest(strategy)
    paper = [trade for one in trades if (trade := _closed(one)) is not None]
    candle_s = run.specification.timeframe.ms / 1000.0
    ours, theirs = (
        [trade for trade in side if trade.closed_at < until] for side in (paper, run.trades)
    )
    matched = reconcile(
        ours, theirs, start=since, end=until, tolerances=Tolerances(time_s=candle_s)
    )
    return PaperBacktest(strategy, run.run_hash, since, until, matched)


def _run_of(
    database: Database,
    strategy: str,
    trades: Sequence[AccountTrade],
    period: Period,
    *,
    source: str | None,
) -> BacktestResult | None:
    """Return the newest run of the same strategy, market, pairs and voters on these days."""
    pairs = {trade.symbol for trade in trades}
    voters = {profile_of(trade.enter_tag or "") for trade in trades}
    with database.transaction() as cursor:
        cursor.execute(
            "SELECT specification FROM backtest_run WHERE strategy = %s "
            "ORDER BY created_at DESC, id DESC LIMIT %s",
            (strategy, _MOST_RUNS),
        )
        known = [Specification.from_json(document) for (document,) in cursor.fetchall()]
    for one in known:
        is_same = (
            (source is None or one.exchange == source)
            and pairs <= {str(pair) for pair in one.pairs}
            and voters <= {one.profile or ""}
        )
        start, end = one.timerange.start, one.timerange.end
        is_meeting = (start is None or start < period.until) and (end is None or end > period.since)
        if is_same and is_meeting:
            return ResultStore(database).find(one.hash)
    return None


def _span(run: BacktestResult) -> tuple[datetime, datetime]:
    """Return what a run covers: its timerange, and where that is open, its equity."""
    start, end = run.specification.timerange.start, run.specification.timerange.end
    dates = run.equity["date"]
    return start or dates.iloc[0].to_pydatetime(), end or dates.iloc[-1].to_pydatetime()


def _closed(trade: AccountTrade) -> Trade | None:
    if trade.closed_at is None or trade.close_rate is None:
        return None
    return Trade(
        pair=trade.symbol,
        opened_at=trade.opened_at,
        closed_at=trade.closed_at,
        open_rate=trade.open_rate,
        close_rate=trade.close_rate,
        amount=trade.amount,
        stake_quote=trade.stake_quote,
        profit_quote=trade.profit_quote or 0.0,
        profit_frac=trade.profit_frac or 0.0,
        fees_quote=trade.fee_open_quote + (trade.fee_close_quote or 0.0),
        exit_reason=trade.exit_reason or "",
        enter_tag=trade.enter_tag or "",
    )


def _profit(trades: Iterable[Trade]) -> float:
    return sum(trade.profit_frac for trade in trades)
