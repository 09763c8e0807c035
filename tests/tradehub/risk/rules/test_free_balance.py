from __future__ import annotations

import pytest

from proratio_tradehub.risk.rules import FreeBalanceRule
from proratio_tradehub.risk.verdict import Cap, Refusal
from tests.tradehub.risk.made import BTC_PERP, a_state, an_intent

RULE = FreeBalanceRule()


def test_stake_and_its_fee_within_the_balance_are_no_objection() -> None:
    assert RULE.check(a_state(free_quote=5_005.1), an_intent()) is None


def test_balance_that_lacks_the_fee_caps_the_stake() -> None:
    assert RULE.check(a_state(free_quote=5_000.0), an_intent()) == Cap(
        "free balance",
        pytest.approx(5_000 / 1.001),
        "0.00 of 5000.00 is used; the stake may take the rest",
    )


def test_fee_is_of_what_leverage_buys() -> None:
    finding = RULE.check(a_state(free_quote=5_000.0), an_intent(pair=BTC_PERP, leverage=10.0))

    assert isinstance(finding, Cap)
    assert finding.stake_quote == pytest.approx(5_000 / 1.01)


def test_nothing_free_is_refused() -> None:
    assert isinstance(RULE.check(a_state(free_quote=0.0), an_intent()), Refusal)
