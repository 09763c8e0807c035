"""A real bot killed while PostgreSQL is away loses no entry, and nobody trades beside it."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from proratio_core.database import Database
from proratio_tradehub.journal import JournalEntry, Kind, read_entries, read_trades
from tests.live_bot import LiveBot, eventually, falling_exchange
from tests.tradehub.strategies.test_live_trading import lose_the_database
from tests.wire.fake_providers import FakeProviders

pytestmark = pytest.mark.slow

ACCOUNT = "proratio dry_run replay spot"


@pytest.fixture
def bot(tmp_path: Path, database_url: str) -> Iterator[LiveBot]:
    with FakeProviders() as fake, falling_exchange() as exchange:
        bot = LiveBot(tmp_path, database_url, fake)
        bot.prepare(exchange.port, profile="none", base="RuleStrategy")
        yield bot


def closed(bot: LiveBot) -> int:
    return sum(not is_open for *_, is_open in bot.trades())


def in_freqtrade(bot: LiveBot, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(bot.folder / "trades.sqlite")) as connection:
        return connection.execute(query).fetchall()


def waiting(bot: LiveBot) -> list[str]:
    """Return the kinds of the entries that wait in files."""
    folder = bot.user_data / ".proratio" / "journal" / "proratio-dry-run-replay-spot" / "waiting"
    lines = [line for path in folder.glob("*.lines") for line in path.read_bytes().splitlines()]
    return [json.loads(line)["kind"] for line in lines]


def of_kind(database: Database, kind: Kind) -> list[JournalEntry]:
    return list(read_entries(database, ACCOUNT, kinds=[kind]))


def test_kill_while_postgresql_is_away_loses_nothing_and_a_second_bot_trades_nothing(
    bot: LiveBot, database: Database, tmp_path: Path
) -> None:
    with bot.trading() as first:
        eventually(lambda: of_kind(database, Kind.FILL), limit_s=120, why=bot.log)
        lose_the_database(bot, database)
        eventually(lambda: closed(bot), limit_s=120, why=bot.log)
        eventually(lambda: "exit" in waiting(bot), limit_s=30, why=bot.log)
        first.kill()
    assert of_kind(database, Kind.EXIT) == []
    bot.open_door()
    with bot.trading():
        eventually(lambda: of_kind(database, Kind.EXIT), limit_s=60, why=bot.log)
        eventually(lambda: closed(bot) == len(read_trades(database, is_open=False)), limit_s=60,
                   why=bot.log)  # fmt: skip
        second = LiveBot(tmp_path / "second", bot.database_url, bot.fake)
        bot.copy_to(second)
        with second.trading():
            eventually(lambda: len(second.loops) > 3, limit_s=60, why=second.log)
            assert "somebody else is trading as" in " ".join(second.log().split())
            assert second.trades() == []
    compare(bot, database)


def compare(bot: LiveBot, database: Database) -> None:
    """Hold the journal and the mirrored trades against what Freqtrade itself has stored."""
    told = Counter(entry.event_id for entry in read_entries(database))
    assert set(told.values()) == {1}
    over = "SELECT order_id FROM orders JOIN trades ON trades.id = ft_trade_id WHERE NOT is_open"
    orders = {number for (number,) in in_freqtrade(bot, over)}
    assert {entry.order_id for entry in of_kind(database, Kind.ORDER)} >= orders
    stored = {trade.entry_order_id: trade for trade in read_trades(database, ACCOUNT)}
    trades = in_freqtrade(
        bot,
        "SELECT (SELECT order_id FROM orders WHERE ft_trade_id = trades.id ORDER BY id LIMIT 1), "
        "close_profit_abs, exit_reason FROM trades WHERE NOT is_open",
    )
    assert trades
    for first_order, profit_quote, reason in trades:
        assert stored[first_order].profit_quote == pytest.approx(profit_quote)
        assert stored[first_order].exit_reason == reason
    allowed = [e for e in of_kind(database, Kind.VERDICT) if e.document["is_allowed"]]
    assert {entry.document["step"] for entry in allowed} == {"stake", "entry"}
    left = in_freqtrade(bot, "SELECT DISTINCT cd_key FROM trade_custom_data")
    assert ("planned_loss_quote",) in left
