"""What stands on the page about a run."""

from __future__ import annotations

from dataclasses import replace

import plotly.graph_objects as go

from proratio_quantlab.comparison import Line
from proratio_quantlab.measures import MEASURES
from proratio_tradehub.dashboard.lab.judging import Judgement, PairJudgement
from proratio_tradehub.dashboard.lab.view import (
    measures_card,
    pair_bar,
    pair_cards,
    points_card,
    run_bar,
    run_card,
    run_tiles,
)
from tests.tradehub.dashboard.lab.made import GATED, UNGATED

HOSTILE = "<img src=x onerror=alert(1)>"
LINES = tuple(Line(measure, 2.0, 1.0) for measure in MEASURES)
FOUND = Judgement(
    quote="USDT",
    simulated=False,
    rule_based=True,
    lines=LINES,
    certainty=(),
    risk="",
    caveats=(),
    figures={},
    research={},
)
PAIR = PairJudgement(
    quote="USDT",
    simulated=False,
    verdict="Neither.",
    sentences=(),
    lines=LINES,
    caveats=(),
    figure=go.Figure(),
)


def test_what_a_run_is_not_is_said_in_words() -> None:
    assert "RULE-BASED" in run_bar(GATED)
    assert "SIMULATED" not in run_bar(GATED)
    assert "SIMULATED" in run_bar(UNGATED)
    assert "UNGATED" in run_bar(UNGATED)


def test_figures_have_sign_unit_and_doubt() -> None:
    text = run_tiles(GATED)
    assert "▲ +1.23%" in text
    assert "± 1.90 (95 %)" in text
    assert "too short" in run_tiles(replace(GATED, sharpe_half=None))


def test_names_and_sentences_are_foreign_text() -> None:
    hostile = replace(GATED, strategy=HOSTILE, profile=HOSTILE, parameters={HOSTILE: HOSTILE})
    pair = replace(PAIR, verdict=HOSTILE, sentences=(HOSTILE,), caveats=(HOSTILE,))
    for text in (
        run_bar(hostile), run_card(hostile), pair_bar(hostile, hostile, pair), pair_cards(pair),
        points_card(HOSTILE, [HOSTILE]),
    ):  # fmt: skip
        assert "<img" not in text


def test_every_measure_has_its_meaning_and_a_pair_says_which_is_better() -> None:
    assert "Paid to the exchange" in measures_card(FOUND)
    text = pair_cards(PAIR)
    assert "▲ first" in text
    assert "▼ second" in text  # of two drawdowns the deeper one is worse
