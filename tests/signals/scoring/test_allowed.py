from __future__ import annotations

import numpy as np
import pytest

from proratio_core.candles import CandleStore
from proratio_core.clock import to_ms
from proratio_core.database import Database
from proratio_core.values import SeriesKey
from proratio_signals.opinions import Action, Answer, Opinion, Usage
from proratio_signals.scoring.allowed import read_allowed
from tests.signals.recording import record
from tests.signals.samples import BTC, ETH, HOUR, candle_frame, close_of, panel_profile, said

PROFILE = panel_profile()
BUY, HOLD, SELL = (said(action, 0.9) for action in (Action.BUY, Action.HOLD, Action.SELL))
CLOSES = candle_frame(320)["close"].to_numpy(np.float64)


def _looking(candles: int) -> Answer:
    opinion = Opinion(Action.BUY, 0.9, 0.01, horizon_candles=candles, reasoning="because")
    return Answer(opinion, "m-1", Usage(10, 5), latency_s=0.5, cost_usd=0.001)


@pytest.fixture
def ledger(database: Database) -> Database:
    for key, seed in ((BTC, 1), (ETH, 2)):
        CandleStore(database).write(key, candle_frame(320, seed=seed))
    return database


def _read(database: Database, *keys: SeriesKey, until: int = 319) -> tuple[list[int], np.ndarray]:
    found = read_allowed(database, PROFILE, keys or (BTC,), until=close_of(until))
    return found.resolved_ms.tolist(), found.return_frac


def test_outcome_is_the_move_from_the_judged_close_over_the_median_horizon(
    ledger: Database,
) -> None:
    record(ledger, 260, *map(_looking, (4, 12, 9)), profile=PROFILE)

    resolved_ms, returns = _read(ledger)

    assert resolved_ms == [to_ms(close_of(269))]
    assert returns == pytest.approx([CLOSES[269] / CLOSES[260] - 1])


def test_only_a_buy_that_came_in_time_counts_and_its_latest_attempt_does(
    ledger: Database,
) -> None:
    record(ledger, 260, BUY, BUY, BUY, profile=PROFILE)
    record(ledger, 261, BUY, BUY, BUY, late=HOUR, profile=PROFILE)  # the next candle is over
    record(ledger, 262, HOLD, HOLD, HOLD, profile=PROFILE)
    record(ledger, 263, SELL, SELL, SELL, profile=PROFILE)
    record(ledger, 264, BUY, BUY, BUY, profile=PROFILE)
    record(ledger, 264, HOLD, HOLD, HOLD, profile=PROFILE)
    record(ledger, 265, BUY, BUY, BUY, profile=panel_profile(threshold=0.61))

    assert _read(ledger)[0] == [to_ms(close_of(284))]


def test_several_series_are_one_record_and_others_are_left_out(ledger: Database) -> None:
    record(ledger, 262, BUY, BUY, BUY, profile=PROFILE)
    record(ledger, 260, BUY, BUY, BUY, key=ETH, profile=PROFILE)

    assert _read(ledger, BTC, ETH)[0] == [to_ms(close_of(286)), to_ms(close_of(284))]
    assert _read(ledger, ETH)[0] == [to_ms(close_of(284))]


def test_entry_without_an_outcome_by_then_is_none(ledger: Database) -> None:
    record(ledger, 260, BUY, BUY, BUY, profile=PROFILE)  # 24 candles
    record(ledger, 290, BUY, BUY, BUY, profile=PROFILE)

    assert len(_read(ledger, until=284)[0]) == 1
    assert len(_read(ledger, until=283)[0]) == 0
    assert len(_read(ledger, until=314)[0]) == 2


def test_entry_whose_candles_are_not_stored_has_no_outcome(database: Database) -> None:
    CandleStore(database).write(BTC, candle_frame(280))
    record(database, 250, BUY, BUY, BUY, profile=PROFILE)
    record(database, 260, BUY, BUY, BUY, profile=PROFILE)

    assert _read(database)[0] == [to_ms(close_of(274))]


def test_empty_ledger_allowed_nothing(database: Database) -> None:
    resolved_ms, returns = _read(database, BTC, ETH)

    assert resolved_ms == []
    assert returns.dtype == np.float64
