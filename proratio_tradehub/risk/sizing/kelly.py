"""A part of the Kelly stake, as far as the scored history supports one.

Of an entry that gains b with probability p and loses a with probability q = 1 - p, both as
fractions of what is staked, the stake that makes the logarithm of wealth grow fastest is, as a
fraction of wealth,

    f = p/a - q/b

(Thorp 2006, "The Kelly criterion in blackjack, sports betting, and the stock market", section 7).
An estimated p makes that stake too large on average, so p is shrunk towards a/(a + b), at which
there is no edge and f is 0, as if `PRIOR_ENTRIES` more entries had shown none; the need for
shrinkage is Baker and McHale's (2013, "Optimal betting under parameter uncertainty").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.rules.room import stake_within
from proratio_tradehub.risk.scored import ScoredHistory
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Finding, Refusal

__all__ = ["LEAST_ENTRIES", "PRIOR_ENTRIES", "KellyRule", "kelly_stake_frac"]

PRIOR_ENTRIES: Final = 50
"""How many scored entries the belief that there is no edge weighs."""

LEAST_ENTRIES: Final = 30
"""Fewer scored entries say nothing yet; the other ways of sizing hold alone."""


def kelly_stake_frac(history: ScoredHistory) -> float | None:
    """Return the full Kelly stake of a history, shrunk.

    Parameters
    ----------
    history
        Scored outcomes, after costs.

    Returns
    -------
    float or None
        Notional value over equity; at most 0 when the history shows no edge, as one that never won
        does not, None when it is too short or never lost.

    Examples
    --------
    60 wins and 40 losses of 2% each: p is shrunk to (60 + 25) / 150, and f = 0.1333 / 0.02.

    >>> round(kelly_stake_frac(ScoredHistory(60, 40, 0.02, 0.02)), 2)
    6.67
    """
    gain, loss = history.mean_win_frac, history.mean_loss_frac
    if history.count < LEAST_ENTRIES:
        return None
    if gain == 0.0:
        return 0.0
    if loss == 0.0:
        return None
    no_edge = loss / (loss + gain)
    won = (history.wins + PRIOR_ENTRIES * no_edge) / (history.count + PRIOR_ENTRIES)
    return won / loss - (1.0 - won) / gain


@dataclass(frozen=True, slots=True)
class KellyRule:
    """Cap the stake at a part of the Kelly stake; refuse once the history shows no edge.

    Parameters
    ----------
    kelly_frac
        The part, 0 to 1; a quarter is usual, since a full one bears the estimate's whole error.
    """

    name: ClassVar[str] = "kelly"
    kelly_frac: float

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:
        """Cap the stake, or refuse."""
        full = None if intent.history is None else kelly_stake_frac(intent.history)
        if full is None:
            return None
        if full <= 0.0:
            return Refusal(
                self.name,
                "the scored history shows no edge: its Kelly stake is not above zero",
                observed=full,
                limit=0.0,
            )
        return stake_within(
            intent,
            rule=self.name,
            used_quote=0.0,
            limit_quote=self.kelly_frac * full * state.equity_quote,
            per_stake_frac=intent.leverage,
        )
