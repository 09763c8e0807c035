"""The track record as cards."""

from __future__ import annotations

from proratio_tradehub.dashboard.track_record.view import (
    caveats_card,
    record_bar,
    record_tiles,
    sheet_card,
)
from proratio_tradehub.track_record import Sheet, sheets_of
from tests.tradehub.track_record.made import scorecard

SCORECARD = scorecard()
HOSTILE = "<img src=x>"


def test_verdict_stands_first_with_what_it_rests_on() -> None:
    text = record_bar(SCORECARD)
    assert "questions" in text
    assert "placebo" in text


def test_each_voter_has_a_figure_or_why_there_is_none() -> None:
    text = record_tiles(SCORECARD)
    for voter in SCORECARD.voters:
        assert voter.seat.name in text


def test_every_table_is_a_card() -> None:
    for sheet in sheets_of(SCORECARD):
        text = sheet_card(sheet)
        assert text.count("<tr>") == len(sheet.rows) + 1


def test_foreign_words_are_text() -> None:
    text = sheet_card(Sheet(HOSTILE, (HOSTILE, "Verdict"), ((HOSTILE, HOSTILE),)))
    assert "<img" not in text
    assert "&lt;img" in text
    assert "Before you believe" in caveats_card(SCORECARD)
