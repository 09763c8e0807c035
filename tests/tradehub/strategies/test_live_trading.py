"""Freqtrade's own loop, paper trading, with the service in a process of its own."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from proratio_core.database import Database
from proratio_core.replay import ReplayServer
from proratio_tradehub.journal import Kind, read_entries, read_trades
from proratio_tradehub.metrics import CATALOGUE, Role
from tests.live_bot import LiveBot, eventually, falling_exchange
from tests.scraping import free_base_port, names_in, scrape
from tests.tradehub.strategies.panels import write_profile
from tests.wire.fake_providers import CANARIES, FakeProviders
from tests.wire.markets import SPOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def exchange() -> Iterator[ReplayServer]:
    with falling_exchange() as server:
        yield server


@pytest.fixture
def bot(tmp_path: Path, database_url: str) -> Iterator[LiveBot]:
    with FakeProviders() as fake:
        bot = LiveBot(tmp_path, database_url, fake)
        fake.settings(bot.user_data)  # registers the models that fail
        yield bot


def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    with database.transaction() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def test_agreement_opens_a_position_although_the_service_was_killed_and_nothing_is_asked_twice(
    bot: LiveBot, database: Database, exchange: ReplayServer
) -> None:
    write_profile(bot.user_data, "agree", deadline_s=4.0)
    bot.prepare(exchange.port, profile="agree")
    bot.fake.latency_s = 3.0
    base = free_base_port(Role.BOT)
    with bot.trading(PRORATIO_METRICS_PORT=str(base), **_told(bot)):
        with bot.serving("agree") as service:
            eventually(lambda: bot.fake.count() == 3, limit_s=120, why=bot.log)
            service.kill()
        assert rows(database, "SELECT DISTINCT state FROM question") == [("claimed",)]
        loops = len(bot.loops)
        eventually(lambda: len(bot.loops) > loops + 2, limit_s=30, why=bot.log)
        assert bot.trades() == []  # pending

        bot.fake.latency_s = 0.0
        with bot.serving("agree"):
            eventually(bot.trades, limit_s=180, why=bot.log)
            ((pair, tag, _),) = bot.trades()
            assert pair == str(SPOT)
            held = scrape_a_position(bot, base)
            votes = rows(database, _VOTES)
            assert (tag.removeprefix("agree@"), 1, "live", "replay") in votes
            assert all(count == 1 for _, count, *_ in votes)
            asked = Counter((call.provider, json.dumps(call.body)) for call in bot.fake.calls)
            assert set(asked.values()) == {1}

            eventually(lambda: Kind.ORDER in told(database, tag), limit_s=30, why=bot.log)
            assert told(database, tag)[:3] == [Kind.CANDIDATE, Kind.VOTE, Kind.VERDICT]

            lose_the_database(bot, database)
            eventually(lambda: not bot.trades()[0][2], limit_s=120, why=bot.log)  # its stop
            # the next candle is one more candidate, and nobody can be asked
            eventually(
                lambda: "no entries: " in " ".join(bot.log().split()),  # it wraps
                limit_s=90,
                why=bot.log,
            )
            loops = len(bot.loops)
            eventually(lambda: len(bot.loops) > loops + 3, limit_s=60, why=bot.log)
            assert len(bot.trades()) == 1
            bot.open_door()
            eventually(lambda: Kind.EXIT in told(database, tag), limit_s=60, why=bot.log)
            (trade,) = read_trades(database)
            assert (trade.enter_tag, trade.is_open) == (tag, False)
        assert "Traceback" not in bot.log()
    expected = {one.name for one in CATALOGUE.values() if Role.BOT in one.roles}
    assert names_in(held) == expected - {"proratio_account_entries_refused_total"}  # none was
    assert 'mark="SIMULATED"' in held
    assert not any(bot.loops), "an SDK, or the panel, in the trading process"
    logs = bot.log() + bot.log("service.log")
    assert not [key for key in CANARIES.values() if key in logs]
    assert bot.secrets.found_in([held, logs]) == []


def _told(bot: LiveBot) -> dict[str, str]:
    """Return what a bot is told in secret, its own API and the token of its Telegram included."""
    own = {k: v for k, v in bot.secrets.environment.items() if k not in bot.fake.environment()}
    return {
        **own,
        "FREQTRADE__API_SERVER__ENABLED": "true",
        "FREQTRADE__API_SERVER__LISTEN_IP_ADDRESS": "127.0.0.1",
        "FREQTRADE__API_SERVER__LISTEN_PORT": str(free_base_port(Role.BOT)),
        "FREQTRADE__API_SERVER__USERNAME": "proratio",
        "FREQTRADE__TELEGRAM__ENABLED": "false",
        "FREQTRADE__TELEGRAM__CHAT_ID": "4711",
    }


def told(database: Database, tag: str) -> list[Kind]:
    """Return what the journal says of a signal, in its sequence."""
    return [entry.kind for entry in read_entries(database, signal_id=tag)]


_VOTES = (
    'SELECT to_char(as_of, \'YYYY-MM-DD"T"HH24:MI"Z"\'), count(*), min(origin), min(exchange) '
    "FROM vote JOIN series ON series.id = series_id GROUP BY 1"
)


def scrape_a_position(bot: LiveBot, base_port: int) -> str:
    """Return a scrape that tells of what the bot holds; its report is at most 5 s old."""
    scrapes: list[str] = []

    def is_told() -> bool:
        scrapes.append(scrape(base_port, Role.BOT))
        return "proratio_account_position_value_quote{" in scrapes[-1]

    eventually(is_told, limit_s=30, why=bot.log)
    return scrapes[-1]


def lose_the_database(bot: LiveBot, database: Database) -> None:
    """Take PostgreSQL away from the bot, and from nobody else."""
    bot.shut_door()
    rows(
        database,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )


def test_one_silent_voter_opens_nothing(
    bot: LiveBot, database: Database, exchange: ReplayServer
) -> None:
    write_profile(bot.user_data, "slow", deadline_s=1.0, gemini="fault-silent")
    bot.prepare(exchange.port, profile="slow")
    with bot.serving("slow"), bot.trading():
        eventually(
            lambda: rows(database, "SELECT 1 FROM vote WHERE degraded AND action = 0"),
            limit_s=120,
            why=bot.log,
        )
        loops = len(bot.loops)
        eventually(lambda: len(bot.loops) > loops + 3, limit_s=30, why=bot.log)
        assert bot.trades() == []
        assert rows(database, "SELECT DISTINCT state FROM question WHERE settled_at < now()") == [
            ("answered",)
        ]
        assert "Traceback" not in bot.log()
