"""The values of the page Risk as markup; foreign text stays text."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from proratio_tradehub.dashboard.risk.orders import Choice, Draft
from proratio_tradehub.dashboard.risk.queries import RefusedEntry
from proratio_tradehub.dashboard.risk.view import (
    confirmation,
    limits_card,
    orders_card,
    refused_card,
    risk_tiles,
    rules_card,
    standing_bar,
)
from proratio_tradehub.desk import Headroom
from proratio_tradehub.desk.report import HeldPosition
from proratio_tradehub.halts import Action, HaltEvent, standing_of
from tests.tradehub.dashboard.drawing import NOW
from tests.tradehub.dashboard.now.made import a_report

HOSTILE = "<script>alert(1)</script>"
HALT = HaltEvent.now(Action.HALT, reason=HOSTILE, by=HOSTILE, at=NOW)


def test_standing_says_word_shape_and_reason() -> None:
    assert "● Trading" in standing_bar(standing_of([]))
    assert "■ Halted" in standing_bar(standing_of([HALT]))
    doubt = standing_bar(standing_of([], unknown="the halt file is not readable"))
    assert "■ Not known" in doubt
    assert "the halt file is not readable" in doubt


def test_confirmation_shows_reason_effects_and_bots_as_text() -> None:
    draft = Draft(Choice.HALT, HOSTILE, "", (HOSTILE, "No entries."), (HOSTILE,), "secret-token")
    shown = confirmation(draft)
    assert "<script" not in shown
    assert shown.count("&lt;script&gt;") == 3
    assert "secret-token" not in shown
    assert "No bot has reported" in confirmation(replace(draft, bots=()))


def test_limit_shows_used_allowed_and_left() -> None:
    lines = (Headroom("heat", 0.045, 0.06, "frac"), Headroom("positions", 3, 3, "count"))
    card = limits_card(a_report(headroom=lines), NOW)
    assert "4.50% of 6.00%, 1.50% left" in card
    assert "3 of 3, 0 left" in card
    assert ">reached<" in card
    assert ">near<" in card


def test_limits_of_a_silent_bot_are_marked_as_old() -> None:
    assert "this is old" not in limits_card(a_report(), NOW)
    assert "this is old" in limits_card(a_report(), NOW + timedelta(minutes=2))
    assert "No bot has reported" in limits_card(None, NOW)


def test_position_without_a_stop_is_said() -> None:
    assert risk_tiles(None, "USDT") is None
    held = HeldPosition("BTC/USDT", "long", 900.0, 25.0, 49_000.0)
    naked = HeldPosition("ETH/USDT", "long", 100.0, 100.0, None)
    tiles = risk_tiles(a_report(positions=(held, naked)), "USDT")
    assert tiles is not None
    assert "−125.00 USDT" in tiles
    assert "1 without a stop" in tiles
    assert "1,000.00 USDT" in tiles


def test_rules_are_bars_with_counts() -> None:
    card = rules_card([("spread", 4), ("portfolio_heat", 1)], "within 7 d")
    assert "width:100.0%" in card
    assert "width:25.0%" in card
    assert "portfolio heat" in card
    assert "5, within 7 d" in card
    assert "None within 7 d" in rules_card([], "7 d")


def test_refusals_and_orders_never_act() -> None:
    entry = RefusedEntry(NOW, HOSTILE, "Trend", ((HOSTILE, HOSTILE), ("", "why")))
    for card in (refused_card([entry], NOW), orders_card([HALT], NOW)):
        assert "<script" not in card
        assert "&lt;script&gt;" in card
    assert "No entry was refused" in refused_card([], NOW)
    assert "Nobody has ever halted" in orders_card([], NOW)


def test_closing_everything_is_as_grave_as_a_halt() -> None:
    closing = replace(HALT, action=Action.LIQUIDATE)
    assert "p-badge p-bad" in orders_card([closing], NOW)
    assert "p-badge p-good" in orders_card([replace(HALT, action=Action.RESUME)], NOW)
