"""Carry on rates that can be added up by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from proratio_tradehub.strategies.rules import FundingCarryRule
from tests.tradehub.strategies.rules.candles import candles_of

_RULE = FundingCarryRule(mean_candles=8, low_rate_frac=-0.0001, trend_candles=24)


def carried(rates: list[float], closes: np.ndarray) -> pd.DataFrame:
    """Return eight candles for each settled rate, with the rule's indicators."""
    frame = candles_of(closes).assign(funding_rate=np.repeat(rates, 8))
    return _RULE.indicators(frame)


def test_entered_when_the_mean_is_clearly_negative_and_left_when_it_is_not() -> None:
    # Rates change at rows 200 and 240. The mean over eight candles falls below -0.0001 when 5 of 8
    # are at -0.0002 and 3 at 0.00005 (sum -0.00085), row 204; it is back above zero when 7 of 8
    # are at 0.00005 (sum 0.00015), row 246.
    rates = [0.00005] * 25 + [-0.0002] * 5 + [0.00005] * 5
    frame = carried(rates, np.linspace(100, 200, 280))
    assert _RULE.candidates(frame).nonzero()[0].tolist() == [204]
    left = _RULE.exits(frame)
    assert left[200:202].tolist() == [True, False]
    assert not left[201:246].any()
    assert left[246:].all()


def test_nobody_is_paid_enough_to_hold_a_fall() -> None:
    rates = [0.00005] * 25 + [-0.0005] * 10
    assert not _RULE.candidates(carried(rates, np.linspace(200, 100, 280))).any()


def test_unknown_rate_gives_neither_entry_nor_exit() -> None:
    frame = carried([np.nan] * 35, np.linspace(100, 200, 280))
    assert not _RULE.candidates(frame).any()
    assert not _RULE.exits(frame).any()
