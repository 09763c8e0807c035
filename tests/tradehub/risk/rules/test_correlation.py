from __future__ import annotations

from typing import Any

import pytest

from proratio_tradehub.risk.positions import Position
from proratio_tradehub.risk.returns import RecentReturns
from proratio_tradehub.risk.rules import CorrelationRule
from proratio_tradehub.risk.sides import Side
from proratio_tradehub.risk.verdict import Finding, Refusal
from tests.tradehub.risk.made import (
    BTC,
    BTC_PERP,
    ETH,
    ETH_PERP,
    SOL,
    a_position,
    a_state,
    an_intent,
    correlated,
    returns_of,
)

RULE = CorrelationRule(0.80, 96)
SHORT_ETH = a_position(pair=ETH_PERP, side=Side.SHORT, stop_price=2_300.0)


def _said(correlation: float, *held: Position, **changes: Any) -> Finding:
    one, other = correlated(correlation)
    moves = {BTC: one, BTC_PERP: one, ETH: other, ETH_PERP: other, SOL: returns_of(SOL).values[0]}
    state = a_state(positions=held, returns=RecentReturns.of(moves))
    return RULE.check(state, an_intent(**changes))


def test_nothing_held_is_no_objection() -> None:
    assert _said(1.0) is None


@pytest.mark.parametrize("correlation", [-0.99, 0.0, 0.79])
def test_correlation_within_the_limit_is_no_objection(correlation: float) -> None:
    assert _said(correlation, a_position()) is None


def test_correlation_above_the_limit_is_refused() -> None:
    assert _said(0.85, a_position()) == Refusal(
        "correlation",
        "BTC/USDT moves with ETH/USDT, which is held: correlation 0.85; at most 0.80",
        observed=pytest.approx(0.85),
        limit=0.80,
    )


def test_every_position_is_looked_at() -> None:
    assert isinstance(_said(0.85, a_position(pair=SOL), a_position()), Refusal)
    assert isinstance(_said(0.85, a_position(), a_position(pair=SOL)), Refusal)


def test_opposite_of_what_moves_along_is_no_objection_and_of_what_moves_against_is() -> None:
    assert _said(0.95, SHORT_ETH) is None
    assert isinstance(_said(-0.95, SHORT_ETH), Refusal)
    both = {"pair": BTC_PERP, "side": Side.SHORT, "stop_price": 52_000.0}
    assert isinstance(_said(0.95, SHORT_ETH, **both), Refusal)
    assert _said(0.95, a_position(), **both) is None


def test_same_asset_is_left_to_the_limit_on_exposure() -> None:
    held = a_position(pair=BTC_PERP)

    assert _said(0.0, held) is None


def test_unknown_correlation_is_refused() -> None:
    state = a_state(positions=(a_position(),), returns=returns_of(BTC, SOL))

    assert RULE.check(state, an_intent()) == Refusal(
        "correlation",
        "the correlation of BTC/USDT with ETH/USDT is unknown; 96 returns without a gap are needed",
    )


@pytest.mark.parametrize(("candles", "refused"), [(95, True), (96, False)])
def test_too_few_returns_are_unknown(candles: int, refused: bool) -> None:
    state = a_state(positions=(a_position(),), returns=returns_of(BTC, ETH, candles=candles))

    assert isinstance(RULE.check(state, an_intent()), Refusal) is refused


def test_correlation_exactly_at_the_limit_is_no_objection() -> None:
    state = a_state(positions=(a_position(),), returns=returns_of(BTC, ETH))
    correlation = state.returns.correlation(BTC, ETH)

    assert correlation is not None
    assert CorrelationRule(correlation, 96).check(state, an_intent()) is None
    assert CorrelationRule(correlation - 1e-12, 96).check(state, an_intent()) is not None
