"""The page Data, whole."""

from __future__ import annotations

from pathlib import Path

from proratio_core.candles.store import CandleStore
from proratio_core.database import Database
from proratio_core.values import Pair, SeriesKey, Timeframe
from proratio_tradehub.dashboard.data.page import show
from proratio_tradehub.dashboard.subject import account_subject
from tests.core.candles.candle_frames import FUNDING, MARK, SPOT, candles, funding
from tests.tradehub.dashboard.drawing import NOW, a_house, a_room, drawn, text_of

SIMULATED = SeriesKey("simulated", Pair.parse("ETH/USDT"), Timeframe.H1)


def test_series_of_the_accounts_exchange_are_shown_and_others_can_be_chosen(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    store = CandleStore(database)
    for key in (SPOT, MARK, SIMULATED):
        store.write(key, candles())
    store.write(FUNDING, funding())
    subject = account_subject("bot dry_run simulated spot", NOW)
    with a_house(database_url, tmp_path) as house:
        page = drawn(lambda: show(a_room(house, subject)))
        assert "simulated ETH/USDT 1h" in text_of(page)
        assert "binance BTC/USDT" not in text_of(page)
        page = drawn(lambda: show(a_room(house, None)))
        text = text_of(page)
    assert "binance BTC/USDT:USDT 1h funding_rate" in text
    assert text.count("stored of each series and month") == 3


def test_a_series_is_counted_again_only_when_it_has_changed(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    store = CandleStore(database)
    store.write(SPOT, candles(10))
    with a_house(database_url, tmp_path) as house:
        assert ">10<" in text_of(drawn(lambda: show(a_room(house, None))))
        store.write(SPOT, candles(12))
        house.shelf.forget()
        assert ">12<" in text_of(drawn(lambda: show(a_room(house, None))))


def test_without_candles_it_says_how_to_get_them(database_url: str, tmp_path: Path) -> None:
    with a_house(database_url, tmp_path) as house:
        assert "proratio data download" in text_of(drawn(lambda: show(a_room(house, None))))


def test_while_the_database_is_away_it_says_so(tmp_path: Path) -> None:
    with a_house("postgresql://127.0.0.1:9/x", tmp_path) as house:
        assert "No answer from PostgreSQL" in text_of(drawn(lambda: show(a_room(house, None))))
