"""What the page Now reads."""

from __future__ import annotations

from datetime import timedelta

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_signals.opinions import Action
from proratio_tradehub.dashboard.now.queries import read_holdings, read_incidents, read_last_votes
from proratio_tradehub.dashboard.subject import account_subject
from proratio_tradehub.halts import Action as Order
from proratio_tradehub.halts import HaltEvent, HaltLedger
from proratio_tradehub.journal import (
    AccountTrade,
    JournalEntry,
    Kind,
    record_entries,
    record_trades,
)
from tests.signals.recording import record
from tests.signals.samples import BTC, ETH, candle_frame, close_of, panel_profile, said
from tests.tradehub.dashboard.drawing import NOW
from tests.tradehub.dashboard.now.made import ACCOUNT

TRADE = AccountTrade(
    account=ACCOUNT, symbol="BTC/USDT", entry_order_id="1", trade_id=1, strategy="Trend",
    side="long", quote="USDT", is_open=True, opened_at=NOW, open_rate=50.0, amount=2.0,
    stake_quote=100.0, leverage=1.0, fee_open_quote=0.1, funding_quote=0.0, stop_price=45.0,
)  # fmt: skip


def test_position_has_the_newest_close_as_its_price(database: Database) -> None:
    record_trades(database, [TRADE])
    (unpriced,) = read_holdings(database, account_subject(ACCOUNT, NOW))
    assert unpriced.price is None
    frame = candle_frame(300)
    CandleStore(database).write(BTC, frame)
    (held,) = read_holdings(database, account_subject(ACCOUNT, NOW))
    assert held.price == frame["close"].iloc[-1]
    assert (held.symbol, held.stop_price, held.amount) == ("BTC/USDT", 45.0, 2.0)


def test_newest_vote_of_each_pair_is_read(database: Database) -> None:
    for index in (250, 251):
        record(database, index, *[said(Action.BUY, 0.9)] * 3, profile=panel_profile())
    holds = [said(Action.HOLD, 0.5)] * 3
    record(database, 250, *holds, profile=panel_profile(), key=ETH)
    btc, eth = read_last_votes(database, "binance", most=5)
    assert (btc.symbol, btc.action, eth.symbol, eth.action) == ("BTC/USDT", 1, "ETH/USDT", 0)
    assert btc.as_of > eth.as_of
    assert read_last_votes(database, "kraken", most=5) == ()


def test_another_panel_that_was_asked_earlier_is_left_out(database: Database) -> None:
    answers = [said(Action.BUY, 0.9)] * 3
    record(database, 260, *answers, profile=panel_profile())
    earlier = panel_profile(threshold=0.7)
    record(database, 250, *answers, profile=earlier)
    record(database, 250, *answers, profile=earlier, key=ETH)
    (only,) = read_last_votes(database, "binance", most=5)
    assert (only.symbol, only.as_of) == ("BTC/USDT", close_of(260))


def test_incidents_and_orders_are_told_together(database: Database) -> None:
    told = ({"what": "slow"}, {"code": 7})
    record_entries(
        database,
        [
            JournalEntry(
                event_id=str(number), account=ACCOUNT, strategy="Trend", kind=Kind.INCIDENT,
                at=NOW - timedelta(hours=number), document=document,
            )
            for number, document in enumerate(told)
        ],
    )  # fmt: skip
    halt = HaltEvent.now(Order.HALT, reason="why", by="me", at=NOW - timedelta(minutes=30))
    HaltLedger(database).add([halt])
    found = read_incidents(database, ACCOUNT, now=NOW + timedelta(hours=1), most=5)
    assert [(one.kind, one.text) for one in found] == [
        ("incident", "slow"),
        ("halt", "why (me)"),
        ("incident", '{"code": 7}'),
    ]
