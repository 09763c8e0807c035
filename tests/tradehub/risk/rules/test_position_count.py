from __future__ import annotations

from proratio_tradehub.risk.rules import PositionCountRule
from proratio_tradehub.risk.verdict import Refusal
from tests.tradehub.risk.made import ETH, ETH_PERP, SOL, a_position, a_state, an_intent

RULE = PositionCountRule(2)


def test_one_pair_less_than_allowed_is_no_objection() -> None:
    assert RULE.check(a_state(positions=(a_position(),)), an_intent()) is None


def test_one_pair_too_many_is_refused() -> None:
    held = (a_position(), a_position(pair=SOL))

    assert RULE.check(a_state(positions=held), an_intent()) == Refusal(
        "positions", "2 pairs are held; at most 2", observed=2.0, limit=2.0
    )


def test_two_positions_in_one_pair_are_one_pair() -> None:
    held = (a_position(), a_position())

    assert RULE.check(a_state(positions=held), an_intent()) is None


def test_spot_and_perpetual_of_one_asset_are_two_pairs() -> None:
    held = (a_position(), a_position(pair=ETH_PERP))

    assert isinstance(RULE.check(a_state(positions=held), an_intent()), Refusal)


def test_adding_to_a_pair_that_is_held_is_no_new_pair() -> None:
    held = (a_position(), a_position(pair=SOL))

    assert RULE.check(a_state(positions=held), an_intent(pair=ETH)) is None
