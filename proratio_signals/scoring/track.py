"""What was said, joined with what happened and with what rules say to the same candles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from proratio_core.values import SeriesKey
from proratio_signals.opinions import Answer, Ballot, Usage
from proratio_signals.profile import Profile
from proratio_signals.providers.rules import judge
from proratio_signals.scoring.calls import Calls, Floats
from proratio_signals.scoring.outcomes import Outcomes, outcomes_of
from proratio_signals.scoring.regimes import regime_of
from proratio_signals.scoring.statements import THE_VOTE, Statements
from proratio_signals.vote import tally

__all__ = ["Facts", "Track", "Unresolved", "make_track"]

Facts = Mapping[str, Mapping[str, float]]
"""Facts of snapshots by hash."""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Why answers carry no outcome: no opinion, horizon not over, candle missing."""

    abstained: int
    pending: int
    missing: int


@dataclass(frozen=True, eq=False)
class Track:
    """A panel's record, ready to be judged.

    Parameters
    ----------
    calls
        Resolved opinions by voter, the panel's own vote as `THE_VOTE`.
    unresolved
        What is not among them, by voter.
    statements
        The questions whose vote is resolved.
    returns
        Outcome at the panel's horizon of each of them, shape (n,).
    resolved_ms
        When it was known, shape (n,).
    """

    calls: Mapping[str, Calls]
    unresolved: Mapping[str, Unresolved]
    statements: Statements
    returns: Floats
    resolved_ms: npt.NDArray[np.int64]


def make_track(
    statements: Statements,
    frames: Mapping[SeriesKey, pd.DataFrame],
    facts: Facts,
    *,
    profile: Profile,
    until_ms: int,
) -> Track:
    """Return the record of a panel.

    Parameters
    ----------
    statements
        What its voters said.
    frames
        Candles of every series asked about.
    facts
        What each snapshot said.
    profile
        The panel, in the order of the voters of the statements.
    until_ms
        The moment this is computed for.
    """
    rules = _rules_actions(statements, facts, profile)
    regimes = np.array([regime_of(facts[name]) for name in statements.snapshots], np.int8)
    calls: dict[str, Calls] = {}
    unresolved: dict[str, Unresolved] = {}
    columns = [
        (
            voter,
            statements.horizon_candles[:, seat],
            statements.action[:, seat],
            statements.confidence[:, seat],
            statements.expected_return_frac[:, seat],
        )
        for seat, voter in enumerate(statements.voters)
    ]
    vote = statements.vote_action, statements.vote_score, np.full(len(statements), np.nan)
    columns.append((THE_VOTE, statements.vote_horizon_candles, *vote))
    for seat, (name, horizon, action, confidence, expected) in enumerate(columns):
        outcomes = _outcomes(statements, frames, horizon, until_ms)
        known = (horizon > 0) & ~np.isnan(outcomes.return_frac)
        whole = Calls(
            statements.times_ms,
            outcomes.resolved_ms,
            statements.series,
            action,
            confidence,
            expected,
            outcomes.return_frac,
            rules[:, seat],
            regimes,
        )
        calls[name] = whole.where(known)
        unresolved[name] = _unresolved(outcomes, horizon)
    return Track(
        calls,
        unresolved,
        statements.where(known),
        outcomes.return_frac[known],
        whole.resolved_ms[known],
    )


def _outcomes(
    statements: Statements,
    frames: Mapping[SeriesKey, pd.DataFrame],
    horizon: npt.NDArray[np.int64],
    until_ms: int,
) -> Outcomes:
    """Return the outcomes of opinions on several series, in their own order."""
    returns = np.full(len(statements), np.nan)
    resolved = np.zeros(len(statements), np.int64)
    pending = np.zeros(len(statements), np.bool_)
    for place, key in enumerate(statements.keys):
        inside = statements.series == place
        found = outcomes_of(
            frames[key],
            statements.times_ms[inside],
            horizon[inside],
            timeframe=key.timeframe,
            until_ms=until_ms,
        )
        returns[inside], resolved[inside] = found.return_frac, found.resolved_ms
        pending[inside] = found.is_pending
    return Outcomes(returns, resolved, pending)


def _unresolved(outcomes: Outcomes, horizon: npt.NDArray[np.int64]) -> Unresolved:
    spoke = horizon > 0
    return Unresolved(
        abstained=int((~spoke).sum()),
        pending=int((spoke & outcomes.is_pending).sum()),
        missing=int((spoke & outcomes.is_missing).sum()),
    )


def _rules_actions(statements: Statements, facts: Facts, profile: Profile) -> npt.NDArray[np.int8]:
    """Return what the rules of each seat say, and what they come to, shape (n, v + 1)."""
    actions = np.zeros((len(statements), len(profile.voters) + 1), np.int8)
    for line, name in enumerate(statements.snapshots):
        said = [judge(voter.role, facts[name]) for voter in profile.voters]
        ballots = [
            Ballot(voter, Answer(opinion, "", Usage(), latency_s=0.0, cost_usd=0.0), "")
            for voter, opinion in zip(profile.voters, said, strict=True)
        ]
        consensus = tally(ballots, threshold=profile.threshold, quorum=profile.quorum)
        actions[line] = [*(opinion.action.code for opinion in said), consensus.action.code]
    return actions
