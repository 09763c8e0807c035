"""A real Freqtrade in live mode, in this process and in virtual time, on the replay exchange.

Nothing waits: whoever sleeps moves the clock that Freqtrade and the exchange share.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from unittest import mock

import time_machine
from freqtrade.commands import Arguments
from freqtrade.configuration import Configuration
from freqtrade.constants import RETRY_TIMEOUT
from freqtrade.data.dataprovider import DataProvider
from freqtrade.exceptions import TemporaryError
from freqtrade.freqtradebot import FreqtradeBot
from freqtrade.persistence import LocalTrade, Trade, disable_database_use, enable_database_use
from freqtrade.worker import Worker

from proratio_core.clock import SystemClock
from proratio_core.exchange import MarketRules
from proratio_core.replay import FaultScript, RecordedMarket, ReplayServer
from proratio_core.replay.trading import Credentials, Order, Trader
from proratio_core.values import Market, Pair, Timeframe
from tests.wire.markets import START, candles

ROOT = Path(__file__).parents[1]
CREDENTIALS = Credentials("key-5d1c", "secret-77ab")
BEGIN = START + timedelta(hours=30)
"""When sessions begin, so that there are candles before."""

_RULES = MarketRules(price_tick=0.01, amount_step=1e-5, min_amount=1e-5, min_cost=5.0)

STRATEGY = """
import numpy as np
from proratio_tradehub.strategies import RuleStrategy

class EveryCandle:
    startup_candles = 20
    def indicators(self, frame):
        return frame
    def candidates(self, frame):
        return np.ones(len(frame), dtype=bool)
    def exits(self, frame):
        return np.zeros(len(frame), dtype=bool)

class Probe(RuleStrategy):
    rule = EveryCandle()
    timeframe = "5m"
    stoploss = -0.05
    minimal_roi = {"0": 0.5}
    entering, leaving = True, False

    def is_approved(self, pair, current_time, entry_tag):
        return Probe.entering

    def custom_exit(self, **_):
        return "told to" if Probe.leaving else None
"""


def five_minutes(symbol: str, *, level: float = 40_000.0, late_h: float = 0.0) -> RecordedMarket:
    """Return three days of candles of five minutes, in which small amounts can be traded.

    Two markets that wave `late_h` = 2.25 hours apart are not correlated.
    """
    begin = START - timedelta(hours=late_h)
    frame = candles(3 * 288, timeframe=Timeframe.M5, level=level, start=begin)
    return RecordedMarket(Pair.parse(symbol), _RULES, {Timeframe.M5: frame})


class ExchangeClock(SystemClock):
    """The exchange's clock; this machine's may be wrong by some seconds."""

    seconds = 0.0

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.seconds)


@dataclass
class LiveSession:
    """One account on the replay exchange, and the bots that trade on it one after another."""

    folder: Path
    server: ReplayServer
    trader: Trader
    travel: Any
    markets: Sequence[RecordedMarket]
    options: dict[str, Any] = field(default_factory=dict)
    bot: FreqtradeBot | None = None
    skew: ExchangeClock = field(default_factory=ExchangeClock)
    messages: list[str] = field(default_factory=list)
    _looked_s: float = 0.0

    @property
    def user_data(self) -> Path:
        return self.folder / "u"

    def now(self) -> float:
        return time.time()

    def advance(self, seconds: float) -> None:
        self.travel.shift(timedelta(seconds=seconds))

    def start(self) -> FreqtradeBot:
        """Start the bot as `freqtrade trade` does, up to its first loop."""
        self.bot = Worker(self._arguments(), self._configuration()).freqtrade
        self.bot.startup()
        return self.bot

    def loop(self, count: int = 1, *, every_s: float = 5.0) -> None:
        """Let the bot go round, as its worker does."""
        assert self.bot is not None
        for _ in range(count):
            self._background()
            try:
                self.bot.process()
            except TemporaryError:
                self.advance(RETRY_TIMEOUT)
            self.advance(every_s)

    def _background(self) -> None:
        """Let the thread that reads halts and clocks do one round of this moment."""
        rounds = self.bot.strategy._risk._rounds  # type: ignore[union-attr]
        jumped = self.now() - self._looked_s > 8.0  # then the first to end may have begun before
        self._looked_s = self.now()
        for _ in range(2 if jumped else 1):
            rounds._first.clear()
            rounds.hasten()
            assert rounds.wait_for_first(10.0)

    def let(self, *, enter: bool | None = None, leave: bool | None = None) -> None:
        """Say whether the strategy may enter, and whether it leaves what it holds."""
        assert self.bot is not None
        probe = type(self.bot.strategy)
        probe.entering = probe.entering if enter is None else enter
        probe.leaving = probe.leaving if leave is None else leave

    def stop(self) -> None:
        if self.bot is not None:
            self.bot.cleanup()
            self.bot.strategy._risk.close()
        self.bot = None

    def kill(self) -> None:
        """Let the bot vanish as a killed process does: what was not committed is gone."""
        Trade.rollback()
        Trade.session.remove()
        self.stop()

    def placed(self) -> list[Order]:
        """Return every order the exchange has accepted."""
        return self.trader.venue.orders()

    def trades(self) -> Sequence[Trade]:
        trades: Sequence[Trade] = Trade.get_trades_proxy()
        return trades

    def words(self) -> list[str]:
        """Return Freqtrade's command line, its configurations written."""
        futures = self.markets[0].pair.market is Market.PERPETUAL
        overlay = f"config-replay-live{'-futures' if futures else ''}.json"
        text = (ROOT / "user_data" / overlay).read_text()
        (self.folder / overlay).write_text(text.replace(":8099", f":{self.server.port}"))
        extra = {
            "db_url": f"sqlite:///{self.folder / 'trades.sqlite'}",
            "timeframe": "5m",
            "entry_pricing": {"price_side": "other", "use_order_book": True},
            "exit_pricing": {"price_side": "other", "use_order_book": True},
            **self.options,
        }
        (self.folder / "extra.json").write_text(json.dumps(extra))
        own = ["config.json", *(["config-futures.json"] if futures else [])]
        files = [ROOT / "user_data" / name for name in own]
        files += [self.folder / overlay, self.folder / "extra.json"]
        named = [word for file in files for word in ("-c", str(file))]
        return ["trade", "--userdir", str(self.user_data), "--strategy", "Probe", *named]

    def _arguments(self) -> dict[str, Any]:
        return Arguments(self.words()).get_parsed_arg()

    def _configuration(self) -> dict[str, Any]:
        return Configuration(self._arguments(), None).get_config()


