from __future__ import annotations

import pytest

from proratio_tradehub.risk.sizing import FixedFractionRule
from proratio_tradehub.risk.verdict import Cap, Refusal
from tests.tradehub.risk.made import a_state, an_intent

RULE = FixedFractionRule(0.05)


def test_stake_within_the_fraction_is_no_objection() -> None:
    assert RULE.check(a_state(), an_intent(stake_quote=5_000.0)) is None


@pytest.mark.parametrize(("confidence", "limit"), [(1.0, 5_000.0), (0.62, 3_100.0)])
def test_larger_stake_is_capped_by_confidence(confidence: float, limit: float) -> None:
    found = RULE.check(a_state(), an_intent(stake_quote=6_000.0, confidence=confidence))

    assert found == Cap(
        "fixed fraction",
        pytest.approx(limit),
        f"0.00 of {limit:.2f} is used; the stake may take the rest",
    )


def test_no_confidence_refuses() -> None:
    assert isinstance(RULE.check(a_state(), an_intent(confidence=0.0)), Refusal)
