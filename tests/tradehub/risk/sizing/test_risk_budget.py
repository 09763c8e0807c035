from __future__ import annotations

import pytest

from proratio_tradehub.risk.sizing import RiskBudgetRule
from proratio_tradehub.risk.verdict import Cap, Refusal
from tests.tradehub.risk.made import a_position, a_state, an_intent

RULE = RiskBudgetRule(0.01)


def test_stake_within_the_budget_is_no_objection() -> None:
    assert RULE.check(a_state(), an_intent(stake_quote=20_000.0)) is None


@pytest.mark.parametrize(("stop", "loss_frac"), [(48_000.0, 0.04392), (49_500.0, 0.01398)])
def test_near_stop_stakes_more_than_a_far_one(stop: float, loss_frac: float) -> None:
    found = RULE.check(a_state(), an_intent(stake_quote=90_000.0, stop_price=stop))

    assert found == Cap(
        "risk budget",
        pytest.approx(1_000 / loss_frac),
        "0.00 of 1000.00 is used; the stake may take the rest",
    )


def test_what_is_held_does_not_matter_to_the_size() -> None:
    state = a_state(positions=(a_position(),))

    assert RULE.check(state, an_intent(stake_quote=20_000.0)) is None


def test_entry_without_a_stop_is_refused() -> None:
    assert isinstance(RULE.check(a_state(), an_intent(stop_price=None)), Refusal)
