from __future__ import annotations

import pytest

from proratio_tradehub.risk.rules import TradingStateRule
from proratio_tradehub.risk.state import TradingState
from proratio_tradehub.risk.verdict import Refusal
from tests.tradehub.risk.made import a_state, an_intent


def test_running_is_no_objection() -> None:
    assert TradingStateRule().check(a_state(), an_intent()) is None


@pytest.mark.parametrize("trading_state", [TradingState.HALTED, TradingState.REDUCE_ONLY])
def test_anything_else_refuses(trading_state: TradingState) -> None:
    finding = TradingStateRule().check(a_state(trading_state=trading_state), an_intent())

    assert finding == Refusal(
        "trading state", f"trading is {trading_state}; a person has to resume it"
    )
