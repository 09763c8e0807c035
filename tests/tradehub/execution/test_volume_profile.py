"""The usual volume of a day, and nothing that came later."""

from __future__ import annotations

import numpy as np
import pytest

from proratio_tradehub.execution import usual_shares

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
HOURS = np.arange(20 * 24, dtype=np.int64) * HOUR_MS
PROFILE = 1.0 + (np.arange(20 * 24) % 24)


def shares(volume: np.ndarray, *, hour: int, slices: int, over_h: float) -> tuple[float, ...]:
    start_ms = 15 * DAY_MS + hour * HOUR_MS
    return usual_shares(
        HOURS, volume, candle_ms=HOUR_MS, start_ms=start_ms, over_s=over_h * 3_600, slices=slices
    )


def test_slices_share_as_the_hours_usually_do_across_midnight_too() -> None:
    assert shares(PROFILE, hour=2, slices=3, over_h=3) == pytest.approx((3 / 12, 4 / 12, 5 / 12))
    assert shares(PROFILE, hour=23, slices=2, over_h=2) == pytest.approx((24 / 25, 1 / 25))


def test_slices_inside_one_candle_share_alike() -> None:
    assert shares(PROFILE, hour=2, slices=4, over_h=1) == pytest.approx((0.25,) * 4)


def test_what_comes_after_the_entry_and_what_is_older_than_two_weeks_change_nothing() -> None:
    volume = PROFILE.copy()
    volume[15 * 24 + 1 :] = 1e9  # the candle that begins at 01:00 closes at 02:00
    volume[: 24 + 1] = 1e9
    assert shares(volume, hour=1, slices=3, over_h=3) == pytest.approx((2 / 9, 3 / 9, 4 / 9))


def test_where_nothing_is_known_all_share_alike() -> None:
    nothing = np.array([], np.int64), np.array([], np.float64)
    assert usual_shares(*nothing, candle_ms=HOUR_MS, start_ms=0, over_s=60.0, slices=2) == (
        0.5,
        0.5,
    )
    assert shares(np.zeros(20 * 24), hour=2, slices=2, over_h=2) == (0.5, 0.5)
