from __future__ import annotations

import pytest

from proratio_tradehub.risk.rules import ClockSkewRule
from proratio_tradehub.risk.verdict import Refusal
from tests.tradehub.risk.made import a_state, an_intent


@pytest.mark.parametrize("skew_s", [-5.0, 0.0, 5.0])
def test_small_skew_is_no_objection(skew_s: float) -> None:
    assert ClockSkewRule(5.0).check(a_state(clock_skew_s=skew_s), an_intent()) is None


@pytest.mark.parametrize(("skew_s", "shown"), [(5.2, "+5.2"), (-86_400.0, "-86400.0")])
def test_large_skew_either_way_is_refused(skew_s: float, shown: str) -> None:
    assert ClockSkewRule(5.0).check(a_state(clock_skew_s=skew_s), an_intent()) == Refusal(
        "clock",
        f"the clock is off by {shown} s; at most 5 s, synchronise it (NTP)",
        observed=abs(skew_s),
        limit=5.0,
    )
