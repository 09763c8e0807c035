"""The table of docs/consensus-honesty.md against the vote itself, and its defaults."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from proratio_signals.opinions import Action, Answer
from proratio_signals.profile import Stability
from proratio_signals.scoring.drift import ALARM_P, EARLIER, RECENT
from proratio_signals.vote import tally
from tests.signals.samples import RELAXED, STRICT, ballots, said, silent

PAGE = (Path(__file__).parents[2] / "docs" / "consensus-honesty.md").read_text(encoding="utf-8")
SEATS = ("ChatGPT", "Claude", "Gemini")
ROWS = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)


def acts(agree: set[str], confidence: float, *, quorum: object, answering: set[str]) -> bool:
    """Return whether a vote acts when some agree on BUY and the other answering ones say HOLD."""

    def answer(seat: str) -> Answer:
        if seat not in answering:
            return silent()
        if seat in agree:
            return said(Action.BUY, confidence)
        return said(Action.HOLD, 0.0)

    votes = ballots(*(answer(seat) for seat in SEATS))
    return tally(votes, threshold=0.6, quorum=quorum).action is Action.BUY


@pytest.mark.parametrize(
    ("who", "agree", "answering"),
    [
        ("all three, all agree", set(SEATS), set(SEATS)),
        ("all three, ChatGPT + Claude agree", {"ChatGPT", "Claude"}, set(SEATS)),
        ("all three, ChatGPT + Gemini agree", {"ChatGPT", "Gemini"}, set(SEATS)),
        ("all three, Claude + Gemini agree", {"Claude", "Gemini"}, set(SEATS)),
        ("ChatGPT + Claude only", {"ChatGPT", "Claude"}, {"ChatGPT", "Claude"}),
        ("ChatGPT + Gemini only", {"ChatGPT", "Gemini"}, {"ChatGPT", "Gemini"}),
        ("Claude + Gemini only", {"Claude", "Gemini"}, {"Claude", "Gemini"}),
        ("one", {"ChatGPT"}, {"ChatGPT"}),
    ],
)
def test_every_subset_can_act_exactly_where_the_table_says(
    who: str, agree: set[str], answering: set[str]
) -> None:
    default, relaxed = next(cells for name, *cells in ROWS if name == who)
    if relaxed == "the same":
        relaxed = default
    for cell, quorum in ((default, STRICT), (relaxed, RELAXED)):
        found = None if re.match(r"never|holds", cell) else re.search(r"0\.\d\d", cell)
        for confidence in (0.3, 0.6, 0.61, 0.7, 0.8, 0.81, 0.9, 0.92, 0.93, 0.99, 1.0):
            expected = found is not None and confidence > _exact(agree)
            assert acts(agree, confidence, quorum=quorum, answering=answering) is expected
        if found is not None:
            assert float(found[0]) == pytest.approx(_exact(agree), abs=0.005)


def _exact(agree: set[str]) -> float:
    weights = dict(zip(SEATS, (0.40, 0.35, 0.25), strict=True))
    return round(0.6 / sum(weights[seat] for seat in agree), 9)


def test_the_terms_shown_are_the_defaults() -> None:
    (shown,) = re.findall(r"^```toml\n\[stability\]\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)

    assert Stability(**tomllib.loads(shown)) == Stability()


def test_the_windows_of_the_probes_are_those_of_the_test() -> None:
    assert f"p = {ALARM_P}" in PAGE
    assert (RECENT.days, EARLIER.days) == (7, 60)
    assert "last seven days are tested against the sixty before" in PAGE
