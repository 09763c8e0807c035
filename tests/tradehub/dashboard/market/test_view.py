"""The cards of the page Market."""

from __future__ import annotations

from proratio_tradehub.dashboard.market.view import (
    book_card,
    deal_card,
    market_tiles,
    verdict_card,
)
from tests.tradehub.dashboard.market.made import BOOK, SEEN, a_deal, a_pane

HOSTILE = "<script>alert(1)</script>"


def test_tiles_say_what_was_earned_here() -> None:
    text = market_tiles(a_pane(), SEEN)
    assert "BTC/USDT 1h" in text
    assert "▲ +9.79 USDT realised" in text
    assert "none closed" in market_tiles(a_pane(a_deal(profit_quote=None)), SEEN)


def test_a_trade_is_told_with_its_reason_as_text() -> None:
    text = deal_card(a_deal(reason=HOSTILE), "USDT")
    assert "&lt;script&gt;" in text
    assert HOSTILE not in text
    assert "offline@2024-01-01T05:00Z" in text
    still = deal_card(a_deal(closed_at=None, close_rate=None, tag=""), "USDT")
    assert "no vote: the rule alone" in still
    assert "<dd>open</dd>" in still


def test_a_verdict_is_every_figure_the_journal_has() -> None:
    text = verdict_card({"stake_quote": 100.0, "why": HOSTILE})
    assert "stake_quote" in text
    assert HOSTILE not in text
    assert "no verdict" in verdict_card(None)


def test_a_book_shows_its_spread_or_how_to_get_one() -> None:
    assert "+200 bp" in book_card(BOOK, SEEN)
    assert "proratio data stream" in book_card(None, SEEN)
