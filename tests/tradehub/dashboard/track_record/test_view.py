"""The track record as cards."""

from __future__ import annotations

from datetime import timedelta

from proratio_tradehub.dashboard.track_record.view import (
    bill_card,
    caveats_card,
    record_bar,
    record_tiles,
    sheet_card,
)
from proratio_tradehub.track_record import Sheet, sheets_of
from proratio_tradehub.trade_costs import TradeCost
from tests.tradehub.dashboard.drawing import NOW
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


def test_bill_says_what_a_trade_has_to_gain_for_its_votes() -> None:
    trades = [
        TradeCost("BTC/USDT", NOW + timedelta(hours=n), 500.0, profit, 7, 0.004, 0.05)
        for n, profit in enumerate((12.5, -3.0, None))
    ]
    text = str(bill_card(trades))
    assert "3 trades share" in text
    assert "0.0500 USD each" in text
    assert "gain 0.0100% of its stake" in text
    assert text.index("open") < text.index("−3.00") < text.index("+12.50"), "the newest first"


def test_long_bill_shows_its_newest_part() -> None:
    trades = [TradeCost("BTC/USDT", NOW, 500.0, None, 7, 0.004, 0.05)] * 40
    assert str(bill_card(trades)).count("<tr>") == 13


def test_no_trade_has_no_bill() -> None:
    assert bill_card([]) is None
