from __future__ import annotations

import pytest

from proratio_tradehub.risk.rules import PortfolioHeatRule
from proratio_tradehub.risk.verdict import Cap, Refusal
from tests.tradehub.risk.made import SOL, a_position, a_state, an_intent

RULE = PortfolioHeatRule(0.06)
LOSS_FRAC = 0.04 + 0.002 * 1.96


def _held(*losses: float) -> tuple[object, ...]:
    """Return positions that lose so much each at their stops."""
    return tuple(
        a_position(pair=SOL, amount=loss, mark_price=101.0, stop_price=100.0, exit_cost_frac=0.0)
        for loss in losses
    )


def test_heat_within_the_limit_is_no_objection() -> None:
    state = a_state(positions=_held(2_000.0, 2_000.0))

    assert RULE.check(state, an_intent(stake_quote=1_999 / LOSS_FRAC)) is None


def test_heat_above_the_limit_caps_the_stake() -> None:
    state = a_state(positions=_held(2_000.0, 3_000.0))

    assert RULE.check(state, an_intent(stake_quote=60_000.0)) == Cap(
        "heat",
        pytest.approx(1_000 / LOSS_FRAC),
        "5000.00 of 6000.00 is used; the stake may take the rest",
    )


def test_heat_at_the_limit_is_refused() -> None:
    state = a_state(positions=_held(2_000.0, 4_000.0))

    assert RULE.check(state, an_intent()) == Refusal(
        "heat", "6000.00 of 6000.00 is used; nothing is left", observed=6_000.0, limit=6_000.0
    )


def test_entry_without_a_stop_is_refused() -> None:
    assert isinstance(RULE.check(a_state(), an_intent(stop_price=None)), Refusal)
