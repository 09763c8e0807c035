from __future__ import annotations

from proratio_core.values import Market
from proratio_tradehub.risk.rules import MarketRule
from proratio_tradehub.risk.verdict import Refusal
from tests.tradehub.risk.made import BTC_PERP, a_state, an_intent


def test_pair_of_an_allowed_market_is_no_objection() -> None:
    rule = MarketRule(frozenset(Market))

    assert rule.check(a_state(), an_intent()) is None
    assert rule.check(a_state(), an_intent(pair=BTC_PERP)) is None


def test_pair_of_another_market_is_refused() -> None:
    finding = MarketRule(frozenset({Market.SPOT})).check(a_state(), an_intent(pair=BTC_PERP))

    assert finding == Refusal("market", "BTC/USDT:USDT is a perpetual pair; allowed: spot")


def test_refusal_lists_what_is_allowed_in_order() -> None:
    """No market is of neither kind; the list is what is looked at here."""
    rule = MarketRule(frozenset({"spot-2", "margin"}))  # type: ignore[arg-type]

    assert rule.check(a_state(), an_intent()) == Refusal(
        "market", "BTC/USDT is a spot pair; allowed: margin, spot-2"
    )
