"""Whether anything a backtest stands on has seen the future: the strategy, or its votes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_signals.causality import unfounded_votes
from proratio_signals.ledger import Ledger, LedgerVote
from proratio_tradehub.backtesting.backtester import Backtester
from proratio_tradehub.backtesting.request import BacktestRequest

if TYPE_CHECKING:
    from proratio_quantlab.freqtrade_causality import LeakReport

__all__ = ["CausalityReport", "check_causality"]


@dataclass(frozen=True)
class CausalityReport:
    """What was looked at and what was found.

    Parameters
    ----------
    strategy
        Candles judged twice, knowing the future and not.
    votes
        How many votes were traced back to the candles of their moment.
    unfounded
        Those that do not follow from them.
    """

    strategy: LeakReport
    votes: int
    unfounded: tuple[LedgerVote, ...]

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found."""
        return not self.strategy.leaks and not self.unfounded


def check_causality(
    backtester: Backtester, request: BacktestRequest, database: Database, *, samples: int
) -> CausalityReport:
    """Judge candles and votes again with everything after them taken away.

    Parameters
    ----------
    backtester
        Prepares the run and has the engine.
    request
        Which strategy on what.
    database
        Where votes and candles are.
    samples
        Per pair, how many candles with a signal and how many without one are judged again.

    Raises
    ------
    ConfigurationError, DataError, TransientError
        As for a backtest.
    """
    prepared = backtester.prepare(request)
    runner = backtester.runner
    from proratio_quantlab.freqtrade_causality import find_leaks  # noqa: PLC0415  # Freqtrade

    leaks = find_leaks(runner, prepared.specification, samples=samples)
    if prepared.profile is None:
        return CausalityReport(leaks, 0, ())
    ledger, store = Ledger(database), CandleStore(database)
    profile_hash = prepared.profile.hash
    votes = sum(len(ledger.votes(key, profile_hash)) for key in request.series)
    unfounded = [
        vote
        for key in request.series
        for vote in unfounded_votes(ledger, store, key, profile_hash=profile_hash)
    ]
    return CausalityReport(leaks, votes, tuple(unfounded))
