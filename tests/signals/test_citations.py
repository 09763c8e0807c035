from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_signals.blinding import blind
from proratio_signals.citations import check_citations
from proratio_signals.opinions import Action, Opinion
from proratio_signals.prompts import Prompt, render
from proratio_signals.snapshot import take_snapshot
from tests.signals.samples import BTC, ROLES, candle_frame, close_of

SNAPSHOT = take_snapshot(candle_frame(400), BTC, close_of(300))
FACTS = {"rsi_14": 57.3912, "return_24_frac": -0.013156, "close": 63_871.25, "volume": 1_234_567.0}
PROMPT = Prompt(
    "technical",
    "A coin toss is 0.5; costs are 0.004.",
    "\n".join(f"- {name}: {value}" for name, value in FACTS.items()) + "\nEMA 20, 240 candles",
    version="v1",
    snapshot=SNAPSHOT,
)


def _unfounded(text: str, prompt: Prompt = PROMPT) -> list[str]:
    opinion = Opinion(Action.BUY, 0.83, 0.0275, horizon_candles=36, reasoning=text)
    return list(check_citations(opinion, prompt).unfounded)


@pytest.mark.parametrize(
    "text",
    [
        "RSI at 57.3912, or 57.39, or 57.4, or 57",
        "down 1.3156% in a day, 1.32%, 1.3 percent, 132 bp, 0.013 as a fraction",
        "-1.3% and −1.32% and (+1.3%)",
        "the close of 63,871.25 is about 63,900 or 63.9k, roughly 64,000",
        "a volume of 1.23M, 1234567, 1,234,567 or 1.2 M",
        "above EMA20 and EMA 20 over 240 candles",
        "RSI between 30 and 70, ADX above 25, 50 is neutral, 100 the most",
        "3 of the last 6 candles, 2:1, 12 lower lows",
        "I am 83% sure, 0.83, of 2.75% in 36 candles; 0.5 is a coin toss, costs are 0.4%",
        "fullwidth ５７.４",
        "no number at all",
    ],
)
def test_numbers_the_voter_was_shown_are_founded(text: str) -> None:
    assert _unfounded(text) == []


@pytest.mark.parametrize(
    ("text", "unfounded"),
    [
        ("RSI at 71.3", ["71.3"]),
        ("RSI at 57.5 and 58", ["57.5", "58"]),
        ("RSI rounded down: 57.3", ["57.3"]),
        ("down 1.4%", ["1.4%"]),
        ("support at 61,250 and 62000", ["61,250", "62000"]),
        ("support at 61.2k", ["61.2k"]),
        ("a target of 70,000.", ["70,000"]),
        ("a 70% chance", ["70%"]),
        ("in 2021 it fell 53 percent", ["2021", "53 percent"]),
        ("the level 13", ["13"]),
        ("0.0040001", ["0.0040001"]),
        ("１２３４.５ in other digits", ["1234.5"]),
    ],
)
def test_numbers_nobody_showed_are_counted_as_written(text: str, unfounded: list[str]) -> None:
    assert _unfounded(text) == unfounded


def test_reasoning_factors_and_risks_are_all_read() -> None:
    opinion = Opinion(
        Action.SELL,
        0.6,
        -0.01,
        horizon_candles=24,
        reasoning="RSI 57.4",
        factors=("volume 99.1",),
        risks=("squeeze to 66,600", "RSI 57"),
    )

    citations = check_citations(opinion, PROMPT)

    assert citations.cited == ("57.4", "99.1", "66,600", "57")
    assert citations.unfounded == ("99.1", "66,600")


@pytest.mark.parametrize("role", ROLES)
def test_every_fact_and_candle_of_a_real_prompt_may_be_cited(role: str) -> None:
    prompt = render(role, "v1", SNAPSHOT)
    figures = [f"{value:.4g}" for row in SNAPSHOT.recent for value in row]

    assert len(figures) == 120
    assert _unfounded(" and ".join(figures), prompt) == []


def test_blind_voter_that_names_the_real_price_is_caught() -> None:
    snapshot = take_snapshot(
        candle_frame(400).assign(close=lambda f: f.close * 1), BTC, close_of(300)
    )
    price = f"{snapshot.facts['ema_50']:.3f}"

    assert _unfounded(f"EMA 50 at {price}", render("technical", "v1", snapshot)) == []
    assert _unfounded(f"EMA 50 at {price}", render("technical", "v1", blind(snapshot))) == [price]


@given(st.floats(1e-6, 1e7), st.integers(0, 6))
def test_any_shown_number_is_founded_however_it_is_rounded(value: float, digits: int) -> None:
    prompt = Prompt("risk", "", f"- fact: {value:.9f}", version="v1", snapshot=SNAPSHOT)

    assert _unfounded(f"it is {value:.{digits}f} now", prompt) == []


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    if text.strip() and "\x00" not in text:
        assert set(_unfounded(text)) <= set(
            check_citations(
                Opinion(Action.HOLD, 0.5, 0.0, horizon_candles=1, reasoning=text), PROMPT
            ).cited
        )
