"""Votes put straight into a ledger, as if the panel of `samples.py` had been asked."""

from __future__ import annotations

from datetime import timedelta

from proratio_core.database import Database
from proratio_core.values import SeriesKey
from proratio_signals.ledger import Decision, Ledger, LedgerVote, Origin
from proratio_signals.opinions import Answer
from proratio_signals.profile import Profile
from proratio_signals.questions import Question
from proratio_signals.snapshot import Windows
from proratio_signals.vote import tally
from tests.signals.samples import BTC, ETH, HOUR, STRICT, ballots, candle_frame, close_of

WINDOWS = {BTC: Windows(candle_frame(320), BTC), ETH: Windows(candle_frame(320, seed=2), ETH)}


def record(
    database: Database,
    index: int,
    *answers: Answer,
    profile: Profile,
    key: SeriesKey = BTC,
    late: timedelta = HOUR / 60,
) -> LedgerVote:
    """Record what the three seats said about the candle at `index` of `candle_frame`."""
    consensus = tally(ballots(*answers), threshold=0.6, quorum=STRICT)
    close = close_of(index)
    snapshot = WINDOWS[key].at(close)
    question = Question(key, close)
    decision = Decision(question, snapshot, consensus, Origin.BACKFILL, close + late)
    (vote,) = Ledger(database).record([decision], profile)
    return vote
