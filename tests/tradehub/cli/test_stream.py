"""`proratio data stream` in a process of its own, stopped, killed and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from proratio_core.candles import CandleStore
from proratio_core.candles.frame import make_frame, open_times_ms
from proratio_core.clock import SystemClock, to_ms
from proratio_core.database import Database
from proratio_core.derivatives import OpenInterestStore
from proratio_core.replay import RecordedMarket, ReplayServer
from proratio_core.settings import Settings
from proratio_core.streaming import stream_health_file
from proratio_core.values import Pair, SeriesKey, Timeframe, Timerange
from proratio_tradehub.metrics import Role
from tests.canaries import Canaries
from tests.command_line import run_here
from tests.scraping import free_base_port, require_told, scrape
from tests.wire.markets import RULES, SPOT, candles

PRORATIO = Path(sys.executable).with_name("proratio")
KEY = SeriesKey("binance", SPOT, Timeframe.M1)


class Desk:
    """A folder to stream from, and a market that goes on now."""

    def __init__(self, folder: Path, database_url: str, url: str) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "COLUMNS": "200",
            **Canaries(database_url).environment,
            "PRORATIO_LOG_LEVEL": "DEBUG",
            "PRORATIO_EXCHANGE_URL": url,
        }

    @contextmanager
    def streaming(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        process = subprocess.Popen(
            [PRORATIO, "data", "stream", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env=self.environment,
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    def wait_for_a_repair(self) -> None:
        file = stream_health_file(Settings(PRORATIO_USER_DATA=self.folder / "user_data"), "binance")
        give_up_s = time.monotonic() + 30
        started_at = datetime.now(UTC) - timedelta(seconds=1)
        while time.monotonic() < give_up_s:
            report = file.read()
            if report and report.started_at > started_at and report.series[0].newest_open_time:
                return
            time.sleep(0.05)
        pytest.fail("nothing was repaired")


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[Desk]:
    start = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(days=1, hours=1)
    frame = candles(60 * 26, timeframe=Timeframe.M1, start=start)
    market = RecordedMarket(SPOT, RULES, {Timeframe.M1: frame})
    with ReplayServer([market], SystemClock(), record="binance") as server:
        yield Desk(tmp_path, database_url, server.url)


def test_killed_and_started_again_it_goes_on_and_stops_cleanly(
    desk: Desk, database: Database
) -> None:
    words = ("--pairs", "BTC/USDT", "--timeframes", "1m")
    with desk.streaming(*words) as process:
        desk.wait_for_a_repair()
        process.kill()
    base = free_base_port(Role.STREAM)
    desk.environment["PRORATIO_METRICS_PORT"] = str(base)
    with desk.streaming(*words, "--trades", "--book-every", "1") as process:
        desk.wait_for_a_repair()
        text = scrape(base, Role.STREAM, until="proratio_candle_newest_open_timestamp_seconds")
        process.send_signal(signal.SIGTERM)
        said, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors
    secrets = Canaries(desk.environment["DATABASE_URL"])
    assert "[debug" in errors, "nothing was logged in which a secret could stand"
    assert secrets.found_in([text, said, errors]) == []
    require_told(text, Role.STREAM, later={"proratio_candle_delay_seconds"})  # in a minute
    assert said.startswith("streaming 1 series of binance; Ctrl-C stops it\nstopped: binance: ")
    kept = CandleStore(database).read(KEY, Timerange(datetime.now(UTC) - timedelta(hours=23), None))
    assert len(kept) >= 60 * 23 - 3
    assert (kept["date"].diff().dropna() == timedelta(minutes=1)).all()
    assert kept["date"].iloc[-1] <= datetime.now(UTC) - timedelta(minutes=1)


def test_a_moved_record_is_kept_as_a_replays_with_its_open_interest(
    tmp_path: Path, database: Database, database_url: str
) -> None:
    now = datetime.now(UTC)
    start = now.replace(second=0, microsecond=0) - timedelta(hours=2)
    frames = {Timeframe.M1: candles(60 * 3, timeframe=Timeframe.M1, start=start)}
    moments_ms = to_ms(now) + np.arange(-60, 60) * 60_000 - 1_234
    told = make_frame(moments_ms, {"open_interest": np.arange(120.0)})
    btc, eth = Pair.parse("BTC/USDT:USDT"), Pair.parse("ETH/USDT:USDT")
    markets = [
        RecordedMarket(btc, RULES, frames, open_interest=told),
        RecordedMarket(eth, RULES, frames),
    ]
    words = ("--pairs", str(btc), str(eth), "--timeframes", "1m")
    store = OpenInterestStore(database)
    with ReplayServer(markets, SystemClock(), record="binance moved") as server:
        desk = Desk(tmp_path, database_url, server.url)
        refused = run_here("data", "stream", *words, folder=desk.folder, **desk.environment)
        assert refused.returncode == 3
        assert "must not be kept as binance's; ask for --exchange replay" in refused.stderr
        with desk.streaming("--exchange", "replay", *words) as process:
            give_up_s = time.monotonic() + 30
            while store.read("replay", btc).empty and time.monotonic() < give_up_s:
                time.sleep(0.1)
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors
    kept = store.read("replay", btc)
    assert open_times_ms(kept)[0] in moments_ms[59:62]
    assert kept["open_interest"].iloc[0] == np.searchsorted(moments_ms, open_times_ms(kept)[0])
    warned = [line for line in errors.splitlines() if "no open interest" in line]
    assert len(warned) == 1
    assert f"pairs={eth}" in warned[0]
    assert store.read("replay", eth).empty
    assert store.read("binance", btc).empty


def test_what_is_wrong_is_one_line_with_the_remedy(desk: Desk) -> None:
    done = run_here(
        *("data", "stream", "--pairs", "BTC/USDT", "--exchange", "kraken"),
        folder=desk.folder,
        **desk.environment,
    )
    assert done.returncode == 2
    assert "speaks Binance's interface and cannot stand in for kraken" in done.stderr
    assert "Traceback" not in done.stderr
