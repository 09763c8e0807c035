"""The last candle is a candidate when the strategy marks it, and only then."""

from __future__ import annotations

import pandas as pd
import pytest

from proratio_core.values import Timeframe
from proratio_tradehub.journal import Candidate
from proratio_tradehub.strategies.candidate import last_candidate


def frame(**columns: list[object]) -> pd.DataFrame:
    dates = pd.date_range("2024-03-14T10:00Z", periods=2, freq="h")
    return pd.DataFrame({"date": dates, "close": [100.0, 101.5], **columns})


@pytest.mark.parametrize("column", ["enter_long", "enter_short"])
def test_marked_candle_is_named_by_its_close(column: str) -> None:
    marked = frame(**{column: [0, 1], "enter_tag": [None, "offline@x"]})
    close_ms = 1_710_417_600_000  # 12:00
    assert last_candidate(marked, Timeframe.H1) == Candidate(close_ms, 101.5, "offline@x")


def test_tag_may_be_missing() -> None:
    assert last_candidate(frame(enter_long=[0, 1]), Timeframe.H1) == Candidate(
        1_710_417_600_000, 101.5, None
    )
    found = last_candidate(frame(enter_long=[0, 1], enter_tag=["x", float("nan")]), Timeframe.H1)
    assert found is not None
    assert found.tag is None


@pytest.mark.parametrize(
    "unmarked",
    [frame(), frame(enter_long=[1, 0]), frame(enter_long=[1, None]), frame(enter_long=[1, 1])[:0]],
    ids=["no column", "older", "none", "empty"],
)
def test_everything_else_is_none(unmarked: pd.DataFrame) -> None:
    assert last_candidate(unmarked, Timeframe.H1) is None
