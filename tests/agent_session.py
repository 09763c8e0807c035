"""`PerpetualsAgent` and all it needs, in virtual time: its dry-run, its panel, its open interest.

The bot is Freqtrade's own, started with the configurations that docs/perpetuals.md names; the
signal service answers in a thread, and asks the providers over HTTP.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np
from aiohttp import web

from proratio_core.candles.frame import make_frame
from proratio_core.clock import SystemClock, to_ms
from proratio_core.database import Database
from proratio_core.derivatives import OpenInterestStore
from proratio_core.exchange import CcxtSource, MarketRules
from proratio_core.replay import RecordedMarket
from proratio_core.settings import Settings
from proratio_core.streaming import InterestStream
from proratio_core.values import REPLAY, Pair, Timeframe
from proratio_signals.consult import open_advisor
from proratio_signals.opinions import Action
from proratio_signals.profile import Profile
from proratio_signals.service import SignalService
from tests.live_session import ROOT, LiveSession
from tests.wire.fake_providers import FakeProviders
from tests.wire.provider_bodies import opinion_text
from tests.wire.provider_faults import Call, Exchange, Fault

STRATEGY = (ROOT / "user_data" / "strategies" / "PerpetualsAgent.py").read_text()
BASES = ("BTC", "ETH", "BNB", "SOL", "XRP", "DOGE")
MARKET_START = datetime(2026, 11, 10, tzinfo=UTC)
CANDLE = timedelta(minutes=3)
STATED_S = 10
"""Second of the minute at which the exchange states open interest."""

_DAYS = 12
_AFTER_THE_CLOSE_S = 12
_FACT = {
    "funding_rate_frac": "funding at the last settlement, .*?",
    "funding_mean_7d_frac": "mean of seven days of settlements, fraction",
    "hours_to_funding": "hours to the next settlement",
    "open_interest_base": "open interest, base currency",
    "open_interest_change_24h_frac": "change of open interest over 24 hours, fraction",
}


def perpetuals() -> list[RecordedMarket]:
    """Return six perpetuals that wave around their level, each at its own pace."""
    return [_perpetual(number, base) for number, base in enumerate(BASES)]


def _perpetual(number: int, base: str) -> RecordedMarket:
    level, pace = 40_000.0 / 4**number, 17 + 7 * number
    rows = np.arange(_DAYS * 480, dtype=np.int64)
    opened, closed = (level * (1 + 0.01 * np.sin(steps / pace)) for steps in (rows, rows + 1))
    values = {
        "open": opened,
        "high": np.maximum(opened, closed) * 1.0005,
        "low": np.minimum(opened, closed) * 0.9995,
        "close": closed,
        "volume": (1_000_000 + rows % 97 * 1_000) / level,
    }
    start_ms, tick = to_ms(MARKET_START), level * 1e-6
    settled = np.arange(_DAYS * 3, dtype=np.int64)
    minutes = np.arange(_DAYS * 1440, dtype=np.int64)
    candles = make_frame(start_ms + rows * Timeframe.M3.ms, values)
    funding = 1e-4 + 1e-6 * settled + 1e-5 * number
    interest = 1_000.0 * (number + 1) + minutes * 0.5
    return RecordedMarket(
        Pair.parse(f"{base}/USDT:USDT"),
        MarketRules(tick, 1e-5, 1e-5, 5.0),
        {Timeframe.M3: candles},
        {Timeframe.M3: candles.assign(volume=0.0)},
        make_frame(start_ms + settled * Timeframe.H8.ms, {"funding_rate": funding}),
        make_frame(start_ms + minutes * 60_000 + STATED_S * 1_000, {"open_interest": interest}),
    )


@dataclass(frozen=True)
class Prompt:
    """What one provider was asked about one candle of one pair, as it came over the wire."""

    provider: str
    text: str

    @property
    def pair(self) -> str:
        return self._found(r"Market: (\S+) \(perpetual\), candles of 3m")

    @property
    def as_of(self) -> datetime:
        written = self._found(r"Judged candle closed at (\S+ \S+) UTC")
        return datetime.strptime(written, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)

    @cached_property
    def derivatives(self) -> Mapping[str, float]:
        """The figures beside the candles, by the name of the fact."""
        found = {
            name: re.search(rf"- {said}: (\S+?)\\n", self.text) for name, said in _FACT.items()
        }
        return {name: float(match[1]) for name, match in found.items() if match is not None}

    def _found(self, pattern: str) -> str:
        match = re.search(pattern, self.text)
        assert match is not None, self.text
        return match[1]


class ScriptedPanel:
    """Three providers that agree: what of each pair, is told to them before they are asked."""

    def __init__(self, fake: FakeProviders) -> None:
        self.says: Mapping[str, Action] = {}
        self.prompts: list[Prompt] = []
        fake.director = self._answer

    def _answer(self, call: Call) -> Fault:
        prompt = Prompt(call.provider, json.dumps(call.body))
        self.prompts.append(prompt)
        action = self.says.get(prompt.pair, Action.HOLD)
        text = opinion_text(action=action.value, confidence=0.9)

        async def answer(exchange: Exchange) -> web.StreamResponse:
            return web.json_response(exchange.dialect.answer(call.model, text))

        return answer


class AgentSession(LiveSession):
    """The agent in dry-run, and the one who moves its time."""

    def words(self) -> list[str]:
        """Return the command line of docs/perpetuals.md, on the replay exchange's port."""
        overlay = self.folder / "config-replay-futures.json"
        text = (ROOT / "user_data" / overlay.name).read_text()
        overlay.write_text(text.replace(":8099", f":{self.server.port}"))
        own = [ROOT / "user_data" / name for name in ("config.json", "config-futures.json")]
        named = [word for file in (*own, overlay) for word in ("-c", str(file))]
        trades = f"sqlite:///{self.folder / 'trades.sqlite'}"
        words = ["--userdir", str(self.user_data), "--strategy", "PerpetualsAgent"]
        return ["trade", *words, "--db-url", trades, *named]

    @property
    def settings(self) -> Settings:
        """The bot's own."""
        assert self.bot is not None
        found: Settings = self.bot.strategy._settings()  # type: ignore[attr-defined]
        return found

    @property
    def has_read_open_interest(self) -> bool:
        assert self.bot is not None
        watch: Any = self.bot.strategy._interest  # type: ignore[attr-defined]
        return all(watch.of(str(market.pair)) is not None for market in self.markets)

    def travel_to(self, moment: datetime) -> None:
        self.travel.move_to(moment)

    def stream(self, database: Database, until: datetime) -> None:
        """Keep the open interest of every full minute until a moment, as the stream does."""
        pairs = [market.pair for market in self.markets]
        with closing(CcxtSource(REPLAY, clock=SystemClock(), url=self.server.url)) as source:
            stream = InterestStream(
                source.open_interest,
                OpenInterestStore(database),
                exchange=REPLAY,
                pairs=pairs,
                clock=SystemClock(),
            )
            minute = datetime.now(UTC).replace(second=0, microsecond=0)
            while (minute := minute + timedelta(minutes=1)) <= until:
                self.travel_to(minute)
                assert stream.collect() == len(pairs)

    def judge(self, database: Database, close: datetime) -> None:
        """Live through a candle's close: the panel is asked, and the bot does what it says."""
        self.stream(database, close)
        self.advance(_AFTER_THE_CLOSE_S)
        self.loop()
        eventually(lambda: self._answered(database, close) == len(self.markets))
        self.loop(10, every_s=10.0)

    def _background(self) -> None:
        """Let the threads that read halts, clocks and open interest do one round each."""
        super()._background()
        assert self.bot is not None
        strategy: Any = self.bot.strategy
        strategy._interest.refresh(strategy._keys())
        eventually(lambda: not strategy._interest._reading.is_under_way)

    @staticmethod
    def _answered(database: Database, close: datetime) -> int:
        with database.transaction() as cursor:
            cursor.execute(
                "SELECT count(*) FROM question WHERE as_of = %s AND state = 'answered'", (close,)
            )
            (count,) = cursor.fetchone()
        return int(count)


@contextmanager
def serving(settings: Settings, database: Database, profile: Profile) -> Iterator[SignalService]:
    """Answer the bot's questions, as `proratio signals serve` does, in a thread of its own."""
    ready, stops = threading.Event(), []

    async def serve() -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        clock = SystemClock()
        async with open_advisor(settings, database, profile, clock=clock) as advisor:
            service = SignalService(database, advisor, clock=clock, report=lambda _: None)
            stops.append(lambda: loop.call_soon_threadsafe(stop.set))
            ready.set()
            await service.run(stop, asyncio.Event())

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="service")
    thread.start()
    assert ready.wait(20.0)
    try:
        yield
    finally:
        stops[0]()
        thread.join(20.0)


def eventually(what: Callable[[], bool], *, limit_s: float = 20.0) -> None:
    """Return once `what` is true, in real time; the virtual one stands still."""
    until = time.monotonic() + limit_s
    while not what():
        assert time.monotonic() < until, "it did not come true in time"
        threading.Event().wait(0.01)
