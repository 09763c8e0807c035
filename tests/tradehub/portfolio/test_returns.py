"""Returns start from the candles that everything shares."""

from __future__ import annotations

import numpy as np
import pytest

from proratio_core.candles.frame import make_frame
from proratio_core.errors import DataError
from proratio_tradehub.portfolio.returns import aligned_returns
from tests.tradehub.portfolio.made import HOUR_MS


def _frame(closes: np.ndarray, *, start: int = 0) -> object:
    times = (np.arange(len(closes), dtype=np.int64) + start) * HOUR_MS
    return make_frame(times, {"close": np.asarray(closes, np.float64)})


def test_only_shared_candles_count_and_a_return_spans_a_gap() -> None:
    whole = 100.0 + np.arange(60)
    times = np.delete(np.arange(60, dtype=np.int64), 20) * HOUR_MS
    gappy = make_frame(times, {"close": np.delete(2 * whole, 20)})

    returns = aligned_returns({"A": _frame(whole), "B": gappy})

    assert returns.assets == ("A", "B")
    assert len(returns) == 58
    assert returns.values[19].tolist() == pytest.approx([121 / 119 - 1] * 2)
    assert returns.open_ms[19] == 21 * HOUR_MS
    assert returns.rows(0, 5).values.shape == (5, 2)


def test_series_that_hardly_overlap_are_refused_with_their_names() -> None:
    with pytest.raises(DataError, match="A, B share 10 candles; at least 31"):
        aligned_returns({"A": _frame(np.ones(60)), "B": _frame(np.ones(60), start=50)})


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, np.inf])
def test_a_price_that_is_none_is_refused(bad: float) -> None:
    closes = np.ones(60)
    closes[30] = bad
    with pytest.raises(DataError, match=r"A has a close of .*verify the data"):
        aligned_returns({"A": _frame(closes)})


def test_nothing_to_allocate_to_is_an_error() -> None:
    with pytest.raises(DataError, match="at least one asset"):
        aligned_returns({})
