"""What every rule has to keep: causality, and what a cross is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proratio_tradehub.strategies.rules import RULES, Rule, crossed_above
from tests.tradehub.strategies.rules.candles import random_candles


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@given(seed=st.integers(0, 10_000), cut=st.integers(60, 399))
@settings(max_examples=25, deadline=None)
def test_appending_future_candles_never_changes_past_output(
    rule: Rule, seed: int, cut: int
) -> None:
    whole = random_candles(seed, 400)
    past = whole.iloc[:cut]
    for judge in (rule.candidates, rule.exits):
        expected = judge(rule.indicators(whole))[:cut]
        assert (judge(rule.indicators(past)) == expected).all()


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_startup_candles_are_enough_to_forget_the_start(rule: Rule) -> None:
    whole = random_candles(7, 3_000)
    late = whole.iloc[1_000:].reset_index(drop=True)
    names = [name for name in rule.indicators(late) if name.startswith(("ema", "rsi"))]
    from_start = rule.indicators(whole)[names].iloc[1_000 + rule.startup_candles :]
    from_later = rule.indicators(late)[names].iloc[rule.startup_candles :]
    assert names
    np.testing.assert_allclose(from_later, from_start, rtol=1e-6)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_rule_leaves_its_input_alone(rule: Rule) -> None:
    frame = random_candles(1, 100)
    before = frame.copy()
    rule.exits(rule.indicators(frame))
    pd.testing.assert_frame_equal(frame, before)


def test_cross_needs_to_be_on_the_other_side_before() -> None:
    upper = pd.Series([2.0, 3.0, 1.0, 1.0, 2.0])
    lower = pd.Series([1.0, 1.0, 1.0, 2.0, 1.0])
    assert crossed_above(upper, lower).tolist() == [False, False, False, False, True]


def test_cross_from_touching_counts() -> None:
    assert crossed_above(pd.Series([1.0, 2.0]), pd.Series([1.0, 1.0])).tolist() == [False, True]


def test_nan_never_crosses() -> None:
    upper = pd.Series([np.nan, 2.0, np.nan, 2.0])
    assert not crossed_above(upper, pd.Series([1.0] * 4)).any()
