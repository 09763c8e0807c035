"""Votes for the page Consensus, made by hand."""

from __future__ import annotations

from datetime import timedelta

from proratio_signals.opinions import (
    Abstention,
    AbstentionKind,
    Action,
    Answer,
    Ballot,
    Opinion,
    Usage,
)
from proratio_signals.profile import Voter
from proratio_tradehub.dashboard.consensus.figures import Bench, Line, Sheet
from tests.tradehub.dashboard.drawing import NOW

BENCH = Bench(1, 2, "BTC/USDT", "1h", "consensus", 0.6, 7)


def a_ballot(
    name: str,
    weight: float,
    action: Action | None,
    *,
    confidence: float = 0.8,
    reasoning: str = "because",
    risks: tuple[str, ...] = (),
) -> Ballot:
    """Return what one voter said; without an action it abstained."""
    voter = Voter(name=name, provider="openai", role="risk", weight=weight, model="example-1")
    result = (
        Abstention(AbstentionKind.TIMEOUT, reasoning)
        if action is None
        else Opinion(action, confidence, 0.012, 12, reasoning, ("a factor",), risks)
    )
    cost = None if action is None else 0.004
    return Ballot(voter, Answer(result, "", Usage(1_900, 210), 2.3, cost), "ab")


def a_sheet(*ballots: Ballot, action: Action = Action.BUY, score: float = 0.72) -> Sheet:
    """Return a vote of three minutes ago, there four seconds after the close."""
    closed = NOW - timedelta(minutes=3)
    line = Line(7, closed, action, score, 0.25, 0.75, degraded=True)
    return Sheet(line, closed + timedelta(seconds=4), "live", ballots)
