"""A rule kept to its regimes."""

from __future__ import annotations

import numpy as np
import pytest

from proratio_core.errors import ConfigurationError
from proratio_signals.scoring.regimes import REGIMES, regimes_of
from proratio_tradehub.strategies.rules import BreakoutRule, InRegimes
from tests.tradehub.strategies.rules.candles import random_candles


def test_candidates_outside_the_regimes_are_none_and_exits_stay() -> None:
    frame = random_candles(4, 3_000)
    free, kept = BreakoutRule(), InRegimes(BreakoutRule(), frozenset({"rising", "turbulent"}))
    judged = kept.indicators(frame)
    regime = regimes_of(frame["close"])
    allowed = np.isin(regime, [REGIMES.index("rising"), REGIMES.index("turbulent")])
    everywhere = free.candidates(free.indicators(frame))
    assert 0 < kept.candidates(judged).sum() < everywhere.sum()
    assert (kept.candidates(judged) == (everywhere & allowed)).all()
    assert (kept.exits(judged) == free.exits(judged)).all()


def test_nothing_is_entered_before_the_regime_is_known() -> None:
    rule = InRegimes(BreakoutRule(), frozenset(REGIMES))
    entered = rule.candidates(rule.indicators(random_candles(4, 3_000)))
    assert not entered[:239].any()
    assert rule.startup_candles == 240


@pytest.mark.parametrize("names", [set(), {"bullish"}, {"rising", "sideways"}])
def test_unknown_or_no_regimes_are_refused_with_those_there_are(names: set[str]) -> None:
    with pytest.raises(ConfigurationError, match="rising, falling, ranging, turbulent"):
        InRegimes(BreakoutRule(), frozenset(names))
