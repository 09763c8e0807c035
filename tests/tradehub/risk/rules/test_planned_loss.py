from __future__ import annotations

import pytest

from proratio_tradehub.risk.rules import PlannedLossRule
from proratio_tradehub.risk.verdict import Cap, Refusal
from tests.tradehub.risk.made import BTC, a_position, a_state, an_intent

RULE = PlannedLossRule(0.02)
LOSS_FRAC = 0.04 + 0.002 * 1.96
"""Of the stake: 4% to the stop, 0.2% of the price paid and of the stop in costs."""


def test_loss_within_the_limit_is_no_objection() -> None:
    fits = 0.02 * 100_000 / LOSS_FRAC

    assert RULE.check(a_state(), an_intent(stake_quote=fits * 0.999999)) is None


def test_loss_above_the_limit_caps_the_stake() -> None:
    assert RULE.check(a_state(), an_intent(stake_quote=60_000.0)) == Cap(
        "planned loss",
        pytest.approx(2_000 / LOSS_FRAC),
        "0.00 of 2000.00 is used; the stake may take the rest",
    )


def test_what_the_pair_risks_already_counts_and_other_pairs_do_not() -> None:
    held = a_position(
        pair=BTC, amount=0.5, mark_price=50_000.0, stop_price=48_000.0, exit_cost_frac=0.0
    )
    finding = RULE.check(a_state(positions=(held, a_position())), an_intent(stake_quote=60_000.0))

    assert finding == Cap(
        "planned loss",
        pytest.approx(1_000 / LOSS_FRAC),
        "1000.00 of 2000.00 is used; the stake may take the rest",
    )


def test_pair_that_risks_everything_already_is_refused() -> None:
    held = a_position(
        pair=BTC, amount=1.0, mark_price=50_000.0, stop_price=48_000.0, exit_cost_frac=0.0
    )
    finding = RULE.check(a_state(positions=(held,)), an_intent())

    assert isinstance(finding, Refusal)
    assert finding.rule == "planned loss"


def test_entry_without_a_stop_is_refused() -> None:
    assert isinstance(RULE.check(a_state(), an_intent(stop_price=None)), Refusal)
