"""The short way gives what Freqtrade's own gives, for every kind of frame."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from freqtrade.data.converter.converter import clean_ohlcv_dataframe
from pandas.testing import assert_frame_equal

from proratio_core.values import Timeframe
from proratio_tradehub.paper.fast_candles import fast_cleaning
from tests.wire.markets import candles

CLEAN = candles(60, timeframe=Timeframe.M5)
FRAMES = {
    "clean": CLEAN,
    "with a gap": CLEAN.drop(index=[20, 21]).reset_index(drop=True),
    "doubled": pd.concat([CLEAN, CLEAN.tail(3)], ignore_index=True),
    "out of order": CLEAN.iloc[::-1].reset_index(drop=True),
    "with an index of its own": CLEAN.set_axis(range(5, 65)),
    "with a missing price": CLEAN.assign(close=CLEAN["close"].where(CLEAN.index != 7, np.nan)),
    "of another length": candles(60, timeframe=Timeframe.M15),
}


@pytest.mark.parametrize("drop_incomplete", [False, True])
@pytest.mark.parametrize("fill_missing", [False, True])
@pytest.mark.parametrize("name", sorted(FRAMES))
def test_the_short_way_gives_what_freqtrade_gives(
    name: str, fill_missing: bool, drop_incomplete: bool
) -> None:
    how = {"fill_missing": fill_missing, "drop_incomplete": drop_incomplete}
    clean = fast_cleaning(clean_ohlcv_dataframe)

    ours = clean(FRAMES[name].copy(), "5m", "BTC/USDT", **how)
    theirs = clean_ohlcv_dataframe(FRAMES[name].copy(), "5m", "BTC/USDT", **how)

    assert_frame_equal(ours, theirs, check_exact=True)


def test_a_clean_frame_never_takes_the_long_way() -> None:
    clean = fast_cleaning(lambda *_, **__: pytest.fail("the long way was taken"))

    assert len(clean(CLEAN, "5m", "BTC/USDT", fill_missing=True, drop_incomplete=True)) == 59


def test_the_frame_given_is_not_the_frame_returned() -> None:
    given = CLEAN.copy()
    clean = fast_cleaning(clean_ohlcv_dataframe)

    cleaned = clean(given, "5m", "BTC/USDT", fill_missing=True, drop_incomplete=False)
    cleaned["close"] = 0.0

    assert_frame_equal(given, CLEAN)
