"""An order says what it may cost, a run how far it is, an end how it came."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from proratio_tradehub.dashboard.lab.start_view import ended_bar, order_card, running_card
from proratio_tradehub.dashboard.launching import Launch, LaunchState
from tests.tradehub.dashboard.drawing import NOW
from tests.tradehub.dashboard.launching.made import ORDER

LAUNCH = Launch(ORDER, "operator at 127.0.0.1", NOW)


def test_what_language_models_cost_is_said_before() -> None:
    assert "paid for" in order_card(ORDER, asks_models=True)
    assert "Nobody is paid" in order_card(ORDER, asks_models=False)


def test_stage_percent_and_time_are_shown() -> None:
    text = running_card(
        replace(LAUNCH, stage="Backtesting", percent=40), NOW + timedelta(minutes=1)
    )
    assert "width:40.0%" in text
    assert "1 min, started by operator" in text


def test_every_end_has_a_word_and_the_problem_is_foreign_text() -> None:
    texts = [
        ended_bar(replace(LAUNCH, state=state, problem="<b>x", ended_at=NOW))
        for state in LaunchState
        if state is not LaunchState.RUNNING
    ]
    assert [word in text for word, text in zip(
        ("finished", "failed", "cancelled", "too slow"), texts, strict=True
    )] == [True] * 4  # fmt: skip
    assert not any("<b>x" in text for text in texts)
