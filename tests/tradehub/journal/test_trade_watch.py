"""Whatever was missed, table and journal end with what Freqtrade's database says."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from proratio_core.database import Database
from proratio_tradehub.journal import Journal, read_entries, read_trades, record_trades
from proratio_tradehub.journal.trade_mirror import TradeMirror
from proratio_tradehub.journal.trade_watch import TradeWatch
from tests.tradehub.journal.made import ACCOUNT, NOW, a_trade
from tests.tradehub.journal.trades import MadeTrades, a_ft_trade, an_order

MINUTE = timedelta(minutes=1)


@dataclass
class Bot:
    """A bot that looks at its trades, and can be killed."""

    folder: Path
    database: Database
    book: MadeTrades = field(default_factory=MadeTrades)
    entered: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.journal = Journal(ACCOUNT, "Trend", folder=self.folder)
        self.mirror = TradeMirror(ACCOUNT)
        self.watch = TradeWatch(self.journal, self.mirror, self.book, on_entry=self.entered.append)

    def loop(self, now: datetime = NOW, *, stored: bool = True) -> None:
        if stored:
            self.store()
        self.watch.look(now)
        if stored:
            self.store()

    def store(self) -> None:
        self.journal.flush(self.database)
        self.mirror.flush(self.database)

    @property
    def kinds(self) -> dict[str, int]:
        return Counter(entry.kind.value for entry in read_entries(self.database))


@pytest.fixture
def bot(tmp_path: Path, database: Database) -> Bot:
    return Bot(tmp_path, database)


def opened(number: int = 1, **changes: Any) -> Any:
    trade = a_ft_trade(number, **changes)
    an_order(trade)
    trade.recalc_trade_from_orders()
    trade.adjust_stop_loss(trade.open_rate, -0.05, initial=True)
    return trade


def close(trade: Any, price: float = 110.0, after: timedelta = MINUTE) -> None:
    an_order(trade, "sell", price=price, after=after)
    trade.exit_reason = "roi"
    trade.close(price)


def test_trade_is_told_from_its_order_to_its_exit(bot: Bot, database: Database) -> None:
    trade = a_ft_trade()
    order = an_order(trade, filled=0.0)
    bot.book.trades.append(trade)
    bot.loop()
    assert bot.kinds == {"order": 1}
    assert read_trades(database) == ()
    order.filled, order.status, order.ft_is_open = 1.0, "closed", False
    order.order_filled_date = NOW
    trade.recalc_trade_from_orders()
    trade.adjust_stop_loss(100.0, -0.05, initial=True)
    bot.loop()
    bot.loop()
    assert bot.kinds == {"order": 1, "fill": 1, "stop": 1}
    assert bot.entered == [trade]
    close(trade)
    bot.loop()
    bot.loop(NOW + 20 * MINUTE)
    assert bot.kinds == {"order": 2, "fill": 2, "stop": 1, "exit": 1}
    (stored,) = read_trades(database)
    assert stored.profit_quote == pytest.approx(trade.close_profit_abs)


def test_stop_that_moves_is_told_once_a_minute_at_most(bot: Bot, database: Database) -> None:
    trade = opened()
    bot.book.trades.append(trade)
    bot.loop()
    for seconds in range(0, 120, 5):
        trade.adjust_stop_loss(100.0 + seconds / 10, -0.05)
        bot.loop(NOW + timedelta(seconds=seconds), stored=False)
    bot.store()
    assert bot.kinds["stop"] == 2
    assert read_trades(database)[0].stop_price == trade.stop_loss


def test_killed_bot_converges_when_it_starts_again(bot: Bot, database: Database) -> None:
    first, second = opened(1), opened(2, pair="ETH/USDT")
    bot.book.trades += [first, second]
    bot.loop(stored=False)  # killed with everything in the file
    close(first)
    third = opened(3, pair="SOL/USDT")
    close(third)
    bot.book.trades.append(third)
    bot.journal.close()
    bot.start()
    for _ in range(3):
        bot.loop()
    assert bot.kinds == {"order": 5, "fill": 5, "stop": 2, "exit": 2}
    is_open = {trade.symbol: trade.is_open for trade in read_trades(database)}
    assert is_open == {"BTC/USDT": False, "ETH/USDT": True, "SOL/USDT": False}


def test_start_tells_nothing_of_closed_trades_the_table_has(
    bot: Bot, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(1, 451):  # more than one look reads
        trade = opened(number, enter_tag=None)
        close(trade)
        bot.book.trades.append(trade)
    for _ in range(4):
        bot.loop()
    assert len(read_trades(database)) == 450
    assert bot.kinds == {"order": 900, "fill": 900, "exit": 450}
    bot.start()
    caplog.clear()
    caplog.set_level("INFO", "proratio_tradehub.journal")
    for _ in range(4):
        bot.loop()
    assert caplog.records == []


def test_trade_that_somebody_deleted_is_never_shown_as_open(bot: Bot, database: Database) -> None:
    trade, pending = opened(1), a_ft_trade(2, pair="ETH/USDT")
    an_order(pending, filled=0.0)
    bot.book.trades += [trade, pending]
    bot.loop()
    bot.book.trades.clear()
    bot.loop(NOW + MINUTE)
    bot.loop(NOW + 2 * MINUTE)
    (stored,) = read_trades(database)
    assert (stored.is_open, stored.profit_quote) == (False, None)
    assert stored.closed_at == NOW + MINUTE
    assert stored.exit_reason == "gone from Freqtrade's database"
    assert (bot.kinds["cancel"], bot.kinds["incident"]) == (1, 1)


def test_new_database_of_freqtrade_keeps_the_history_and_closes_what_it_does_not_know(
    bot: Bot, database: Database
) -> None:
    old = [a_trade(entry_order_id="a"), a_trade(entry_order_id="b", trade_id=2)]
    record_trades(database, old)
    bot.book.trades.append(opened(1))
    for minutes in range(3):
        bot.loop(NOW + minutes * MINUTE)
    states = {one.entry_order_id: one.is_open for one in read_trades(database)}
    assert states == {"a": False, "b": False, "buy-1-0": True}
    assert bot.kinds["incident"] == 2
    assert {one.closed_at for one in read_trades(database)} == {NOW, None}


def test_number_that_freqtrade_gives_again_is_another_trade(bot: Bot, database: Database) -> None:
    dropped = a_ft_trade(1)
    an_order(dropped, filled=0.0, order_id="dropped")
    bot.book.trades.append(dropped)
    bot.loop()
    trade = opened(1)
    bot.book.trades[:] = [trade]
    bot.loop()
    assert bot.kinds == {"order": 2, "cancel": 1, "fill": 1, "stop": 1}
    assert [one.entry_order_id for one in read_trades(database)] == ["buy-1-0"]


def test_fee_that_freqtrade_learns_after_the_close_is_stored(bot: Bot, database: Database) -> None:
    trade = opened()
    bot.book.trades.append(trade)
    bot.loop()
    close(trade)
    bot.loop(NOW + MINUTE)
    trade.fee_close = 0.0005
    bot.loop(NOW + 2 * MINUTE)
    assert read_trades(database)[0].fee_close_quote == pytest.approx(0.055)
    bot.loop(NOW + 30 * MINUTE)
    trade.fee_close = 0.5  # watched no more
    bot.loop(NOW + 31 * MINUTE)
    assert read_trades(database)[0].fee_close_quote == pytest.approx(0.055)


def test_book_that_cannot_be_read_hinders_nothing(bot: Bot, database: Database) -> None:
    bot.watch._book = replace_current(bot.book)
    bot.loop()
    bot.watch._book = bot.book
    bot.book.trades.append(opened())
    bot.loop()
    assert bot.kinds["fill"] == 1


def replace_current(book: MadeTrades) -> Any:
    class Locked(MadeTrades):
        def current(self, ids: object, from_id: object) -> Any:
            raise RuntimeError("database is locked")

    return Locked(*book.trades)


def test_trade_as_stored_equals_what_is_computed_again(bot: Bot, database: Database) -> None:
    trade = opened(open_rate=1 / 3)
    bot.book.trades.append(trade)
    bot.loop()
    mirror = TradeMirror(ACCOUNT)
    mirror.flush(database)
    assert mirror.stored is not None
    (stored,) = mirror.stored.values()
    assert stored == bot.watch._watched["BTC/USDT", "buy-1-0"].figures
    assert replace(stored, updated_at=None) == stored
