"""Several rules as one: precedence, ownership of exits, shares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proratio_core.errors import ConfigurationError
from proratio_tradehub.strategies.rules import RULES, BoolArray, EnsembleRule, Member
from tests.tradehub.strategies.rules.candles import candles_of, random_candles

_NAMES = ("AIEnhancedTrend", "MeanReversion", "DonchianBreakout")
_ALL = EnsembleRule(tuple(Member(name, RULES[name], 0.2) for name in _NAMES))


@dataclass(frozen=True)
class At:
    """Enters and leaves at fixed rows."""

    enter: frozenset[int]
    leave: frozenset[int] = frozenset()
    startup_candles: int = 0

    def indicators(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(row=range(len(frame)))

    def candidates(self, frame: pd.DataFrame) -> BoolArray:
        return np.isin(frame["row"], list(self.enter))

    def exits(self, frame: pd.DataFrame) -> BoolArray:
        return np.isin(frame["row"], list(self.leave))


def pair_of(first: At, second: At) -> EnsembleRule:
    return EnsembleRule((Member("first", first, 0.5), Member("second", second, 0.5)))


def test_first_in_the_list_wins_a_candle_that_both_would_enter() -> None:
    rule = pair_of(At(frozenset({1, 2})), At(frozenset({2, 3})))
    frame = rule.indicators(candles_of([1.0] * 5))
    assert rule.names(frame).tolist() == [None, "first", "first", "second", None]
    assert rule.candidates(frame).tolist() == [False, True, True, True, False]


def test_each_members_exits_are_its_own_and_none_is_everybodys() -> None:
    rule = pair_of(At(frozenset({0}), frozenset({2})), At(frozenset({1}), frozenset({3})))
    frame = rule.indicators(candles_of([1.0] * 4))
    assert rule.exits_of("first", frame).nonzero()[0].tolist() == [2]
    assert rule.exits_of("second", frame).nonzero()[0].tolist() == [3]
    assert not rule.exits(frame).any()


def test_candidates_are_the_union_of_the_members() -> None:
    frame = random_candles(5, 3_000)
    judged = _ALL.indicators(frame)
    alone = [member.rule.candidates(member.rule.indicators(frame)) for member in _ALL.members]
    assert all(entered.any() for entered in alone)
    assert (_ALL.candidates(judged) == np.logical_or.reduce(alone)).all()


@given(seed=st.integers(0, 10_000), cut=st.integers(60, 399))
@settings(max_examples=10, deadline=None)
def test_appending_future_candles_never_changes_past_output(seed: int, cut: int) -> None:
    whole = random_candles(seed, 400)
    expected = _ALL.indicators(whole).iloc[:cut]
    judged = _ALL.indicators(whole.iloc[:cut])
    assert _ALL.names(judged).tolist() == _ALL.names(expected).tolist()
    for name in _NAMES:
        assert (_ALL.exits_of(name, judged) == _ALL.exits_of(name, expected)).all()


def test_startup_is_the_slowest_members() -> None:
    assert pair_of(At(frozenset(), startup_candles=7), At(frozenset())).startup_candles == 7


def test_share_of_a_stranger_is_nothing() -> None:
    assert (_ALL.share_of("MeanReversion"), _ALL.share_of("Unknown")) == (0.2, 0.0)


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ((), "needs strategies"),
        ((("a", 0.5), ("a", 0.5)), "each once; it has: a, a"),
        ((("a", 0.6), ("b", 0.5)), "together at most 1"),
        ((("a", 0.0),), "each above 0"),
        ((("a", float("nan")),), "each above 0"),
    ],
)
def test_ensembles_that_make_no_sense_are_refused(
    members: tuple[tuple[str, float], ...], words: str
) -> None:
    with pytest.raises(ConfigurationError, match=words):
        EnsembleRule(tuple(Member(name, At(frozenset()), share) for name, share in members))
