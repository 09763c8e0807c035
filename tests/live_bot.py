"""A real Freqtrade in dry-run against a replay exchange, and the service that answers it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import numpy as np

from proratio_core.candles.frame import make_frame
from proratio_core.clock import SystemClock, to_ms
from proratio_core.replay import RecordedMarket, ReplayServer
from proratio_core.values import Timeframe
from tests.canaries import Canaries, with_password
from tests.wire.fake_providers import FakeProviders
from tests.wire.markets import RULES, SPOT

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
_STRATEGY = """
import json, sys
from pathlib import Path
import numpy as np
from proratio_tradehub.strategies import BASE

SDKS = ("openai", "anthropic", "google.genai", "proratio_signals.panel")

class EveryCandle:
    startup_candles = 20
    def indicators(self, frame):
        return frame
    def candidates(self, frame):
        return np.ones(len(frame), dtype=bool)
    def exits(self, frame):
        return np.zeros(len(frame), dtype=bool)

class Probe(BASE):
    rule = EveryCandle()
    timeframe = "1m"
    stoploss = -0.002
    minimal_roi = {"0": 0.5}

    def bot_loop_start(self, **kwargs):
        super().bot_loop_start(**kwargs)
        seen = [name for name in SDKS if name in sys.modules]
        with Path("loops.jsonl").open("a") as file:
            print(json.dumps(seen), file=file)
"""


def falling_market() -> RecordedMarket:
    """Return two days of 1m candles around now; the price falls 2% a candle, then starts anew.

    It did so 40 candles ago: shortly after, the market is too wild to be entered.
    """
    rows = np.arange(2 * 1440, dtype=np.int64)
    now = datetime.now(UTC)
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    now_row = 1440 + int((now - day).total_seconds()) // 60
    level = 40_000.0 * 0.98 ** ((rows - now_row + 40) % 100)
    values = {
        "open": np.round(level, 2),
        "high": np.round(level * 1.0005, 2),
        "low": np.round(level * 0.979, 2),
        "close": np.round(level * 0.98, 2),
        "volume": np.round(10 + rows % 97 + 0.123, 3),
    }
    frame = make_frame(to_ms(day - timedelta(days=1)) + rows * Timeframe.M1.ms, values)
    return RecordedMarket(SPOT, RULES, {Timeframe.M1: frame})


@dataclass
class LiveBot:
    """A folder with everything a bot needs; its way to the database can be shut."""

    folder: Path
    database_url: str
    fake: FakeProviders

    @property
    def user_data(self) -> Path:
        return self.folder / "u"

    @property
    def door(self) -> Path:
        """The link through which the bot, and nobody else, finds PostgreSQL's socket."""
        return self.folder / "d"

    def prepare(self, port: int, *, profile: str, base: str = "ConsensusStrategy") -> None:
        (self.user_data / "strategies").mkdir(parents=True)
        strategy = _STRATEGY.replace("BASE", base)
        (self.user_data / "strategies" / "probe.py").write_text(strategy)
        replay = (ROOT / "user_data" / "config-replay.json").read_text()
        (self.folder / "replay.json").write_text(replay.replace(":8099", f":{port}"))
        extra = {
            "timeframe": "1m",
            "max_open_trades": 1,
            "exchange": {"pair_whitelist": [str(SPOT)]},
            "proratio": {"profile": profile},
            "internals": {"process_throttle_secs": 1},
        }
        (self.folder / "extra.json").write_text(json.dumps(extra))
        self.open_door()

    def copy_to(self, other: LiveBot) -> None:
        """Give another folder the same configuration and strategy, and no trade of this one."""
        shutil.copytree(self.user_data / "strategies", other.user_data / "strategies")
        for name in ("replay.json", "extra.json"):
            shutil.copy(self.folder / name, other.folder / name)
        other.open_door()

    def open_door(self) -> None:
        self.door.symlink_to(parse_qs(urlsplit(self.database_url).query)["host"][0])

    def shut_door(self) -> None:
        self.door.unlink()

    @property
    def bot_url(self) -> str:
        head, _, _ = self.database_url.partition("?")
        return f"{head}?host={quote(str(self.door), safe='')}"

    @property
    def secrets(self) -> Canaries:
        """What the service is told, the providers' keys aside, and nobody may ever tell."""
        return Canaries(self.database_url, told=self.fake.environment())

    @contextmanager
    def trading(self, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run `freqtrade trade` without any key of a language model."""
        command = [
            *(BIN / "freqtrade", "trade", "--userdir", self.user_data, "--strategy", "Probe"),
            *("--db-url", f"sqlite:///{self.folder / 'trades.sqlite'}"),
            *("-c", ROOT / "user_data" / "config.json", "-c", self.folder / "replay.json"),
            *("-c", self.folder / "extra.json"),
        ]
        told = {**environment, "DATABASE_URL": with_password(self.bot_url)}
        with self._process(command, "bot.log", **told) as bot:
            yield bot

    @contextmanager
    def serving(self, profile: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run `proratio signals serve` with the keys."""
        command = [BIN / "proratio", "signals", "serve", "--profile", profile, "--no-probe"]
        with self._process(command, "service.log", **self.secrets.environment) as service:
            yield service

    @contextmanager
    def _process(
        self, command: list[object], log: str, **environment: str
    ) -> Iterator[subprocess.Popen[bytes]]:
        with (self.folder / log).open("a") as output:
            process = subprocess.Popen(
                [str(word) for word in command],
                stdout=output,
                stderr=output,
                cwd=self.folder,
                env={**os.environ, "PRORATIO_USER_DATA": str(self.user_data), **environment},
            )
            try:
                yield process
            finally:
                process.kill()
                process.wait()

    @property
    def loops(self) -> list[list[str]]:
        """What each loop of the bot saw of the SDKs in its process."""
        file = self.folder / "loops.jsonl"
        lines = file.read_text().splitlines() if file.exists() else []
        return [json.loads(line) for line in lines]

    def trades(self) -> list[tuple[str, str, bool]]:
        """Return pair, tag and whether it is open, of each trade."""
        file = self.folder / "trades.sqlite"
        if not file.exists():
            return []
        with closing(sqlite3.connect(file)) as connection:
            known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'trades'")
            if known.fetchone() is None:
                return []
            rows = connection.execute("SELECT pair, enter_tag, is_open FROM trades ORDER BY id")
            return [(pair, tag, bool(is_open)) for pair, tag, is_open in rows]

    def log(self, name: str = "bot.log") -> str:
        return (self.folder / name).read_text()


def eventually(what: Callable[[], object], *, limit_s: float, why: Callable[[], str]) -> None:
    """Return once `what` is true; fail with `why` when it is not in time."""
    until = time.monotonic() + limit_s
    while not what():
        assert time.monotonic() < until, why()
        time.sleep(0.2)


@contextmanager
def falling_exchange() -> Iterator[ReplayServer]:
    with ReplayServer([falling_market()], SystemClock(), record="replay") as server:
        yield server
