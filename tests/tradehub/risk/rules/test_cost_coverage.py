from __future__ import annotations

from typing import Any

import pytest

from proratio_tradehub.risk.rules import CostCoverageRule
from proratio_tradehub.risk.verdict import Finding, Refusal
from tests.tradehub.risk.made import a_state, an_intent


def _said(**changes: Any) -> Finding:
    """Ask for more than 1.5 times the round trip, which costs 0.4%."""
    return CostCoverageRule(1.5).check(a_state(), an_intent(target_price=None, **changes))


def test_move_above_the_costs_is_no_objection() -> None:
    assert _said(expected_return_frac=0.0061) is None


@pytest.mark.parametrize("expected", [0.006, 0.0059, 0.0, -0.02])
def test_move_that_does_not_pay_is_refused(expected: float) -> None:
    assert _said(expected_return_frac=expected) == Refusal(
        "costs",
        f"{expected:.3%} is expected; above 0.600% would pay, which is 1.5 times the costs",
        observed=expected,
        limit=pytest.approx(0.006),
    )


def test_without_costs_any_move_in_favour_pays_and_none_does_not() -> None:
    free = {"fee_frac": 0.0, "slippage_frac": 0.0}

    assert _said(expected_return_frac=1e-6, **free) is None
    assert isinstance(_said(expected_return_frac=0.0, **free), Refusal)


def test_unknown_move_is_refused() -> None:
    assert _said() == Refusal(
        "costs", "the expected move is unknown; give the entry a target or a return"
    )
