from __future__ import annotations

import pytest

from proratio_tradehub.risk.rules import SpreadRule
from proratio_tradehub.risk.verdict import Refusal
from tests.tradehub.risk.made import a_state, an_intent


@pytest.mark.parametrize("spread", [0.0, 0.002])
def test_narrow_spread_is_no_objection(spread: float) -> None:
    assert SpreadRule(0.002).check(a_state(), an_intent(spread_frac=spread)) is None


def test_wide_spread_is_refused() -> None:
    assert SpreadRule(0.002).check(a_state(), an_intent(spread_frac=0.0021)) == Refusal(
        "spread",
        "the spread of BTC/USDT is 0.210%; at most 0.200%",
        observed=0.0021,
        limit=0.002,
    )
