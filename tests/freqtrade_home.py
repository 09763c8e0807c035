"""A complete installation for tests: user directory, candles, ledger, and an exchange to ask."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import rapidjson
from freqtrade.data.btanalysis import load_backtest_data

from proratio_core.candles import CandleStore
from proratio_core.candles.feather import export_series
from proratio_core.clock import SystemClock
from proratio_core.database import Database
from proratio_core.replay import ReplayServer, load_markets
from proratio_core.settings import Settings
from proratio_core.values import Market, Pair, SeriesKey, Timeframe, Timerange
from proratio_quantlab.specification import Specification
from proratio_signals.backfill import BackfillReport, backfill
from proratio_signals.consult import open_advisor
from proratio_signals.ledger import Ledger
from proratio_signals.profile import Profile, load_profile
from proratio_tradehub.strategies.questions import questions_for, rule_of
from tests.command_line import freqtrade_here

REPOSITORY = Path(__file__).parents[1]


@dataclass(frozen=True)
class FreqtradeHome:
    """A user directory whose candles and votes are in a database of its own."""

    user_data: Path
    database_url: str
    database: Database
    exchange: str
    pairs: tuple[Pair, ...]
    timeframe: Timeframe
    timerange: Timerange

    @property
    def settings(self) -> Settings:
        """What the program would read from the environment here."""
        return Settings(PRORATIO_USER_DATA=self.user_data, DATABASE_URL=self.database_url)

    @property
    def keys(self) -> tuple[SeriesKey, ...]:
        """The series of all pairs."""
        return tuple(SeriesKey(self.exchange, pair, self.timeframe) for pair in self.pairs)

    @property
    def is_futures(self) -> bool:
        """Whether perpetuals are traded here."""
        return any(pair.market is Market.PERPETUAL for pair in self.pairs)

    def install(self) -> None:
        """Copy the repository's user directory and export the candles."""
        for folder in ("data", "logs", "backtest_results"):
            (self.user_data / folder).mkdir(parents=True)
        shutil.copytree(REPOSITORY / "user_data" / "strategies", self.user_data / "strategies")
        for file in (REPOSITORY / "user_data").glob("*.json"):
            shutil.copy(file, self.user_data)
        export_series(CandleStore(self.database), self.keys, self.user_data / "data")

    def fill_ledger(
        self, strategy: str = "AIEnhancedTrend", profile: str = "offline"
    ) -> BackfillReport:
        """Ask about every candidate candle of a strategy."""
        chosen = load_profile(profile, self.user_data / "profiles")
        return asyncio.run(self._backfill(strategy, chosen))

    async def _backfill(self, strategy: str, profile: Profile) -> BackfillReport:
        store, rule = CandleStore(self.database), rule_of(strategy, self.user_data)
        questions = [
            question
            for key in self.keys
            for question in questions_for(rule, key, store.read(key), self.timerange)
        ]
        async with open_advisor(
            self.settings, self.database, profile, clock=SystemClock()
        ) as advisor:
            return await backfill(questions, advisor, Ledger(self.database))

    def specification(self, strategy: str, *, profile: str | None) -> Specification:
        """Return a run over everything this home has."""
        return Specification(
            strategy=strategy,
            exchange=self.exchange,
            pairs=self.pairs,
            timeframe=self.timeframe,
            timerange=self.timerange,
            profile=profile,
            profile_hash=""
            if profile is None
            else load_profile(profile, self.user_data / "profiles").hash,
            starting_balance=10_000.0,
            fee_frac=0.001,
            slippage_frac=0.001,
            max_open_trades=3,
            code_hash="code",
            config_hash="config",
            data_versions=(),
            ledger_version=0,
        )

    def freqtrade(
        self, command: str, *arguments: str, database_url: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run the real `freqtrade` against a replay of this home's candles."""
        with self._replayed() as port:
            return subprocess.run(
                [
                    *(sys.executable, "-W", "ignore", "-m", "freqtrade"),
                    *self._words(command, arguments, port),
                ],
                env={
                    **os.environ,
                    "DATABASE_URL": database_url or self.database_url,
                    "COLUMNS": "300",
                },
                cwd=self.user_data,
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )

    def analyse(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of Freqtrade's own analyses here; its log is the standard error.

        It is what the command line runs, less the seconds in which a process imports Freqtrade.
        """
        with self._replayed() as port:
            return freqtrade_here(
                *self._words(command, arguments, port),
                folder=self.user_data,
                DATABASE_URL=self.database_url,
                COLUMNS="300",
            )

    @contextmanager
    def _replayed(self) -> Iterator[int]:
        """Yield the port at which an exchange has this home's candles."""
        markets = load_markets(self.database, self.exchange, pairs=self.pairs)
        with ReplayServer(markets, SystemClock(), record=self.exchange) as server:
            yield server.port

    def _words(self, command: str, arguments: Sequence[str], port: int) -> list[str]:
        return [
            command,
            *("--userdir", str(self.user_data)),
            *("--config", str(self.user_data / "config.json")),
            *(("--config", str(self.user_data / "config-futures.json")) * self.is_futures),
            *("--config", str(self.user_data / "config-backtest.json")),
            *("--config", str(self._write_overlay(port))),
            *("--datadir", str(self.user_data / "data" / self.exchange)),
            *("--timeframe", self.timeframe.value, "--timerange", str(self.timerange)),
            *(("--cache", "none") if command == "backtesting" else ()),
            *arguments,
        ]

    def _write_overlay(self, port: int) -> Path:
        name = "config-replay-futures.json" if self.is_futures else "config-replay.json"
        text = (REPOSITORY / "user_data" / name).read_text()
        overlay = rapidjson.loads(
            text.replace(":8099", f":{port}"),
            parse_mode=rapidjson.PM_COMMENTS | rapidjson.PM_TRAILING_COMMAS,
        )
        overlay["exchange"]["pair_whitelist"] = [str(pair) for pair in self.pairs]
        path = self.user_data / "config-overlay.json"
        path.write_text(json.dumps(overlay))
        return path


def exported_trades(user_data: Path) -> list[dict[str, object]]:
    """Return the trades of the newest result of `freqtrade backtesting`."""
    return load_backtest_data(user_data / "backtest_results").to_dict("records")
