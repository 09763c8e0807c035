from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.candles.frame import empty_frame
from proratio_core.clock import to_ms
from proratio_signals.scoring.outcomes import Outcomes, outcomes_of
from tests.signals.samples import BTC, candle_frame, close_of
from tests.signals.scoring.made import HOUR_MS

FRAME = candle_frame(100)
END_MS = to_ms(close_of(99))


def _outcomes(indices: list[int], horizons: list[int], **changes: object) -> Outcomes:
    given_ = {"timeframe": BTC.timeframe, "until_ms": END_MS} | changes
    as_of = np.array([to_ms(close_of(index)) for index in indices])
    return outcomes_of(given_.pop("frame", FRAME), as_of, np.array(horizons), **given_)


def test_outcome_is_close_over_close_at_the_opinions_own_horizon() -> None:
    close = FRAME["close"]

    found = _outcomes([10, 10, 50], [1, 24, 3])

    assert found.return_frac == pytest.approx(
        [close[11] / close[10] - 1, close[34] / close[10] - 1, close[53] / close[50] - 1]
    )
    assert not found.is_pending.any()
    assert not found.is_missing.any()


def test_an_opinion_is_pending_until_its_last_candle_has_closed() -> None:
    found = _outcomes([90, 90], [9, 10])

    assert found.is_pending.tolist() == [False, True]
    assert np.isnan(found.return_frac).tolist() == [False, True]
    assert found.resolved_ms.tolist() == [END_MS, END_MS + HOUR_MS]


@pytest.mark.parametrize("gone", [10, 34])
def test_a_missing_candle_leaves_no_outcome_and_nothing_is_interpolated(gone: int) -> None:
    found = _outcomes([10, 11], [24, 24], frame=FRAME.drop(index=gone))

    assert found.is_missing.tolist() == [True, False]


def test_without_candles_there_is_no_outcome() -> None:
    assert _outcomes([10], [1], frame=empty_frame()).is_missing.all()


@given(known=st.integers(1, 99))
def test_candles_after_the_moment_of_reading_change_nothing(known: int) -> None:
    indices, horizons = [5, 20, 40, 60], [1, 30, 12, 30]
    until_ms = to_ms(close_of(known))

    whole = _outcomes(indices, horizons, until_ms=until_ms)
    past = _outcomes(indices, horizons, until_ms=until_ms, frame=FRAME.iloc[: known + 1])

    known_then = ~whole.is_pending
    assert (whole.is_pending == past.is_pending).all()
    assert (whole.return_frac[known_then] == past.return_frac[known_then]).all()
