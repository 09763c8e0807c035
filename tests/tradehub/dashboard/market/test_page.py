"""The page Market, whole."""

from __future__ import annotations

from pathlib import Path

from proratio_core.candles.store import CandleStore
from proratio_core.database import Database
from proratio_tradehub.dashboard.market.page import show
from proratio_tradehub.dashboard.subject import account_subject
from tests.core.candles.candle_frames import SPOT, candles
from tests.tradehub.dashboard.drawing import NOW, a_house, a_room, drawn, text_of
from tests.tradehub.journal.made import ACCOUNT

SUBJECT = account_subject(ACCOUNT, NOW, "USDT")


def test_a_market_is_drawn_and_another_can_be_chosen(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    CandleStore(database).write(SPOT, candles(60))
    with a_house(database_url, tmp_path) as house:
        page = drawn(lambda: show(a_room(house, SUBJECT)))
        text = text_of(page)
    assert page.multiselect[0].options == ["BTC/USDT 1h"]
    assert "Candles of binance BTC/USDT 1h with entries" in text
    assert "proratio data stream" in text
    offered = [button.proto.label for button in page.get("download_button")]
    assert offered == ["HTML", "CSV", "PARQUET", "JSON", "HTML"], "the figure, then its candles"


def test_without_candles_or_without_anything_it_says_how_to_begin(
    database_url: str, tmp_path: Path
) -> None:
    with a_house(database_url, tmp_path) as house:
        assert "No candles of binance" in text_of(drawn(lambda: show(a_room(house, SUBJECT))))
        assert "make demo" in text_of(drawn(lambda: show(a_room(house, None))))


def test_while_the_database_is_away_it_says_so(tmp_path: Path) -> None:
    with a_house("postgresql://127.0.0.1:9/x", tmp_path) as house:
        text = text_of(drawn(lambda: show(a_room(house, SUBJECT))))
    assert "No answer from PostgreSQL" in text