Session = TypeVar("Session", bound=LiveSession)


@contextmanager
def live_session(
    folder: Path,
    markets: Sequence[RecordedMarket],
    *,
    balances: dict[str, float] | None = None,
    participation_frac: float | None = None,
    strategy: str = STRATEGY,
    kind: type[Session] = LiveSession,  # type: ignore[assignment]  # mypy takes no default for it
    begin: datetime = BEGIN,
    **options: Any,
) -> Iterator[Session]:
    """Yield a session on an account with `balances`; `options` go into the configuration."""
    (folder / "u" / "strategies").mkdir(parents=True)
    (folder / "u" / "strategies" / "probe.py").write_text(strategy)
    trader = Trader.open(
        markets, CREDENTIALS, balances or {"USDT": 10_000.0}, participation_frac=participation_frac
    )
    own = {"pair_whitelist": [str(market.pair) for market in markets]}
    keys = {"key": CREDENTIALS.key, "secret": CREDENTIALS.secret}
    options["exchange"] = own | keys | options.get("exchange", {})
    sleep, main = time.sleep, threading.main_thread()
    with time_machine.travel(begin, tick=False) as travel:

        def slept(seconds: float) -> None:
            if threading.current_thread() is main:
                travel.shift(timedelta(seconds=max(seconds, 0.0)))
            else:
                sleep(seconds)

        def monotonic(_: SystemClock) -> float:
            return time.time()

        messages: list[str] = []

        def send_msg(_: DataProvider, message: str, **__: Any) -> None:
            messages.append(message)

        clock = ExchangeClock()
        with (
            mock.patch.object(SystemClock, "monotonic", monotonic),
            mock.patch.object(time, "sleep", slept),
            mock.patch.object(DataProvider, "send_msg", send_msg),
            ReplayServer(
                markets, clock, record="binance moved", trader=trader, faults=FaultScript()
            ) as server,
        ):
            session = kind(
                folder, server, trader, travel, markets, options, skew=clock, messages=messages
            )
            enable_database_use()  # a backtest before this in the same process does without
            try:
                yield session
            finally:
                session.stop()
                Trade.session.remove()
                disable_database_use("5m")
                LocalTrade.reset_trades()
