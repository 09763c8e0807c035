"""Correlations as a map with numbers, and the tail of a day."""

from __future__ import annotations

from dataclasses import replace

from proratio_tradehub.dashboard.risk.exposure import Exposure
from proratio_tradehub.dashboard.risk.exposure_view import correlation_card, tail_card
from proratio_tradehub.portfolio.value_at_risk import TailMethod, TailRisk
from tests.tradehub.dashboard.drawing import NOW

EXPOSURE = Exposure(
    pairs=("BTC/USDT", "ETH/USDT"),
    held=1,
    correlations=((1.0, 0.91), (0.91, 1.0)),
    bets=1.2,
    timeframe="1h",
    candles=4320,
    until=NOW,
    tails=(TailRisk(TailMethod.HISTORICAL, 0.95, 0.021, 0.034),),
    days=180,
)


def test_pair_above_the_limit_is_framed_and_numbers_stand_in_every_cell() -> None:
    card = correlation_card(EXPOSURE, 0.85)
    assert card.count("0.91") == 2
    assert card.count('class="p-framed"') == 2
    assert "1.2 independent bets of 2" in card
    assert card.count('title="held"') == 1
    assert "p-framed" not in correlation_card(EXPOSURE, None)


def test_opposite_pairs_differ_by_sign_and_colour() -> None:
    opposite = replace(EXPOSURE, correlations=((1.0, -0.5), (-0.5, 1.0)))
    assert "−0.50" in correlation_card(opposite, 0.85)


def test_tail_is_told_in_money_and_as_a_part() -> None:
    card = tail_card(EXPOSURE, 10_000.0, "USDT")
    assert "2.10%" in card
    assert "340.00 USDT" in card


def test_what_is_not_known_of_a_tail_is_said() -> None:
    assert "Nothing is held" in tail_card(replace(EXPOSURE, tails=()), None, "")
    assert "a tail takes 50" in tail_card(replace(EXPOSURE, tails=(), days=12), None, "")
