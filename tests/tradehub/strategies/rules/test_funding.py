"""Which settlement a candle may know."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.candles.frame import make_frame
from proratio_core.values import Timeframe
from proratio_tradehub.strategies.rules import (
    EmaCrossRule,
    FundingCarryRule,
    reads_funding,
    with_funding,
)
from tests.tradehub.strategies.rules.candles import candles_of

_HOUR = 3_600_000


def settlements(hours: Sequence[int]) -> pd.DataFrame:
    """Return a settlement at each of these hours, its rate the hour."""
    times = np.asarray(hours, np.int64) * _HOUR
    return make_frame(times, {"funding_rate": np.asarray(hours, np.float64)})


def rates(hours: Sequence[int], candles: int) -> list[float]:
    frame = with_funding(candles_of([1.0] * candles), settlements(hours), Timeframe.H1)
    return frame["funding_rate"].tolist()


def test_candle_knows_the_settlement_inside_it_not_the_one_at_its_close() -> None:
    assert rates([1, 3], 5)[1:] == [1.0, 1.0, 3.0, 3.0]
    assert np.isnan(rates([1, 3], 5)[0])


def test_rate_is_unknown_once_a_settlement_is_overdue() -> None:
    known = np.isfinite(rates([0], 12))
    assert known.tolist() == [True] * 9 + [False] * 3


def test_no_settlements_leave_every_rate_unknown() -> None:
    assert np.isnan(rates([], 3)).all()


@given(cut=st.integers(1, 40), hours=st.sets(st.integers(0, 45), min_size=1))
def test_later_settlements_and_candles_never_change_a_rate(cut: int, hours: set[int]) -> None:
    whole = rates(sorted(hours), 40)[:cut]
    past = rates([hour for hour in sorted(hours) if hour < cut], cut)
    np.testing.assert_array_equal(whole, past)


def test_only_a_rule_that_says_so_reads_funding() -> None:
    assert reads_funding(FundingCarryRule())
    assert not reads_funding(EmaCrossRule())
