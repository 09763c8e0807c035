from __future__ import annotations

import pytest

from proratio_tradehub.risk.rules import AssetExposureRule
from proratio_tradehub.risk.sides import Side
from proratio_tradehub.risk.verdict import Cap, Refusal
from tests.tradehub.risk.made import BTC, BTC_PERP, a_position, a_state, an_intent

RULE = AssetExposureRule(0.10)


def test_exposure_at_the_limit_is_no_objection() -> None:
    assert RULE.check(a_state(), an_intent(stake_quote=10_000.0)) is None


def test_leverage_counts_as_what_it_buys() -> None:
    intent = an_intent(pair=BTC_PERP, stake_quote=6_000.0, leverage=2.0)

    assert RULE.check(a_state(), intent) == Cap(
        "asset exposure",
        pytest.approx(5_000.0),
        "0.00 of 10000.00 is used; the stake may take the rest",
    )


def test_all_pairs_of_the_asset_count_whatever_their_side_and_others_do_not() -> None:
    held = (
        a_position(pair=BTC, amount=0.1, mark_price=40_000.0),
        a_position(pair=BTC_PERP, side=Side.SHORT, amount=0.1, mark_price=30_000.0),
        a_position(),
    )

    assert RULE.check(a_state(positions=held), an_intent()) == Cap(
        "asset exposure",
        pytest.approx(3_000.0),
        "7000.00 of 10000.00 is used; the stake may take the rest",
    )


def test_asset_that_is_full_is_refused() -> None:
    held = (a_position(pair=BTC, amount=0.2, mark_price=50_000.0),)

    assert isinstance(RULE.check(a_state(positions=held), an_intent()), Refusal)
