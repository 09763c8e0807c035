from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd
import pytest

from proratio_core.candles.frame import DATE_DTYPE
from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_core.values import Timeframe
from proratio_signals.history import in_time, read_votes
from proratio_signals.ledger import Decision, Ledger, LedgerVote, Origin
from proratio_signals.opinions import Action
from proratio_signals.questions import Question
from proratio_signals.snapshot import Windows
from proratio_signals.vote import tally
from tests.signals.samples import (
    BTC,
    ETH,
    HOUR,
    STRICT,
    ballots,
    candle_frame,
    close_of,
    panel_profile,
    said,
)

PROFILE = panel_profile()
FRAME = candle_frame(320)
WINDOWS = Windows(FRAME, BTC)


def _record(
    database: Database, indices: range, *, confidence: float = 0.9, late: timedelta = HOUR / 60
) -> tuple[LedgerVote, ...]:
    answers = (said(Action.BUY, confidence),) * 3
    consensus = tally(ballots(*answers), threshold=0.6, quorum=STRICT)
    decisions = [
        Decision(
            Question(BTC, close_of(index)),
            WINDOWS.at(close_of(index)),
            consensus,
            Origin.BACKFILL,
            close_of(index) + late,
        )
        for index in indices
    ]
    return Ledger(database).record(decisions, PROFILE)


def _read(database: Database, until: datetime) -> pd.DataFrame:
    return read_votes(database, BTC, profile_hash=PROFILE.hash, until=until)


def test_votes_come_back_typed_and_ascending(database: Database) -> None:
    votes = _record(database, range(300, 305))

    frame = _read(database, close_of(319))

    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
        "date": DATE_DTYPE,
        "vote_id": "int64",
        "action": "int8",
        "score": "float64",
        "degraded": "bool",
        "available_at": DATE_DTYPE,
    }
    assert list(frame["vote_id"]) == [vote.id for vote in votes]
    assert list(frame["date"]) == [vote.question.as_of for vote in votes]
    assert list(frame["available_at"]) == [vote.available_at for vote in votes]
    assert set(frame["action"]) == {1}


def test_nothing_after_the_moment_of_reading_is_ever_seen(database: Database) -> None:
    _record(database, range(300, 310))

    for index in range(298, 311):
        seen = _read(database, close_of(index))
        assert len(seen) == max(0, min(index, 309) - 299)
        assert (seen["date"] <= pd.Timestamp(close_of(index))).all()


def test_moment_just_before_a_close_does_not_see_its_vote(database: Database) -> None:
    _record(database, range(300, 301))

    assert _read(database, close_of(300) - timedelta(milliseconds=1)).empty
    assert len(_read(database, close_of(300))) == 1


def test_latest_attempt_replaces_the_earlier_one(database: Database) -> None:
    _record(database, range(300, 303))
    (again,) = _record(database, range(301, 302), confidence=0.5)

    frame = _read(database, close_of(319))

    assert len(frame) == 3
    assert frame["vote_id"][1] == again.id
    assert frame["action"][1] == 0


def test_series_without_votes_gives_an_empty_typed_frame(database: Database) -> None:
    frame = read_votes(database, ETH, profile_hash=PROFILE.hash, until=close_of(1))

    assert frame.empty
    assert str(frame["date"].dtype) == DATE_DTYPE


def test_moment_without_zone_is_refused(database: Database) -> None:
    with pytest.raises(DataError, match="without a timezone"):
        _read(database, close_of(1).replace(tzinfo=None))


@pytest.mark.parametrize(("late", "counts"), [(HOUR - timedelta(seconds=1), True), (HOUR, False)])
def test_vote_that_came_after_the_next_close_does_not_count(
    database: Database, late: timedelta, counts: bool
) -> None:
    _record(database, range(300, 301), late=late)

    votes = _read(database, close_of(319))

    assert in_time(votes, Timeframe.H1).tolist() == [counts]
