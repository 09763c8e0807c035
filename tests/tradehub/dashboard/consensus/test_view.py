"""The cards of the page Consensus."""

from __future__ import annotations

from dataclasses import replace

from proratio_signals.opinions import Action
from proratio_tradehub.dashboard.consensus.view import (
    columns_of,
    scale_bar,
    verdict_bar,
    verdict_tiles,
    voter_card,
    voters,
)
from tests.tradehub.dashboard.consensus.made import BENCH, a_ballot, a_sheet
from tests.tradehub.dashboard.drawing import NOW

HOSTILE = "<img src=x onerror=alert(1)> [click](javascript:x) $x$ :smile:"
SHEET = a_sheet(
    a_ballot("one", 0.5, Action.BUY, reasoning=HOSTILE, risks=(HOSTILE,)),
    a_ballot("two", 0.5, None, reasoning=HOSTILE),
)


def test_verdict_says_what_on_what_and_how_old() -> None:
    text = verdict_bar(SHEET, BENCH, NOW)
    assert "▲ BUY" in text
    assert "BTC/USDT, candle closed 2024-05-01 11:57 UTC, 3 min ago" in text
    assert "degraded" in text
    assert "asked afterwards" in verdict_bar(replace(SHEET, origin="backfill"), BENCH, NOW)


def test_figures_stand_against_the_threshold() -> None:
    text = verdict_tiles(SHEET, BENCH)
    assert "above 0.60" in text
    assert "1 of 2" in text
    assert "0.0040 USD" in text
    assert "there 4.0 s later" in text
    assert "not above 0.60" in verdict_tiles(a_sheet(score=0.6), BENCH)


def test_scale_has_the_mark_and_a_part_for_each_voter() -> None:
    text = scale_bar(SHEET, BENCH)
    assert "left:60.0%" in text
    assert "width:40.0%" in text
    assert text.count("p-share-buy") == 1


def test_card_says_action_confidence_expectation_cost_and_latency() -> None:
    text = voter_card(SHEET.ballots[0])
    for said in ("▲ BUY", "80%", "▲ +1.20% within 12 candles", "a factor", "2.3 s", "0.0040 USD",
                 "1,900 in, 210 out", "example-1 (OpenAI)"):  # fmt: skip
        assert said in text, said


def test_abstention_says_why() -> None:
    text = voter_card(SHEET.ballots[1])
    assert "○ abstained" in text
    assert "TIMEOUT" in text


def test_what_a_model_says_is_text() -> None:
    text = voters(SHEET)
    assert "<img" not in text
    assert text.count("&lt;img") == 3
    assert "<a " not in text


def test_list_has_a_row_for_each_vote() -> None:
    columns = columns_of((SHEET.line,), NOW)
    assert {name: cells[0] for name, cells in columns.items()} == {
        "Candle closed": "2024-05-01 11:57 UTC",
        "Vote": "▲ BUY",
        "Score": "0.72",
        "Dissent": "25%",
        "Answered": "75%",
        "Panel": "degraded",
        "Age": "3 min ago",
    }
