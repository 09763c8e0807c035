from __future__ import annotations

import pytest

from proratio_tradehub.risk.rules import LiquidityRule
from proratio_tradehub.risk.verdict import Cap, Refusal
from tests.tradehub.risk.made import BTC_PERP, a_state, an_intent

RULE = LiquidityRule(1e6, 0.001)


def test_small_part_of_a_large_market_is_no_objection() -> None:
    assert RULE.check(a_state(), an_intent(day_volume_quote=5e6)) is None


def test_thin_market_is_refused() -> None:
    assert RULE.check(a_state(), an_intent(day_volume_quote=999_999.0)) == Refusal(
        "liquidity",
        "999,999 traded in BTC/USDT in a day; at least 1,000,000",
        observed=999_999.0,
        limit=1e6,
    )


def test_market_of_exactly_that_volume_caps_the_stake() -> None:
    assert RULE.check(a_state(), an_intent(day_volume_quote=1e6)) == Cap(
        "liquidity",
        pytest.approx(1_000.0),
        "0.00 of 1000.00 is used; the stake may take the rest",
    )


def test_leverage_counts_as_what_it_buys() -> None:
    intent = an_intent(pair=BTC_PERP, leverage=4.0, day_volume_quote=1e6)
    finding = RULE.check(a_state(), intent)

    assert isinstance(finding, Cap)
    assert finding.stake_quote == pytest.approx(250.0)


def test_market_without_any_trade_is_refused_even_without_a_minimum() -> None:
    rule = LiquidityRule(0.0, 0.001)

    assert isinstance(rule.check(a_state(), an_intent(day_volume_quote=0.0)), Refusal)
