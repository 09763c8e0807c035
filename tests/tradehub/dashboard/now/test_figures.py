"""What the page Now says: the gravest first, and of each position its result and its stop."""

from __future__ import annotations

from datetime import timedelta

import pytest

from proratio_tradehub.dashboard.look import Tone
from proratio_tradehub.dashboard.now.figures import Incident, answer_of, newest_first, used_frac
from proratio_tradehub.desk import Headroom
from proratio_tradehub.halts import Action, HaltEvent, Standing, standing_of
from tests.tradehub.dashboard.drawing import NOW
from tests.tradehub.dashboard.now.made import a_holding, a_report

CALM = standing_of([])
HALTED = standing_of([HaltEvent.now(Action.HALT, reason="why", by="me", at=NOW)])
NEAR = a_report(headroom=(Headroom("heat", 0.05, 0.06, "frac"),))
LATE = NOW + timedelta(seconds=31)


@pytest.mark.parametrize(
    ("answer", "word", "tone"),
    [
        (answer_of(CALM, a_report(), now=NOW), "Well", Tone.GOOD),
        (answer_of(HALTED, a_report(), now=NOW), "Halted", Tone.BAD),
        (answer_of(None, a_report(), now=NOW), "Not known", Tone.BAD),
        (answer_of(Standing(CALM.mode, unknown="x"), a_report(), now=NOW), "Not known", Tone.BAD),
        (answer_of(CALM, None, now=NOW), "No bot", Tone.WARN),
        (answer_of(CALM, a_report(), now=LATE), "Silent", Tone.BAD),
        (answer_of(CALM, a_report(held_back="no votes"), now=NOW), "No entries", Tone.WARN),
        (answer_of(CALM, a_report(), now=NOW, problem="away"), "Partly known", Tone.WARN),
        (answer_of(CALM, NEAR, now=NOW), "Near a limit", Tone.WARN),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_answer_is_the_gravest_of_what_is_known(answer: object, word: str, tone: Tone) -> None:
    assert (answer.word, answer.tone) == (word, tone)  # type: ignore[attr-defined]


def test_answer_counts_what_is_held() -> None:
    held = answer_of(CALM, a_report(positions=(object(),)), now=NOW)
    assert "one position is held" in held.why


def test_result_of_a_position_follows_the_price() -> None:
    long = a_holding()
    assert long.value_quote == 1_020.0
    assert long.profit_quote == pytest.approx(20.0)
    assert long.profit_frac == pytest.approx(0.02)
    assert long.stop_distance_frac == pytest.approx(0.04)


def test_short_gains_when_the_price_falls_and_leverage_multiplies() -> None:
    short = a_holding(side="short", price=49_000.0, stop_price=52_000.0, leverage=3.0)
    assert short.profit_quote == pytest.approx(20.0)
    assert short.profit_frac == pytest.approx(0.06)
    assert short.stop_distance_frac == pytest.approx(3_000 / 49_000)


def test_without_a_price_nothing_is_guessed() -> None:
    unknown = a_holding(price=None)
    assert unknown.value_quote == 1_000.0
    assert unknown.profit_quote is unknown.profit_frac is unknown.stop_distance_frac is None
    assert a_holding(stop_price=None).stop_distance_frac is None


def test_limit_of_nothing_is_used_up() -> None:
    assert used_frac(0.0, 0.0) == 1.0
    assert used_frac(1.0, 4.0) == 0.25


def test_newest_incidents_come_first() -> None:
    told = [Incident(NOW + timedelta(minutes=i), "incident", str(i)) for i in range(5)]
    assert [one.text for one in newest_first(told, 2)] == ["4", "3"]
