"""The cards of the page Data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from proratio_tradehub.dashboard.data.coverage import KnownGap
from proratio_tradehub.dashboard.data.view import coverage_tiles, gaps_card, series_card
from tests.tradehub.dashboard.data.made import WHOLE, coverage

NOW = datetime(2024, 5, 1, 11, tzinfo=UTC)
HOSTILE = "<img src=x onerror=alert(1)>"


def test_tiles_say_what_is_missing_of_what_should_be_there() -> None:
    text = coverage_tiles([WHOLE, coverage()], NOW)
    assert "721" in text
    assert "48.1308% of what should be there" in text
    assert "1 h ago" in text
    assert "1 of 2 are current" in text


def test_a_line_says_whether_freqtrades_file_is_the_same() -> None:
    assert "up to date" in series_card([WHOLE], {1: 3}, NOW)
    assert "older: proratio data export" in series_card([WHOLE], {1: 2}, NOW)
    assert "none" in series_card([WHOLE], {}, NOW)
    assert "○ ended" in series_card([WHOLE], {}, NOW + timedelta(days=30))


def test_nothing_stored_is_not_an_error() -> None:
    assert "–" in series_card([coverage()], {}, NOW)
    assert "–" in coverage_tiles([], NOW)


def test_the_reason_for_a_gap_is_foreign_text() -> None:
    gap = KnownGap("binance BTC/USDT 1h", NOW, NOW, HOSTILE)
    text = gaps_card([gap], 1)
    assert "&lt;img" in text
    assert "<img" not in text
    assert "the newest 1" in text
    assert "No source has confirmed" in gaps_card([], 1)
