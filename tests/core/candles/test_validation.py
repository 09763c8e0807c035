"""Every rule: what breaks it, what it says, and what may be repaired."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.candles.validation import Severity, check_frame, clean_frame, errors_of
from proratio_core.values import Pair, SeriesKey, Timeframe
from tests.core.candles.candle_frames import FUNDING, MARK, NOW, SPOT, START, candles, funding

OHLCV = ["open", "high", "low", "close", "volume"]


def _codes(frame: pd.DataFrame, key: SeriesKey = SPOT) -> list[str]:
    return [finding.code for finding in check_frame(frame, key, now=NOW)]


def _with(frame: pd.DataFrame, row: int, **values: float) -> pd.DataFrame:
    changed = frame.copy()
    for name, value in values.items():
        changed.loc[row, name] = value
    return changed


def test_valid_frames_break_no_rule() -> None:
    assert _codes(candles()) == []
    assert _codes(candles(), MARK) == []
    assert _codes(funding(), FUNDING) == []
    assert _codes(candles(0)) == []


def test_gap_is_no_error() -> None:
    assert _codes(candles().drop(index=[5, 6])) == []


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"high": 50.0}, "geometry"),
        ({"low": 150.0}, "geometry"),
        ({"open": 150.0}, "geometry"),
        ({"close": 50.0}, "geometry"),
        ({"low": 0.0}, "price"),
        ({"low": -1.0}, "price"),
        ({"volume": -0.1}, "volume"),
        ({"open": np.nan}, "not_finite"),
        ({"volume": np.inf}, "not_finite"),
    ],
)
def test_impossible_candle_is_an_error_that_names_it(values: dict[str, float], code: str) -> None:
    findings = errors_of(check_frame(_with(candles(), 3, **values), SPOT, now=NOW))
    (finding,) = (found for found in findings if found.code == code)
    assert finding.open_time == START + timedelta(hours=3)
    assert finding.candles == 1
    assert "2024-01-01 03:00" in finding.detail
    assert "expected" in finding.detail
    assert finding.detail.endswith("get the file again from its source")


def test_contradicting_prices_show_the_values_that_came() -> None:
    (finding,) = check_frame(_with(candles(), 0, high=50.0), SPOT, now=NOW)
    assert str(finding) == (
        "1 candle with prices that contradict each other, expected low <= open, close <= high; "
        f"the first is 2024-01-01 00:00:00 (open 100 high 50 low {candles()['low'][0]:g} close "
        f"{candles()['close'][0]:g} volume {candles()['volume'][0]:g}): get the file again from "
        "its source"
    )


def test_missing_date_is_an_error() -> None:
    frame = candles()
    frame.loc[2, "date"] = pd.NaT
    (finding, *_) = (f for f in check_frame(frame, SPOT, now=NOW) if f.code == "not_finite")
    assert finding.open_time is None
    assert "without a date" in finding.detail


def test_missing_column_names_what_came_and_what_was_expected() -> None:
    (finding,) = check_frame(candles().drop(columns="volume"), SPOT, now=NOW)
    assert finding.code == "columns"
    assert "date, open, high, low, close;" in finding.detail
    assert "expected date, open, high, low, close, volume" in finding.detail


def test_times_without_a_zone_are_refused() -> None:
    frame = candles()
    (finding,) = check_frame(frame.assign(date=frame["date"].dt.tz_localize(None)), SPOT, now=NOW)
    assert finding.code == "date_type"
    assert "expected timestamps in UTC" in finding.detail


@pytest.mark.parametrize("order", [[1, 0, *range(2, 24)], list(range(23, -1, -1))])
def test_unordered_candles_are_an_error_with_the_repair(order: list[int]) -> None:
    (finding,) = check_frame(candles().iloc[order].reset_index(drop=True), SPOT, now=NOW)
    assert finding.code == "unordered"
    assert "out of order, expected ascending" in finding.detail
    assert "--clean" in finding.detail


def test_exact_duplicate_can_be_repaired_and_a_conflicting_one_cannot() -> None:
    frame = candles()
    twice = pd.concat([frame, frame.iloc[[4]]], ignore_index=True).sort_values("date")
    (same,) = check_frame(twice, SPOT, now=NOW)
    assert (same.code, same.candles) == ("duplicate", 1)
    assert "--clean" in same.detail
    other = _with(frame, 4, volume=1.0).iloc[[4]]
    twice = pd.concat([frame, other], ignore_index=True).sort_values("date", kind="stable")
    (conflict,) = check_frame(twice, SPOT, now=NOW)
    assert conflict.code == "conflicting_duplicate"
    assert "--clean" not in conflict.detail


def test_candle_is_unfinished_until_the_moment_it_closes() -> None:
    frame = candles(3)
    close = START + timedelta(hours=3)
    assert check_frame(frame, SPOT, now=close) == ()
    (finding,) = check_frame(frame, SPOT, now=close - timedelta(milliseconds=1))
    assert finding.code == "unfinished"
    assert "expected closed candles only" in finding.detail


def test_future_candle_names_the_wall_time_and_the_clock() -> None:
    found = check_frame(candles(3), SPOT, now=START + timedelta(minutes=90))
    assert {f.code: f.candles for f in found} == {"future": 1, "unfinished": 1}
    (future,) = (f for f in found if f.code == "future")
    assert "now it is 2024-01-01 01:30:00 UTC" in future.detail
    assert "check this machine's clock" in future.detail


def test_funding_rate_is_final_at_once() -> None:
    assert check_frame(funding(1), FUNDING, now=START) == ()


def test_shorter_timeframe_mixed_in_is_off_the_grid() -> None:
    minutes = candles(6, timeframe=Timeframe.M5, start=START + timedelta(days=1))
    mixed = pd.concat([candles(), minutes], ignore_index=True)
    assert "off_grid" in _codes(mixed)


def test_longer_timeframe_mixed_in_is_recognised_by_its_run() -> None:
    longer = candles(12, timeframe=Timeframe.H4, start=START + timedelta(days=1))
    (finding,) = check_frame(pd.concat([candles(), longer], ignore_index=True), SPOT, now=NOW)
    assert finding.code == "mixed_timeframe"
    assert "at a distance of 4h, expected 1h" in finding.detail
    assert "misnamed" in finding.detail


def test_file_that_is_wholly_of_another_timeframe_is_recognised_when_it_is_short() -> None:
    assert _codes(candles(4, timeframe=Timeframe.H4)) == ["mixed_timeframe"]


def test_few_regular_gaps_are_not_another_timeframe() -> None:
    assert _codes(candles(60).drop(index=[31, 33, 35, 37, 39])) == []


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"open": 115.0, "high": 120.0, "close": 116.0}, "jump"),
        ({"low": 40.0}, "spike"),
        ({"volume": 0.0}, "idle"),
    ],
)
def test_unusual_candle_is_a_warning_and_may_be_stored(values: dict[str, float], code: str) -> None:
    findings = check_frame(_with(candles(), 23, **values), SPOT, now=NOW)
    assert [(f.code, f.severity) for f in findings] == [(code, Severity.WARNING)]
    assert errors_of(findings) == ()


def test_mark_prices_have_no_volume_and_that_is_usual() -> None:
    assert _codes(candles().assign(volume=0.0), MARK) == []


def test_funding_in_percent_is_noticed() -> None:
    frame = funding()
    frame.loc[0, "funding_rate"] = 0.75
    assert _codes(frame, FUNDING) == ["funding"]


def test_errors_come_before_warnings() -> None:
    frame = _with(_with(candles(), 2, volume=0.0), 5, high=1.0)
    severities = [f.severity for f in check_frame(frame, SPOT, now=NOW)]
    assert severities == sorted(severities, key=lambda one: one is not Severity.ERROR)
    assert len(set(severities)) == 2


def test_cleaning_sorts_and_drops_duplicates_and_the_unfinished() -> None:
    frame = candles()
    messy = pd.concat([frame.iloc[::-1], frame.iloc[[3, 3]]], ignore_index=True)
    cleaned = clean_frame(messy, SPOT, now=START + timedelta(hours=20, minutes=30))
    pd.testing.assert_frame_equal(cleaned, frame.iloc[:20])


def test_cleaning_never_chooses_between_two_different_candles() -> None:
    frame = candles()
    both = pd.concat([frame, _with(frame, 4, volume=1.0).iloc[[4]]], ignore_index=True)
    cleaned = clean_frame(both, SPOT, now=NOW)
    assert len(cleaned) == 25
    assert _codes(cleaned) == ["conflicting_duplicate"]


@given(st.permutations(range(12)), st.lists(st.integers(0, 11), max_size=5))
def test_cleaning_any_shuffled_and_repeated_frame_gives_the_frame(
    order: list[int], repeated: list[int]
) -> None:
    frame = candles(12)
    cleaned = clean_frame(frame.iloc[[*order, *repeated]], SPOT, now=NOW)
    pd.testing.assert_frame_equal(cleaned, frame)
    pd.testing.assert_frame_equal(clean_frame(cleaned, SPOT, now=NOW), frame)


def test_recorded_market_breaks_no_rule(market_data: Path) -> None:
    frame = pd.read_feather(market_data / "binance" / "BTC_USDT-1h.feather")
    key = SeriesKey("binance", Pair.parse("BTC/USDT"), Timeframe.H1)
    assert errors_of(check_frame(frame, key, now=frame["date"].iloc[-1] + timedelta(hours=1))) == ()
