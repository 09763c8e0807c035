"""What is taken away is what is stored, made when it is asked for, harmless in a spreadsheet."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd

from proratio_core.database import Database
from proratio_tradehub.dashboard.downloads import Offer, _encoded, offer_tables, stored_table
from proratio_tradehub.exports import Format
from proratio_tradehub.journal import record_trades
from tests.tradehub.dashboard.drawing import a_house, a_room, drawn, text_of
from tests.tradehub.journal.made import ACCOUNT, a_trade, closed


def test_stored_rows_come_as_every_format(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    record_trades(database, [a_trade(**closed()), a_trade(account="other live binance spot")])
    with a_house(database_url, tmp_path) as house:
        offer = stored_table(a_room(house, None), "trades", account=ACCOUNT)
        assert "100,000" in offer.limit
        csv = pd.read_csv(io.BytesIO(_encoded(offer, Format.CSV)))
        parquet = pd.read_parquet(io.BytesIO(_encoded(offer, Format.PARQUET)))
        page = _encoded(offer, Format.HTML).decode()
    assert csv["account"].tolist() == parquet["account"].tolist() == [ACCOUNT]
    assert ACCOUNT in page


def test_nothing_is_read_until_it_is_asked_for_and_the_limit_is_said() -> None:
    def make() -> pd.DataFrame:
        raise AssertionError("nobody asked")

    offer = Offer("votes", "a vote", make, "The newest 100 rows.")
    page = drawn(lambda: offer_tables([offer], key="x"))
    assert "The newest 100 rows." in text_of(page)
    labels = [button.proto.label for button in page.get("download_button")]
    assert labels == ["CSV", "PARQUET", "JSON", "HTML"]


def test_foreign_text_stays_text() -> None:
    offer = Offer("opinions", "said", lambda: pd.DataFrame({"reasoning": ["=1+1", "<script>"]}))
    assert b"'=1+1" in _encoded(offer, Format.CSV)
    assert b"<script>" not in _encoded(offer, Format.HTML)


def test_secret_that_was_stored_is_not_taken_away(tmp_path: Path) -> None:
    told = ["login canary-4711 refused", None, "fine"]
    offer = Offer("journal", "told", lambda: pd.DataFrame({"message": told, "number": [1, 2, 3]}))
    with a_house("postgresql://me:canary-4711@host/x", tmp_path):
        taken = pd.read_parquet(io.BytesIO(_encoded(offer, Format.PARQUET)))
        texts = [_encoded(offer, one) for one in (Format.CSV, Format.JSON, Format.HTML)]
    assert taken["message"].dropna().tolist() == ["login *** refused", "fine"]
    assert taken["number"].tolist() == [1, 2, 3]
    assert all(b"login *** refused" in text and b"canary" not in text for text in texts)
