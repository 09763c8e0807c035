"""`proratio replay`, and the real Freqtrade against the exchange it serves."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import ccxt
import pytest
import requests

from proratio_core.candles import CandleStore
from proratio_core.clock import SystemClock
from proratio_core.database import Database
from proratio_core.exchange import RECORD_HEADER
from proratio_core.replay import RecordedMarket, ReplayServer, shift_markets
from proratio_core.values import SeriesKey, Timeframe
from tests.wire.markets import PERPETUAL, RULES, SPOT, START, candles, perpetual_market

ROOT = Path(__file__).parents[3]
BIN = Path(sys.executable).parent
DAYS = 30
STRATEGY = """
from freqtrade.strategy import IStrategy

class Always(IStrategy):
    minimal_roi = {"0": 0.01}
    stoploss = -0.05
    startup_candle_count = 20

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe["enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe
"""


def five_minutes() -> dict[Timeframe, object]:
    return {Timeframe.M5: candles(DAYS * 288, timeframe=Timeframe.M5)}


@pytest.fixture(scope="module")
def server() -> Iterator[ReplayServer]:
    """Serve 30 made-up days, moved so that today is the twentieth."""
    hourly = perpetual_market(DAYS * 24)
    recorded = [
        RecordedMarket(SPOT, RULES, five_minutes()),
        RecordedMarket(PERPETUAL, RULES, five_minutes(), hourly.mark, hourly.funding),
    ]
    days = (datetime.now(UTC) - START).days - 20
    markets = shift_markets(recorded, days * 86_400_000)
    with ReplayServer(markets, SystemClock(), record="binance moved") as running:
        yield running


@pytest.fixture
def user_data(tmp_path: Path) -> Path:
    (tmp_path / "strategies").mkdir()
    (tmp_path / "strategies" / "always.py").write_text(STRATEGY)
    return tmp_path


def overlay(name: str, port: int, folder: Path, **extra: object) -> list[str]:
    """Return the options for our configurations, pointed at the server's port."""
    text = (ROOT / "user_data" / name).read_text()
    assert "127.0.0.1:8099" in text
    (folder / name).write_text(text.replace("127.0.0.1:8099", f"127.0.0.1:{port}"))
    (folder / "extra.json").write_text(json.dumps({"timeframe": "5m"} | extra))
    return ["-c", str(folder / name), "-c", str(folder / "extra.json")]


def ours(*names: str) -> list[str]:
    return [word for name in names for word in ("-c", str(ROOT / "user_data" / name))]


@pytest.mark.slow
def test_freqtrade_backtests_against_the_replay_with_one_request(
    server: ReplayServer, user_data: Path
) -> None:
    data = user_data / "data" / "binance"
    data.mkdir(parents=True)
    candles(2_000, timeframe=Timeframe.M5).to_feather(data / "BTC_USDT-5m.feather")
    server.requests.clear()
    done = subprocess.run(
        [
            *(BIN / "freqtrade", "backtesting", "--userdir", user_data, "--strategy", "Always"),
            *ours("config.json", "config-backtest.json"),
            *overlay("config-replay.json", server.port, user_data),
            *("-p", "BTC/USDT", "--cache", "none", "--export", "none"),
        ],
        capture_output=True,
        text=True,
        cwd=user_data,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "STRATEGY SUMMARY" in done.stdout
    assert server.requests == {"/api/v3/exchangeInfo": 1}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("configurations", "replay", "pair", "prefix"),
    [
        (["config.json"], "config-replay.json", SPOT, "/api/v3"),
        (["config.json", "config-futures.json"], "config-replay-futures.json", PERPETUAL, "/fapi"),
    ],
    ids=["spot", "futures"],
)
def test_freqtrade_paper_trades_against_the_replay(
    server: ReplayServer,
    user_data: Path,
    configurations: list[str],
    replay: str,
    pair: object,
    prefix: str,
) -> None:
    server.requests.clear()
    extra = {"exchange": {"pair_whitelist": [str(pair)]}, "max_open_trades": 1}
    trades, log = user_data / "trades.sqlite", user_data / "trade.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [
                *(BIN / "freqtrade", "trade", "--userdir", user_data, "--strategy", "Always"),
                *("--db-url", f"sqlite:///{trades}"),
                *ours(*configurations),
                *overlay(replay, server.port, user_data, **extra),
            ],
            stdout=output,
            stderr=output,
            cwd=user_data,
        )
        opened = _wait_for_trade(trades, process)
        process.send_signal(signal.SIGINT)
        process.wait(30)
    text = log.read_text()
    assert opened == str(pair), text
    assert not re.search(r" - ERROR - |Traceback|Outdated history|not compatible", text), text
    assert all(path.startswith(prefix) for path in server.requests)


def _wait_for_trade(path: Path, process: subprocess.Popen[bytes], *, limit_s: float = 90) -> str:
    """Return the pair of the first trade, or nothing when none is opened in time."""
    until = time.monotonic() + limit_s
    while time.monotonic() < until and process.poll() is None:
        time.sleep(0.5)
        if not path.exists():
            continue
        with closing(sqlite3.connect(path)) as connection:
            known = connection.execute(
                "SELECT name FROM sqlite_master WHERE name = 'trades'"
            ).fetchone()
            row = connection.execute("SELECT pair FROM trades").fetchone() if known else None
        if row is not None:
            return str(row[0])
    return ""


