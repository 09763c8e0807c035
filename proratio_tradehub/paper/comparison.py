"""A session beside the backtest of the same candles: what agrees, and why the rest does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from proratio_core.clock import Clock
from proratio_core.database import Database
from proratio_core.replay import RecordedMarket, load_markets
from proratio_core.settings import Settings
from proratio_core.values import Timerange
from proratio_quantlab.reconciliation import Difference, Reconciliation, Tolerances, reconcile
from proratio_quantlab.results import Trade
from proratio_tradehub.backtesting import Backtester, BacktestRequest
from proratio_tradehub.paper.causes import Cause, Explained, explain_alone, explain_match
from proratio_tradehub.paper.outcome import Outcome
from proratio_tradehub.paper.plan import ReplayPlan

__all__ = ["Agreement", "compare_with_backtest", "judge"]

_OTHER_EXITS = frozenset({Difference.EXIT_TIME, Difference.EXIT_REASON})


@dataclass(frozen=True)
class Agreement:
    """How a session and its backtest agree.

    Parameters
    ----------
    reconciliation
        The trades of both, side by side.
    explained
        Every difference with its cause.
    """

    reconciliation: Reconciliation
    explained: tuple[Explained, ...]

    @property
    def entries(self) -> int:
        """Entries that either side made."""
        found = self.reconciliation
        return len(found.matched) + len(found.only_paper) + len(found.only_backtest)

    @property
    def entries_matched(self) -> int:
        """Entries that both sides made, within a candle."""
        return len(self.reconciliation.matched)

    @property
    def exits_matched(self) -> int:
        """Of those, how many were left for the same reason within a candle, at whatever price."""
        matched = self.reconciliation.matched
        return sum(not _OTHER_EXITS & set(trade.differences) for trade in matched)

    @property
    def unexplained(self) -> int:
        """Differences that the data does not explain."""
        return sum(one.cause is Cause.UNEXPLAINED for one in self.explained)

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it in plain words, a line for each difference."""
        return (*self.reconciliation.lines, *map(str, self.explained))


def compare_with_backtest(
    outcome: Outcome, settings: Settings, database: Database, clock: Clock
) -> Agreement:
    """Run the backtest of what the session traded, with the same terms, and compare.

    Raises
    ------
    ConfigurationError
        The backtest cannot be run.
    """
    plan = outcome.plan
    request = BacktestRequest(
        plan.strategy,
        plan.exchange,
        plan.pairs,
        plan.timeframe,
        plan.backtested(outcome.until),
        profile=plan.profile,
        risk=plan.risk,
    )
    with Backtester(settings, database, clock=clock) as backtester:
        result = backtester.run(request).comparison.gated
    markets = load_markets(
        database,
        plan.exchange,
        pairs=plan.pairs,
        timerange=Timerange(plan.start - plan.candle, plan.end + plan.candle),
        timeframes=[plan.timeframe],
    )
    return judge(outcome, result.trades, markets)


def judge(
    outcome: Outcome, backtested: Sequence[Trade], markets: Sequence[RecordedMarket]
) -> Agreement:
    """Return how a session's trades agree with a backtest's.

    Parameters
    ----------
    outcome
        The session.
    backtested
        The trades of the backtest.
    markets
        The candles of both.
    """
    plan = outcome.plan
    paper = tuple(_as_backtested(trade) for trade in outcome.trades)
    found = reconcile(
        paper,
        backtested,
        start=plan.start,
        end=outcome.until,
        tolerances=Tolerances(time_s=plan.timeframe.ms / 1000),
    )
    return Agreement(found, tuple(_explained(found, (paper, backtested), markets, plan)))


def _explained(
    found: Reconciliation,
    sides: tuple[Sequence[Trade], Sequence[Trade]],
    markets: Sequence[RecordedMarket],
    plan: ReplayPlan,
) -> Iterator[Explained]:
    by_pair = {str(market.pair): market for market in markets}
    for match in found.matched:
        yield from explain_match(match, by_pair[match.paper.pair], plan, sides=sides)
    for trade in found.only_paper:
        yield explain_alone(trade, *sides, what="on paper only")
    for trade in found.only_backtest:
        yield explain_alone(trade, *sides[::-1], what="in the backtest only")


def _as_backtested(trade: Trade) -> Trade:
    """Return the trade with its stop named as a backtest's, which knows no stop on an exchange."""
    on_exchange = trade.exit_reason == "stoploss_on_exchange"
    return replace(trade, exit_reason="stop_loss") if on_exchange else trade
