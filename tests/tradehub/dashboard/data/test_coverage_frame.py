"""The table of series has the figures of the page."""

from __future__ import annotations

from proratio_tradehub.dashboard.data.coverage_frame import series_frame
from tests.tradehub.dashboard.data.made import WHOLE, coverage


def test_a_series_is_a_row_also_an_empty_one() -> None:
    frame = series_frame([WHOLE, coverage()])
    assert frame["rows"].tolist() == [WHOLE.rows, 0]
    assert frame["missing"].tolist() == [WHOLE.missing, 0]
    assert frame["symbol"].tolist() == ["BTC/USDT"] * 2
    assert frame["last_close"].isna().tolist() == [False, True]