@contextmanager
def command(database_url: str, folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [BIN / "proratio", "replay", "--port", "0", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**os.environ, "COLUMNS": "200", "DATABASE_URL": database_url, "PYTHONUNBUFFERED": "1"},
    )
    yield process
    process.kill()
    process.communicate()


def url_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"http://127\.0\.0\.1:\d+", line)
    assert found is not None, line + str(process.communicate(timeout=5))
    return found[0]


@pytest.fixture
def stocked(database: Database) -> Database:
    CandleStore(database).write(SeriesKey("binance", SPOT, Timeframe.H1), candles(24 * 40))
    return database


def test_the_command_serves_the_stored_candles_at_the_moment_named(
    stocked: Database, database_url: str, tmp_path: Path
) -> None:
    with command(database_url, tmp_path, "--at", "2024-01-20T12:30", "--speed", "60") as process:
        url = url_of(process)
        answer = requests.get(f"{url}/api/v3/time", timeout=5)
        assert answer.headers[RECORD_HEADER] == "binance"
        shown = datetime.fromtimestamp(answer.json()["serverTime"] / 1000, tz=UTC)
        began = datetime(2024, 1, 20, 12, 30, tzinfo=UTC)
        assert began <= shown < began + timedelta(hours=1)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=20)
        assert "stopped after 1 requests" in said
        assert process.returncode == 0


def test_as_now_plays_the_day_as_today_and_says_that_it_moved(
    stocked: Database, database_url: str, tmp_path: Path
) -> None:
    with command(database_url, tmp_path, "--at", "2024-01-20", "--as-now") as process:
        query = {"symbol": "BTCUSDT", "interval": "1h", "limit": "1"}
        answer = requests.get(f"{url_of(process)}/api/v3/klines", params=query, timeout=5)
        assert answer.headers[RECORD_HEADER] == "binance moved"
        opened = datetime.fromtimestamp(answer.json()[0][0] / 1000, tz=UTC)
        assert timedelta() <= datetime.now(UTC) - opened < timedelta(hours=1, minutes=1)


def test_as_now_plays_the_day_of_at_whatever_time_it_names(
    stocked: Database, database_url: str, tmp_path: Path
) -> None:
    with command(database_url, tmp_path, "--at", "2024-01-20T23:59:59", "--as-now") as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("binance moved: 2024-01-20 ")


def test_the_end_of_the_record_is_said(
    stocked: Database, database_url: str, tmp_path: Path
) -> None:
    with command(database_url, tmp_path, "--at", "2024-02-09T23:59:59") as process:
        assert process.stdout is not None
        shown = [process.stdout.readline() for _ in range(7)]
        assert "the record has ended" not in "".join(shown[:6])
        assert shown[6].startswith("the record has ended: no candle follows")


def test_who_has_the_key_that_is_shown_trades_with_the_balances_that_are_given(
    stocked: Database, database_url: str, tmp_path: Path
) -> None:
    words = ("--at", "2024-01-20", "--as-now", "--balance", "USDT=500")
    with command(database_url, tmp_path, *words) as process:
        url = url_of(process)
        assert process.stdout is not None
        shown = "".join(process.stdout.readline() for _ in range(4))
        assert "trades with 500 USDT" in shown
        key, secret = (re.search(rf"{name}=(\S+)", shown)[1] for name in ("KEY", "SECRET"))  # type: ignore[index]
        exchange = ccxt.binance({"apiKey": key, "secret": secret, "enableRateLimit": False})
        exchange.options["fetchMarkets"] = {"types": ["spot"]}
        exchange.urls["api"] |= {
            "public": f"{url}/api/v3",
            "private": f"{url}/api/v3",
            "sapi": f"{url}/sapi/v1",
        }
        order = exchange.create_order("BTC/USDT", "market", "buy", 0.01)
        assert order["status"] == "closed"
        assert exchange.fetch_balance()["BTC"]["free"] == pytest.approx(0.01 * 0.999)


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (("--key", "k"), 2, "--key and --secret go together"),
        (("--balance", "USDT"), 2, "write ASSET=AMOUNT"),
        (("--at", "yesterday"), 3, "--at 'yesterday' is not a moment"),
        (("--as-now",), 2, "--as-now needs --at"),
        (("--exchange", "kraken"), 3, "no candles of anything from kraken"),
        (("--at", "2010-01-01"), 3, "its candles reach from 2024-01-01 00:00 to 2024-02-10 00:00"),
        (("--at", "2030-01-01", "--as-now"), 3, "nothing of binance is recorded at 2030-01-01"),
    ],
)
def test_what_is_wrong_is_one_line_with_the_remedy(
    stocked: Database,
    database_url: str,
    tmp_path: Path,
    words: tuple[str, ...],
    code: int,
    line: str,
) -> None:
    with command(database_url, tmp_path, *words) as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode == code
    assert line in " ".join(row for row in errors.splitlines() if row.startswith("error:"))
