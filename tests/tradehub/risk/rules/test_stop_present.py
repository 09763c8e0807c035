from __future__ import annotations

from typing import Any

import pytest

from proratio_tradehub.risk.rules import StopPresentRule
from proratio_tradehub.risk.rules.stop_present import MARGIN_LOST_FRAC
from proratio_tradehub.risk.sides import Side
from proratio_tradehub.risk.verdict import Finding, Refusal
from tests.tradehub.risk.made import BTC_PERP, SOL, a_position, a_state, an_intent


def _said(*held: Any, **changes: Any) -> Finding:
    return StopPresentRule(0.15).check(a_state(positions=held), an_intent(**changes))


def test_stop_below_a_long_and_above_a_short_is_no_objection() -> None:
    assert _said() is None
    assert _said(pair=BTC_PERP, side=Side.SHORT, stop_price=52_000.0) is None
    assert _said(a_position()) is None


def test_missing_stop_is_refused() -> None:
    assert _said(stop_price=None) == Refusal("stop", "BTC/USDT has no stop; give every entry one")


@pytest.mark.parametrize("stop_price", [50_000.0, 51_000.0])
def test_stop_on_the_wrong_side_is_refused(stop_price: float) -> None:
    found = _said(stop_price=stop_price)

    assert found == Refusal(
        "stop",
        f"the stop {stop_price:g} of a long lies on the wrong side of 50000",
        observed=1.0 - stop_price / 50_000.0,
    )


def test_short_with_a_stop_below_is_refused() -> None:
    found = _said(pair=BTC_PERP, side=Side.SHORT)

    assert isinstance(found, Refusal)
    assert found.message == "the stop 48000 of a short lies on the wrong side of 50000"


def test_stop_exactly_as_far_as_allowed_is_no_objection() -> None:
    assert _said(stop_price=50_000.0 * 0.85) is None


def test_stop_too_far_is_refused() -> None:
    found = _said(stop_price=40_000.0)

    assert found == Refusal(
        "stop",
        "the stop is 20.00% away; at most 15.00%",
        observed=pytest.approx(0.2),
        limit=0.15,
    )


@pytest.mark.parametrize(("leverage", "refused"), [(18.0, False), (19.0, True)])
def test_stop_behind_the_liquidation_is_refused(leverage: float, refused: bool) -> None:
    found = _said(pair=BTC_PERP, leverage=leverage)  # 4.392% of the notional is lost at the stop

    assert isinstance(found, Refusal) is refused
    if refused:
        assert found == Refusal(
            "stop",
            "83% of the margin is gone at the stop, which the exchange may not wait for; "
            "at most 80%: lower the leverage or the distance",
            observed=pytest.approx(19 * 0.04392),
            limit=MARGIN_LOST_FRAC,
        )


def test_spot_is_never_liquidated() -> None:
    rule = StopPresentRule(0.95)

    assert rule.check(a_state(), an_intent(stop_price=5_000.0)) is None


def test_nothing_is_entered_while_something_has_no_stop() -> None:
    held = (a_position(), a_position(pair=SOL, stop_price=None))

    assert _said(*held) == Refusal(
        "stop", "SOL/USDT is held without a stop; set one before entering more"
    )
