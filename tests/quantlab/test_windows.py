"""No candle that teaches is one that tests, or comes after it."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.errors import DataError
from proratio_core.values import Timeframe, Timerange
from proratio_quantlab.windows import Window, WindowPlan, windows

YEAR = Timerange.parse("20240101-20250101")
H1 = Timeframe.H1


def spans(found: tuple[Window, ...]) -> list[tuple[str, str]]:
    return [(str(window.train), str(window.test)) for window in found]


def test_rolling_windows_move_along_and_tests_follow_each_other() -> None:
    found = windows(YEAR, WindowPlan(train_days=100, test_days=100), H1)

    assert spans(found) == [
        ("20240101-20240410", "20240410-20240719"),
        ("20240410-20240719", "20240719-20241027"),
    ]
    assert [window.number for window in found] == [1, 2]
    assert found[0].test_days == 100


def test_anchored_windows_all_begin_at_the_start() -> None:
    found = windows(YEAR, WindowPlan(100, 100, anchored=True), H1)

    assert [str(window.train) for window in found] == ["20240101-20240410", "20240101-20240719"]


def test_purge_and_embargo_are_taken_off_the_training() -> None:
    (first, _) = windows(YEAR, WindowPlan(100, 100, purge_candles=20, embargo_candles=4), H1)

    assert str(first.train) == "20240101-20240409"
    assert str(first.test) == "20240410-20240719"


@given(
    train=st.integers(1, 200), test=st.integers(1, 100), anchored=st.booleans(),
    purge=st.integers(0, 30), embargo=st.integers(0, 30),
    hours=st.integers(0, 23),
)  # fmt: skip
def test_training_always_ends_before_its_test_by_the_gap(
    train: int, test: int, anchored: bool, purge: int, embargo: int, hours: int
) -> None:
    assert YEAR.start is not None
    span = Timerange(YEAR.start + timedelta(hours=hours), YEAR.end)
    plan = WindowPlan(train, test, anchored, purge, embargo)
    try:
        found = windows(span, plan, H1)
    except DataError:
        return
    for window in found:
        assert window.train.end is not None
        assert window.test.start is not None
        gap = window.test.start - window.train.end
        assert gap == timedelta(hours=purge + embargo)
        assert window.train.start >= span.start
        assert window.test.end <= YEAR.end
    for one, other in itertools.pairwise(found):
        assert one.test.end == other.test.start


@pytest.mark.parametrize(
    ("plan", "complaint"),
    [
        ({"train_days": 300, "test_days": 100}, "need 400 days; 20240101-20250101 has 366"),
        ({"train_days": 0, "test_days": 5}, "at least one day"),
        ({"train_days": 1, "test_days": 5, "purge_candles": 24}, "nothing of 1 days"),
        ({"train_days": 9, "test_days": 5, "embargo_candles": -1}, "0 or more"),
    ],
)
def test_windows_that_cannot_be_are_refused_with_the_reason(
    plan: dict[str, int], complaint: str
) -> None:
    with pytest.raises(DataError, match=complaint):
        windows(YEAR, WindowPlan(**plan), H1)


def test_an_open_span_has_no_windows() -> None:
    with pytest.raises(DataError, match="both ends"):
        windows(Timerange.parse("20240101-"), WindowPlan(10, 10), H1)
