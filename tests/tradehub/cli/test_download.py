"""`proratio data download` as a person types it, against a replayed exchange."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from proratio_core.candles import CandleStore
from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_core.replay import Fault, FaultKind, ReplayServer
from proratio_core.values import SeriesKey, Timeframe
from tests.command_line import run_here
from tests.wire.markets import SPOT, START, candles, spot_market

PRORATIO = Path(sys.executable).with_name("proratio")
DOWNLOAD = ("data", "download", "--pairs", "BTC/USDT", "--timerange", "20240101-")
HOURS = 1_500


@pytest.fixture
def server() -> Iterator[ReplayServer]:
    clock = FixedClock(START + timedelta(hours=HOURS))
    markets = [spot_market(candles(HOURS, without={9, 10}))]
    with ReplayServer(markets, clock, record="binance") as running:
        yield running


def start(database_url: str, url: str, folder: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [PRORATIO, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={
            **os.environ,
            "COLUMNS": "200",
            "DATABASE_URL": database_url,
            "PRORATIO_EXCHANGE_URL": url,
        },
    )


def test_candles_and_gaps_are_counted_and_a_second_run_has_nothing_to_do(
    server: ReplayServer, database_url: str, tmp_path: Path
) -> None:
    first = start(database_url, server.url, tmp_path, *DOWNLOAD, "--timeframes", "1h", "4h")
    shown, errors = first.communicate(timeout=60)
    assert first.returncode == 0, errors
    assert "binance BTC/USDT 1h: 1,498 new" in shown
    assert "the exchange has no 2024-01-01 09:00 .. 2024-01-01 10:00 (2 missing)" in shown
    assert "binance BTC/USDT 4h: 374 new" in shown
    second = start(database_url, server.url, tmp_path, *DOWNLOAD, "--json")
    document = json.loads(second.communicate(timeout=60)[0])
    assert [(row["pair"], row["inserted"], row["requests"]) for row in document] == [
        ("BTC/USDT", 0, 0)
    ]


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (("--pairs", "BTCUSDT"), 3, "pair 'BTCUSDT' is not understood"),
        (("--pairs", "BTC/USDT", "--timeframes", "7h"), 3, "timeframe '7h' is not supported"),
        (("--pairs", "BTC/USDT", "--timerange", "tomorrow"), 3, "timerange 'tomorrow'"),
        (("--pairs", "BTD/USDT"), 3, "did you mean BTC/USDT"),
        (("--pairs", "BTC/USDT", "--exchange", "kraken"), 2, "cannot stand in for kraken"),
        (("--pairs", "BTC/USDT", "--exchange", "simulated"), 3, "replays candles of 'binance'"),
    ],
)
def test_what_is_wrong_is_one_line_with_the_remedy(
    server: ReplayServer,
    database_url: str,
    tmp_path: Path,
    words: tuple[str, ...],
    code: int,
    line: str,
) -> None:
    done = run_here(
        *("data", "download", *words),
        folder=tmp_path,
        DATABASE_URL=database_url,
        PRORATIO_EXCHANGE_URL=server.url,
    )
    told = [row for row in done.stderr.splitlines() if row.startswith("error:")]
    assert (done.returncode, done.stdout, len(told)) == (code, "", 1)
    assert line in told[0]


def test_interrupted_it_keeps_the_pages_it_has(
    server: ReplayServer, database: Database, database_url: str, tmp_path: Path
) -> None:
    server.faults.add(None, Fault(FaultKind.SILENCE, seconds=30))
    process = start(database_url, server.url, tmp_path, *DOWNLOAD)
    while server.requests["/api/v3/klines"] < 2:
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "interrupted; what was finished is kept" in errors
    key = SeriesKey("binance", SPOT, Timeframe.H1)
    assert len(CandleStore(database).read(key)) == 1_000
