"""The pieces of pages: what they mean is in their text, not in their colour alone."""

from __future__ import annotations

import pytest

from proratio_tradehub.dashboard.look.tiles import (
    Cell,
    Tone,
    badge,
    card,
    facts,
    mark_badge,
    meter,
    note,
    table,
    tile,
    tiles,
    tone_of,
)
from proratio_tradehub.marks import Mark

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.mark.parametrize(
    "piece",
    [
        badge(HOSTILE),
        card(HOSTILE, HOSTILE, aside=HOSTILE),
        facts([(HOSTILE, HOSTILE)]),
        meter(HOSTILE, 0.5, HOSTILE),
        note(HOSTILE),
        table([HOSTILE], [[HOSTILE], [Cell(HOSTILE)]], caption=HOSTILE),
        tiles(tile(HOSTILE, HOSTILE, HOSTILE)),
    ],
)
def test_no_piece_lets_foreign_markup_through(piece: str) -> None:
    assert "<img" not in piece
    assert "&lt;img" in piece


def test_marks_differ_in_word_and_class() -> None:
    badges = {mark_badge(mark) for mark in Mark}
    assert len(badges) == len(Mark)
    assert "real money" in mark_badge(Mark.LIVE)
    assert "p-mark-every-bot" in mark_badge(Mark.EVERY_BOT)


@pytest.mark.parametrize(
    ("used", "word", "width"), [(0.2, None, "20.0"), (0.8, "near", "80.0"), (1.4, "reached", "100")]
)
def test_meter_says_when_a_limit_is_near(used: float, word: str | None, width: str) -> None:
    drawn = meter("drawdown", used, "x of y")
    assert f"width:{width}" in drawn
    assert (word is None) == ("p-badge" not in drawn)
    assert word is None or word in drawn


def test_tone_follows_the_sign() -> None:
    assert [tone_of(value) for value in (1.0, -1.0, 0.0, None)] == [
        *(Tone.GOOD, Tone.BAD, Tone.PLAIN, Tone.PLAIN)
    ]


def test_numbers_stand_right_and_words_left() -> None:
    drawn = table(["Pair", "Profit"], [["BTC/USDT", Cell("▲ +1", Tone.GOOD)]], caption="trades")
    assert '<td class="p-left p-plain">BTC/USDT</td>' in drawn
    assert '<td class="p-right p-good">▲ +1</td>' in drawn
    assert '<td class="p-right p-muted">–</td>' in table(["a", "b"], [["x", "–"]], caption="c")
