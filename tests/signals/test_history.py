from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.candles.frame import DATE_DTYPE
from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_core.values import Timeframe
from proratio_signals.history import NO_VOTE, merge_votes, read_votes
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


def test_vote_stands_beside_the_candle_it_judged(database: Database) -> None:
    (vote,) = _record(database, range(300, 301))

    merged = merge_votes(FRAME, _read(database, close_of(319)), timeframe=Timeframe.H1)

    assert list(np.flatnonzero(merged["vote_id"])) == [300]
    assert merged["vote_id"][300] == vote.id
    assert merged["vote_action"][300] == 1
    assert merged["vote_score"][300] == pytest.approx(0.9)
    assert not merged["vote_degraded"][300]
    pd.testing.assert_frame_equal(merged[FRAME.columns], FRAME)


def test_candle_without_a_vote_offers_nothing_to_act_on(database: Database) -> None:
    merged = merge_votes(FRAME, _read(database, close_of(319)), timeframe=Timeframe.H1)

    assert (merged["vote_id"] == NO_VOTE).all()
    assert (merged["vote_action"] == 0).all()
    assert merged["vote_degraded"].all()


@pytest.mark.parametrize(("late", "counts"), [(HOUR - timedelta(seconds=1), True), (HOUR, False)])
def test_vote_that_came_after_the_next_close_does_not_count(
    database: Database, late: timedelta, counts: bool
) -> None:
    _record(database, range(300, 301), late=late)

    merged = merge_votes(FRAME, _read(database, close_of(319)), timeframe=Timeframe.H1)

    assert bool(merged["vote_id"].any()) is counts


@given(
    judged=st.sets(st.integers(0, 60)),
    cut=st.integers(0, 60),
    first=st.integers(0, 20),
)
def test_merge_equals_pandas_and_never_looks_ahead(judged: set[int], cut: int, first: int) -> None:
    candles = candle_frame(60).iloc[first:].reset_index(drop=True)
    closes = pd.Series([close_of(i) for i in sorted(judged)], dtype=DATE_DTYPE)
    votes = pd.DataFrame(
        {
            "date": closes,
            "vote_id": np.arange(1, len(closes) + 1),
            "action": np.ones(len(closes), np.int8),
            "score": np.linspace(0.1, 0.9, len(closes)),
            "degraded": np.zeros(len(closes), np.bool_),
            "available_at": closes,
        }
    )
    merged = merge_votes(candles, votes, timeframe=Timeframe.H1)
    expected = candles.assign(close_time=candles["date"] + HOUR).merge(
        votes, left_on="close_time", right_on="date", how="left"
    )

    assert merged["vote_id"].tolist() == expected["vote_id"].fillna(0).astype(int).tolist()
    known = votes[votes["date"] <= pd.Timestamp(close_of(cut))].reset_index(drop=True)
    part = candles[candles["date"] <= pd.Timestamp(close_of(cut) - HOUR)]
    early = merge_votes(part, known, timeframe=Timeframe.H1)
    pd.testing.assert_frame_equal(early, merged.iloc[: len(part)])
