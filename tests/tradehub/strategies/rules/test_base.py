"""What every rule has to keep: causality, and what a cross is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proratio_tradehub.strategies.rules import Rule, began, crossed_above
from tests.tradehub.strategies.rules.candles import JUDGING, candles_for


@pytest.mark.parametrize("rule", JUDGING.values(), ids=JUDGING)
@given(seed=st.integers(0, 10_000), cut=st.integers(60, 399))
@settings(max_examples=25, deadline=None)
def test_appending_future_candles_never_changes_past_output(
    rule: Rule, seed: int, cut: int
) -> None:
    whole = candles_for(rule, seed, 400)
    past = whole.iloc[:cut]
    for judge in (rule.candidates, rule.exits):
        expected = judge(rule.indicators(whole))[:cut]
        assert (judge(rule.indicators(past)) == expected).all()


@pytest.mark.parametrize("rule", JUDGING.values(), ids=JUDGING)
def test_startup_candles_are_enough_to_forget_the_start(rule: Rule) -> None:
    whole = candles_for(rule, 7, 3_000)
    late = whole.iloc[1_000:].reset_index(drop=True)
    from_start = rule.indicators(whole).iloc[1_000 + rule.startup_candles :]
    from_later = rule.indicators(late).iloc[rule.startup_candles :]
    names = [name for name in from_later if name not in late]
    assert names
    assert len(from_later) > 300
    assert not from_later[names].isna().any(axis=None)
    np.testing.assert_allclose(from_later[names], from_start[names], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("rule", JUDGING.values(), ids=JUDGING)
def test_rule_leaves_its_input_alone(rule: Rule) -> None:
    frame = candles_for(rule, 1, 100)
    before = frame.copy()
    rule.exits(rule.indicators(frame))
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("rule", JUDGING.values(), ids=JUDGING)
def test_rule_finds_entries_and_exits_on_a_market_that_moves(rule: Rule) -> None:
    frame = rule.indicators(candles_for(rule, 5, 6_000))
    entered, left = rule.candidates(frame), rule.exits(frame)
    assert entered.dtype == left.dtype == np.bool_
    assert 5 < entered.sum() < 600
    assert left.sum() > 5


@pytest.mark.parametrize("rule", JUDGING.values(), ids=JUDGING)
def test_short_frame_gives_nothing_instead_of_an_error(rule: Rule) -> None:
    for rows in (1, 2, 30):
        frame = rule.indicators(candles_for(rule, 3, rows))
        assert len(rule.candidates(frame)) == len(rule.exits(frame)) == rows


def test_a_condition_begins_once_and_never_in_the_first_row() -> None:
    assert began(pd.Series([True, True, False, True, True])).tolist() == [
        *(False, False, False, True, False)
    ]
    assert began(pd.Series([], dtype=bool)).tolist() == []


def test_cross_needs_to_be_on_the_other_side_before() -> None:
    upper = pd.Series([2.0, 3.0, 1.0, 1.0, 2.0])
    lower = pd.Series([1.0, 1.0, 1.0, 2.0, 1.0])
    assert crossed_above(upper, lower).tolist() == [False, False, False, False, True]


def test_cross_from_touching_counts() -> None:
    assert crossed_above(pd.Series([1.0, 2.0]), pd.Series([1.0, 1.0])).tolist() == [False, True]


def test_nan_never_crosses() -> None:
    upper = pd.Series([np.nan, 2.0, np.nan, 2.0])
    assert not crossed_above(upper, pd.Series([1.0] * 4)).any()
