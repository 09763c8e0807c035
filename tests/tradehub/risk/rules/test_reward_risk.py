from __future__ import annotations

from typing import Any

import pytest

from proratio_tradehub.risk.rules import RewardRiskRule
from proratio_tradehub.risk.sides import Side
from proratio_tradehub.risk.verdict import Finding, Refusal
from tests.tradehub.risk.made import BTC_PERP, a_state, an_intent


def _said(**changes: Any) -> Finding:
    return RewardRiskRule(2.0).check(a_state(), an_intent(**changes))


def test_target_exactly_twice_as_far_as_the_stop_is_no_objection() -> None:
    assert _said(stop_price=47_500.0, target_price=55_000.0) is None
    assert _said(price=0.1, stop_price=0.093, target_price=0.114) is None  # 2 but for rounding


def test_target_that_is_nearer_is_refused() -> None:
    assert _said(target_price=53_000.0) == Refusal(
        "reward/risk",
        "6.00% hoped for against 4.00% at risk is 1.50; at least 2.00",
        observed=pytest.approx(1.5),
        limit=2.0,
    )


def test_expected_return_stands_in_for_a_target() -> None:
    assert _said(target_price=None, expected_return_frac=0.081) is None
    assert isinstance(_said(target_price=None, expected_return_frac=0.079), Refusal)
    assert isinstance(_said(target_price=None, expected_return_frac=-0.2), Refusal)


def test_short_hopes_for_the_other_direction() -> None:
    sold = {"pair": BTC_PERP, "side": Side.SHORT, "stop_price": 52_000.0}

    assert _said(**sold, target_price=45_900.0) is None
    assert isinstance(_said(**sold, target_price=55_000.0), Refusal)


@pytest.mark.parametrize(
    "changes", [{"target_price": None}, {"stop_price": None}, {"stop_price": 50_000.0}]
)
def test_unknown_ratio_is_refused(changes: dict[str, Any]) -> None:
    assert _said(**changes) == Refusal(
        "reward/risk", "the ratio is unknown; give the entry a stop and a target or a return"
    )
