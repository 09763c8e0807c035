from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_signals.shown_text import shown
from tests.wire.seeded_texts import CONTROLS, hostile_words


@given(st.text())
def test_nothing_that_is_shown_can_act_on_a_terminal(text: str) -> None:
    seen = shown(text)
    assert all(mark.isprintable() for mark in seen.replace("\n", ""))
    assert shown(seen) == seen


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("a plain sentence: 57.4 > 50 \u2192 BUY, \u00e4\u00f6\u00fc, \u4e2d\u6587", None),
        ("two\nlines", None),
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("\x9b2J", r"\x9b2J"),
        ("safe\r\nfake\b", "safe\\r\nfake\\x08"),
        ("a\u200bb\ufeffc", r"a\u200bb\ufeffc"),
        ("\u202egnp.yub\u202c", r"\u202egnp.yub\u202c"),
        ("non\u00a0breaking\ttab", "non breaking tab"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\U000e0041"),
    ],
)
def test_what_cannot_be_seen_is_written_out(written: str, seen: str | None) -> None:
    assert shown(written) == (written if seen is None else seen)


def test_every_hostile_text_is_harmless() -> None:
    for seed in range(100):
        words = hostile_words(Random(seed))
        for text in (words["reasoning"], *words["factors"], *words["risks"]):
            assert "\x1b" not in shown(text)
            assert shown(text).replace("\n", "").isprintable()
    assert any("\x1b" in text for text in CONTROLS)
