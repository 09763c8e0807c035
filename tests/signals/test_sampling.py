from __future__ import annotations

import pytest

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_core.values import Timerange
from proratio_signals.backfill import Prospect
from proratio_signals.ledger import Ledger
from proratio_signals.opinions import Action
from proratio_signals.questions import Question
from proratio_signals.sampling import draw_sample
from tests.signals.recording import record
from tests.signals.samples import BTC, ETH, candle_frame, close_of, panel_profile, said, silent

PROFILE = panel_profile()
BUY = said(Action.BUY, 0.9)


@pytest.fixture
def voted(database: Database) -> Database:
    for key, seed in ((BTC, 1), (ETH, 2)):
        CandleStore(database).write(key, candle_frame(320, seed=seed))
        for index in range(300, 310):
            record(database, index, BUY, BUY, BUY, profile=PROFILE, key=key)
    return database


def sampled(database: Database, size: int, timerange: Timerange | None = None) -> tuple[Question]:
    prospect = Prospect(PROFILE, CandleStore(database))
    span = timerange or Timerange()
    return draw_sample((BTC, ETH), prospect, Ledger(database), timerange=span, size=size)


def test_a_larger_sample_holds_the_smaller_and_every_pair(voted: Database) -> None:
    few, many = sampled(voted, 8), sampled(voted, 16)

    assert many[:8] == few == sampled(voted, 8)
    assert {question.key for question in many} == {BTC, ETH}
    assert len(sampled(voted, 100)) == 20


def test_only_answered_questions_of_the_span_are_drawn(voted: Database) -> None:
    span = Timerange(close_of(302), close_of(304))
    record(voted, 311, BUY, silent(), BUY, profile=PROFILE)

    assert {question.as_of for question in sampled(voted, 9, span)} == {
        close_of(302),
        close_of(303),
    }
    assert close_of(311) not in {question.as_of for question in sampled(voted, 100)}


def test_candles_that_have_changed_since_are_not_asked_about(voted: Database) -> None:
    CandleStore(voted).write(BTC, candle_frame(320, seed=7))

    assert {question.key for question in sampled(voted, 100)} == {ETH}
