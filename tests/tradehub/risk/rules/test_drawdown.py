from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_tradehub.risk.rules import DrawdownRule
from proratio_tradehub.risk.verdict import Refusal
from tests.tradehub.risk.made import a_state, an_intent

RULE = DrawdownRule(0.10)


@pytest.mark.parametrize("equity", [100_000.0, 95_000.0, 90_001.0])
def test_drawdown_below_the_limit_is_no_objection(equity: float) -> None:
    assert RULE.check(a_state(equity_quote=equity), an_intent()) is None


def test_drawdown_at_the_limit_refuses_and_asks_for_a_halt() -> None:
    finding = RULE.check(a_state(equity_quote=90_000.0), an_intent())

    assert finding == Refusal(
        "drawdown",
        "equity is 10.00% below its peak; trading halts at 10.00%",
        observed=pytest.approx(0.10),
        limit=0.10,
        asks_halt=True,
    )


@given(peak=st.floats(1.0, 1e12), limit=st.floats(0.01, 0.9), beyond=st.floats(1.0, 10.0))
def test_whatever_the_account_its_limit_is_never_passed(
    peak: float, limit: float, beyond: float
) -> None:
    equity = peak * max(1e-9, 1.0 - limit * beyond)
    state = a_state(equity_quote=equity, peak_equity_quote=peak)

    assert isinstance(DrawdownRule(limit).check(state, an_intent()), Refusal)
