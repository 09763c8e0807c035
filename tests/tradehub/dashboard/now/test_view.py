"""The cards of the page Now."""

from __future__ import annotations

from datetime import timedelta

import pytest

from proratio_core.streaming.health import SeriesFreshness, StreamHealth
from proratio_signals.health import Condition, Health
from proratio_tradehub.dashboard.equity import curve_of
from proratio_tradehub.dashboard.look import Tone
from proratio_tradehub.dashboard.now.figures import Answer, Incident, LastVote, Light
from proratio_tradehub.dashboard.now.view import (
    answer_bar,
    health_card,
    holdings_card,
    incidents_card,
    light_of_report,
    light_of_service,
    light_of_stream,
    money_tiles,
    room_card,
    votes_card,
)
from proratio_tradehub.desk import Headroom
from tests.tradehub.dashboard.drawing import NOW
from tests.tradehub.dashboard.now.made import a_holding, a_report

HOSTILE = "<script>alert(1)</script>"
LATER = NOW + timedelta(minutes=2)
CURVE = curve_of([(NOW, 1_000.0), (NOW, 950.0)], day_start_quote=1_000.0)
VOTE = LastVote(7, "BTC/USDT", "1h", "consensus", NOW, 1, 0.71, 0.4, degraded=True)


def _health(condition: Condition, detail: str = "") -> Health:
    return Health("consensus", "ab", 1, condition, detail, NOW, NOW, answered=3, failed=1)


def test_figures_stand_against_what_they_mean() -> None:
    text = money_tiles(
        CURVE, "USDT", fall=Headroom("drawdown", 0.08, 0.1, "frac"), holdings=(a_holding(),)
    )
    assert "950.00 USDT" in text
    assert "▼ −50.00 USDT" in text
    assert "8.00%" in text
    assert "trading halts at 10%" in text
    assert "p-warn" in text
    assert "1 held, worth 1,020.00 USDT" in text


def test_position_without_a_stop_is_marked() -> None:
    text = holdings_card((a_holding(), a_holding(side="short", stop_price=None)), "USDT", NOW)
    assert "48,960" in text
    assert "4.0%" in text
    assert "BTC/USDT short" in text
    assert "no stop" in text
    assert "Nothing is held" in holdings_card((), "USDT", NOW)


def test_each_limit_has_a_meter() -> None:
    text = room_card(a_report(), LATER)
    assert "1.00% of 10%" in text
    assert "1 of 3" in text
    assert "2 min ago" in text
    assert "No bot has reported" in room_card(None, NOW)


def test_vote_of_an_incomplete_panel_is_marked() -> None:
    text = votes_card((VOTE,), LATER)
    assert "▲ BUY" in text
    assert "degraded" in text
    assert "40%" in text
    assert "never asked" in votes_card((), NOW)


def test_foreign_words_are_text() -> None:
    incidents = incidents_card((Incident(NOW, "incident", HOSTILE),), LATER)
    answer = answer_bar(Answer("Halted", HOSTILE, Tone.BAD))
    health = health_card([("Bot", Light.RUNNING, HOSTILE)])
    for text in (incidents, answer, health):
        assert "<script>" not in text
        assert "&lt;script&gt;" in text
    assert "Nothing in the last thirty days" in incidents_card((), NOW)


@pytest.mark.parametrize(
    ("light", "expected"),
    [
        (light_of_report(None, NOW), Light.ABSENT),
        (light_of_report(a_report(), NOW), Light.RUNNING),
        (light_of_report(a_report(held_back="x"), NOW), Light.LIMITED),
        (light_of_report(a_report(), LATER), Light.SILENT),
        (light_of_service(None, NOW), Light.ABSENT),
        (light_of_service(_health(Condition.READY), NOW), Light.RUNNING),
        (light_of_service(_health(Condition.WAITING), NOW), Light.LIMITED),
        (light_of_service(_health(Condition.READY), LATER), Light.SILENT),
        (light_of_stream(None, NOW), Light.ABSENT),
    ],
)
def test_light_says_how_a_process_is(light: tuple[str, Light, str], expected: Light) -> None:
    assert light[1] is expected


def test_stream_that_is_behind_says_with_what() -> None:
    fresh = SeriesFreshness("a", 3_600.0, is_connected=True, newest_open_time=NOW, delay_s=1.0,
                            corrected=0)  # fmt: skip
    late = SeriesFreshness("b", 60.0, is_connected=True, newest_open_time=None, delay_s=None,
                           corrected=0)  # fmt: skip
    stream = StreamHealth("binance", 1, NOW, NOW, 0, (fresh, late))
    assert light_of_stream(stream, NOW) == ("Stream", Light.LIMITED, "behind: b")
    whole = StreamHealth("binance", 1, NOW, NOW, 2, (fresh,))
    assert light_of_stream(whole, NOW)[1:] == (Light.RUNNING, "1 series, 2 lines lost")
    assert light_of_stream(whole, LATER)[1] is Light.SILENT
