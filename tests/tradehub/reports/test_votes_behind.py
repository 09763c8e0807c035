"""The vote behind an entry, in a real ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from proratio_core.database import Database
from proratio_core.values import SeriesKey, Timeframe
from proratio_signals.ledger import Ledger
from proratio_signals.opinions import Action, Answer, Opinion
from proratio_signals.questions import Question
from proratio_tradehub.reports import VoteBehind, vote_behind
from proratio_tradehub.strategies.gate import signal_id
from tests.signals.samples import BTC, close_of, panel_profile, said, silent
from tests.signals.test_ledger import _decision

PROFILE = panel_profile()
AS_OF = close_of(300)
TAG = signal_id("test", int(AS_OF.timestamp() * 1000), strategy="Momentum")


def expecting(confidence: float, move: float, horizon: int) -> Answer:
    answer = said(Action.BUY, confidence)
    assert isinstance(answer.result, Opinion)
    opinion = replace(
        answer.result, expected_return_frac=move, horizon_candles=horizon, confidence=confidence
    )
    return replace(answer, result=opinion)


CAST = (expecting(1.0, 0.02, 10), expecting(1.0, 0.04, 30), said(Action.HOLD, 0.4))


def found(database: Database, **changes: object) -> VoteBehind | None:
    asked = {
        "source": "binance",
        "symbol": "BTC/USDT",
        "tag": TAG,
        "opened_at": AS_OF + timedelta(minutes=1),
    }
    return vote_behind(database, **(asked | changes))  # type: ignore[arg-type]


def test_an_entrys_vote_is_found_with_what_those_for_it_expect(database: Database) -> None:
    Ledger(database).record([_decision(300, answers=CAST)], PROFILE)
    vote = found(database)
    assert vote is not None
    assert (vote.action, vote.threshold, vote.timeframe) == (Action.BUY, 0.6, Timeframe.H1)
    assert vote.score == pytest.approx(0.75)
    assert [ballot.voter.name for ballot in vote.ballots] == [v.name for v in PROFILE.voters]
    assert vote.expectation is not None
    assert vote.expectation.return_frac == pytest.approx((0.4 * 0.02 + 0.35 * 0.04) / 0.75)
    assert vote.expectation.horizon_candles == round((0.4 * 10 + 0.35 * 30) / 0.75)


@pytest.mark.parametrize(
    "changes",
    [
        {"tag": None},
        {"tag": "a tag of somebody's own"},
        {"source": "replay"},
        {"symbol": "ETH/USDT"},
        {"opened_at": AS_OF},
    ],
    ids=str,
)
def test_what_names_no_vote_that_was_there_in_time_finds_none(
    database: Database, changes: dict[str, object]
) -> None:
    Ledger(database).record([_decision(300, answers=CAST)], PROFILE)
    assert found(database, **changes) is None


def test_of_several_candle_lengths_the_one_that_did_not_hold_counts(database: Database) -> None:
    other = SeriesKey("binance", BTC.pair, Timeframe.M15)
    held = replace(
        _decision(300, answers=(silent(), silent(), silent())), question=Question(other, AS_OF)
    )
    Ledger(database).record([_decision(300, answers=CAST), held], PROFILE)
    vote = found(database)
    assert vote is not None
    assert vote.timeframe is Timeframe.H1


def test_where_nobody_was_for_it_nothing_is_expected() -> None:
    vote = VoteBehind(Action.HOLD, 0.0, 0.6, Timeframe.H1, ())
    assert vote.expectation is None
