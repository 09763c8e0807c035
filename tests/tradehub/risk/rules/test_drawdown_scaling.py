from __future__ import annotations

import pytest

from proratio_tradehub.risk.rules import DrawdownScalingRule
from proratio_tradehub.risk.verdict import Scaling
from tests.tradehub.risk.made import a_state, an_intent

RULE = DrawdownScalingRule(0.15, 0.5)


@pytest.mark.parametrize("equity", [100_000.0, 85_001.0])
def test_small_drawdown_leaves_stakes_alone(equity: float) -> None:
    assert RULE.check(a_state(equity_quote=equity), an_intent()) is None


@pytest.mark.parametrize(("equity", "shown"), [(85_000.0, "15.00%"), (80_000.0, "20.00%")])
def test_large_drawdown_halves_them(equity: float, shown: str) -> None:
    finding = RULE.check(a_state(equity_quote=equity), an_intent())

    assert finding == Scaling(
        "reduced size",
        0.5,
        f"equity is {shown} below its peak; from 15.00% on stakes are 50%",
    )
