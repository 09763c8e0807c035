from __future__ import annotations

import math

import numpy as np
import pytest

from proratio_tradehub.risk.returns import RecentReturns
from proratio_tradehub.risk.sizing import VolatilityTargetRule
from proratio_tradehub.risk.verdict import Cap, Finding, Refusal
from tests.tradehub.risk.made import BTC, BTC_PERP, SOL, a_state, an_intent, returns_of

MOVES = 0.01 * np.resize([1.0, -1.0], 100)
HOURLY = 0.01 * math.sqrt(100 / 99)


def _said(**changes: object) -> Finding:
    state = a_state(returns=RecentReturns.of({BTC: MOVES, BTC_PERP: MOVES}))
    return VolatilityTargetRule(0.20).check(state, an_intent(stake_quote=90_000.0, **changes))


def test_target_over_annual_volatility_is_the_cap() -> None:
    """A year has 8,760 hours: 93.6% of the price an hour scales to 94.1% a year."""
    assert _said() == Cap(
        "volatility target",
        pytest.approx(20_000 / (HOURLY * math.sqrt(8_760))),
        "0.00 of 20000.00 is used; the stake may take the rest",
    )


def test_longer_candles_and_leverage_count() -> None:
    daily, leveraged = _said(candle_s=86_400.0), _said(pair=BTC_PERP, leverage=2.0)

    assert not daily or isinstance(daily, Cap)
    assert isinstance(leveraged, Cap)
    assert leveraged.stake_quote == pytest.approx(10_000 / (HOURLY * math.sqrt(8_760)))
    quarter = _said(candle_s=4 * 3_600.0)
    assert isinstance(quarter, Cap)
    assert quarter.stake_quote == pytest.approx(20_000 / (HOURLY * math.sqrt(8_760 / 4)))


def test_small_stake_is_no_objection() -> None:
    rule = VolatilityTargetRule(0.20)

    assert rule.check(a_state(returns=returns_of(BTC)), an_intent(stake_quote=15_000.0)) is None


def test_unknown_volatility_is_refused() -> None:
    found = VolatilityTargetRule(0.20).check(a_state(returns=returns_of(SOL)), an_intent())

    assert found == Refusal(
        "volatility target",
        "the volatility of BTC/USDT is unknown; returns without a gap are needed",
    )
