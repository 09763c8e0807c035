from __future__ import annotations

from typing import Any

import pytest

from proratio_tradehub.risk.limits import LadderStep, LeverageLadder
from proratio_tradehub.risk.positions import Position
from proratio_tradehub.risk.rules import LeverageRule
from proratio_tradehub.risk.verdict import Cap, Finding, Refusal
from tests.tradehub.risk.made import BTC_PERP, ETH_PERP, a_position, a_state, an_intent

LADDER = LeverageLadder(
    steps=(
        LadderStep(profit_frac=0.25, leverage=2.0),
        LadderStep(profit_frac=0.50, leverage=3.0),
        LadderStep(profit_frac=1.00, leverage=4.0),
    ),
    profit_staked_frac=0.5,
    profit_at_risk_frac=0.3,
)
EARNED = LeverageRule(4.0, LADDER)


def _said(leverage: float, profit: float, *held: Position, stake: float = 5_000.0) -> Finding:
    state = a_state(realised_profit_quote=profit, positions=held)
    return EARNED.check(state, an_intent(pair=BTC_PERP, leverage=leverage, stake_quote=stake))


def _leveraged(**changes: Any) -> Position:
    return a_position(**{"pair": ETH_PERP, "leverage": 2.0, **changes})


@pytest.mark.parametrize("leverage", [1.0, 5.0])
def test_leverage_up_to_the_cap_is_no_objection(leverage: float) -> None:
    intent = an_intent(pair=BTC_PERP, leverage=leverage)

    assert LeverageRule(5.0).check(a_state(), intent) is None


def test_leverage_above_the_cap_is_refused() -> None:
    intent = an_intent(pair=BTC_PERP, leverage=5.5)

    assert LeverageRule(5.0).check(a_state(), intent) == Refusal(
        "leverage", "5.5x was asked for; at most 5x now", observed=5.5, limit=5.0
    )


@pytest.mark.parametrize(
    ("profit", "allowed"),
    [
        (-50_000.0, 1.0),
        (0.0, 1.0),
        (24_999.0, 1.0),
        (25_000.0, 2.0),
        (49_999.0, 2.0),
        (50_000.0, 3.0),
        (100_000.0, 4.0),
        (900_000.0, 4.0),
    ],
)
def test_profits_unlock_leverage_step_by_step(profit: float, allowed: float) -> None:
    state = a_state(realised_profit_quote=profit)

    assert EARNED.allowed(state) == allowed
    assert isinstance(_said(allowed + 0.1, profit), Refusal)
    assert not isinstance(_said(allowed, profit), Refusal)


def test_ladder_never_leads_above_the_cap() -> None:
    assert LeverageRule(2.5, LADDER).allowed(a_state(realised_profit_quote=1e6)) == 2.5
    assert LeverageRule(2.5).allowed(a_state()) == 2.5


def test_own_money_in_leverage_is_at_most_half_of_the_profits() -> None:
    """The stop would allow more: 3 / 10 of 40,000 against 8.784% of each unit of stake."""
    assert _said(2.0, 40_000.0, stake=30_000.0) == Cap(
        "leverage",
        pytest.approx(20_000.0),
        "0.00 of 20000.00 is used; the stake may take the rest",
    )
    held = _leveraged(stake_quote=15_000.0, amount=1e-3)
    assert _said(2.0, 40_000.0, held, stake=30_000.0) == Cap(
        "leverage",
        pytest.approx(5_000.0),
        "15000.00 of 20000.00 is used; the stake may take the rest",
    )


def test_what_leverage_may_lose_is_at_most_three_tenths_of_the_profits() -> None:
    held = _leveraged(stake_quote=1.0, amount=110.0, mark_price=2_000.0, exit_cost_frac=0.0)

    assert _said(2.0, 40_000.0, held, stake=15_000.0) == Cap(
        "leverage",
        pytest.approx(1_000 / (2 * 0.04392)),
        "11000.00 of 12000.00 is used; the stake may take the rest",
    )


def test_stricter_of_both_caps_counts() -> None:
    held = _leveraged(stake_quote=9_000.0, amount=110.0, mark_price=2_000.0, exit_cost_frac=0.0)
    finding = _said(2.0, 40_000.0, held, stake=30_000.0)
    other = _said(2.0, 40_000.0, _leveraged(stake_quote=19_000.0, amount=1e-3), stake=30_000.0)

    assert isinstance(finding, Cap)
    assert finding.stake_quote == pytest.approx(11_000.0)
    assert isinstance(other, Cap)
    assert other.stake_quote == pytest.approx(1_000.0)
    both = _leveraged(stake_quote=1.0, amount=119.0, mark_price=2_000.0, exit_cost_frac=0.0)
    tight = _said(2.0, 40_000.0, both, stake=30_000.0)
    assert isinstance(tight, Cap)
    assert tight.stake_quote == pytest.approx(100 / (2 * 0.04392))


def test_profits_that_are_all_staked_or_at_risk_refuse() -> None:
    staked = _leveraged(stake_quote=20_000.0, amount=1e-3)
    at_risk = _leveraged(stake_quote=1.0, amount=120.0, mark_price=2_000.0, exit_cost_frac=0.0)

    assert isinstance(_said(2.0, 40_000.0, staked), Refusal)
    assert isinstance(_said(2.0, 40_000.0, at_risk), Refusal)


def test_positions_without_leverage_do_not_count_and_entries_without_are_free() -> None:
    plain = a_position(stake_quote=50_000.0, amount=1_000.0)

    assert _said(2.0, 40_000.0, plain) is None
    assert _said(1.0, -1e6, _leveraged(stake_quote=50_000.0)) is None


def test_leveraged_entry_without_a_stop_is_refused() -> None:
    state = a_state(realised_profit_quote=40_000.0)
    intent = an_intent(pair=BTC_PERP, leverage=2.0, stop_price=None)

    assert isinstance(EARNED.check(state, intent), Refusal)
