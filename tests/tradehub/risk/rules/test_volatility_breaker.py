from __future__ import annotations

import math

import numpy as np
import pytest

from proratio_tradehub.risk.returns import RecentReturns
from proratio_tradehub.risk.rules import VolatilityBreakerRule
from proratio_tradehub.risk.verdict import Finding, Refusal
from tests.tradehub.risk.made import BTC, SOL, a_state, an_intent, returns_of

RULE = VolatilityBreakerRule(3.0, 12)


def _said(usual: float, recent: float, rule: VolatilityBreakerRule = RULE) -> Finding:
    moves = np.resize([1.0, -1.0], 168)
    moves[:-12] *= usual
    moves[-12:] *= recent
    return rule.check(a_state(returns=RecentReturns.of({BTC: moves})), an_intent())


def test_usual_volatility_is_no_objection() -> None:
    assert _said(0.01, 0.01) is None
    assert _said(0.01, 0.028) is None


def test_volatility_exactly_at_the_limit_is_no_objection() -> None:
    rule = VolatilityBreakerRule(1.0, 2)
    moves = RecentReturns.of({BTC: np.resize([0.5, -0.5], 4)})

    assert rule.check(a_state(returns=moves), an_intent()) is None


def test_turmoil_is_refused() -> None:
    ratio = 5.0 * math.sqrt(12 / 11 * 155 / 156)

    assert _said(0.01, 0.05) == Refusal(
        "volatility",
        "BTC/USDT varies 5.2 times as much as usual; at most 3.0",
        observed=pytest.approx(ratio),
        limit=3.0,
    )


def test_move_after_a_price_that_stood_still_is_refused() -> None:
    finding = _said(0.0, 0.01)

    assert isinstance(finding, Refusal)
    assert finding.observed == math.inf
    assert _said(0.0, 0.0) is None


def test_unknown_volatility_is_refused() -> None:
    expected = Refusal(
        "volatility",
        "the volatility of BTC/USDT is unknown; 24 returns without a gap are needed",
    )

    assert RULE.check(a_state(returns=returns_of(SOL)), an_intent()) == expected
    assert RULE.check(a_state(returns=returns_of(BTC, candles=23)), an_intent()) == expected
    assert RULE.check(a_state(returns=returns_of(BTC, candles=24)), an_intent()) is None


def test_hole_in_either_part_is_unknown() -> None:
    for hole in (0, -1):
        moves = returns_of(BTC).values.copy()
        moves[0, hole] = math.nan
        state = a_state(returns=RecentReturns((BTC,), moves))

        assert isinstance(RULE.check(state, an_intent()), Refusal)
