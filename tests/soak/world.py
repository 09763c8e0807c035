"""Everything around the bot: exchange, collector of candles, PostgreSQL and its door, halts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import psycopg2

from proratio_core.candles import CandleStore
from proratio_core.candles.collector import Collector
from proratio_core.candles.gaps import GapLedger
from proratio_core.candles.patience import Patience
from proratio_core.clock import to_ms
from proratio_core.database import Database, open_database
from proratio_core.errors import TransientError
from proratio_core.exchange import CcxtSource
from proratio_core.replay import Fault, FaultKind, FaultScript, RecordedMarket, ReplayServer
from proratio_core.replay.faults import Traffic
from proratio_core.replay.trading import Trader
from proratio_core.settings import Settings
from proratio_core.values import SIMULATED, SeriesKey, Timeframe, Timerange
from proratio_tradehub.halts import Action, HaltEvent, HaltLedger, Halts, halt_file
from tests.live_session import CREDENTIALS
from tests.soak.clock import SharedClock
from tests.soak.market import BEGIN, PAIRS

_BALANCE_QUOTE = 10_000.0


class Script(FaultScript):
    """A fault script that can be interrupted when the bot asks for candles.

    A bot asks for the candles of all pairs at once, so a ban finds the others' requests on their
    way already: at most one of each other pair, at the same moment. They are no early requests.
    """

    def __init__(self) -> None:
        super().__init__()
        self.at_candles: Callable[[], None] | None = None
        self._banned_s, self._on_their_way = -1.0, 0

    def next(self, now_s: float, traffic: Traffic, *, order_type: str = "") -> Fault | None:
        if traffic is Traffic.ROWS and self.at_candles is not None:
            what, self.at_candles = self.at_candles, None
            what()
        early = self.early_requests
        fault = super().next(now_s, traffic, order_type=order_type)
        if self.early_requests > early:
            is_on_its_way = traffic is Traffic.ROWS and now_s == self._banned_s
            if is_on_its_way and self._on_their_way > 0:
                self._on_their_way -= 1
                self.early_requests = early
        elif fault is not None and fault.kind in {FaultKind.BAN, FaultKind.RATE_LIMIT}:
            self._banned_s, self._on_their_way = now_s, len(PAIRS) - 1
        return fault

    def is_idle(self, traffic: Traffic) -> bool:
        """Return whether everything was dealt."""
        return not self._waiting[traffic]


@dataclass
class World:
    """One account on one exchange, and one installation of the program."""

    folder: Path
    url: str
    clock: SharedClock
    markets: list[RecordedMarket]
    trader: Trader
    script: Script
    feed: FaultScript
    server: ReplayServer
    database: Database
    halts: Halts
    ledger: HaltLedger
    collectors: Collector
    happened: Counter[str] = field(default_factory=Counter)

    @property
    def now_ms(self) -> int:
        return to_ms(self.clock.now())

    @property
    def bot_url(self) -> str:
        """The way to PostgreSQL that can be shut."""
        head, _, _ = self.url.partition("?")
        return f"{head}?host={quote(str(self.folder / 'd'), safe='')}"

    def open_door(self) -> None:
        (self.folder / "d").symlink_to(parse_qs(urlsplit(self.url).query)["host"][0])

    def shut_door(self) -> None:
        """Take PostgreSQL away from the bot: no new connection, and every old one is cut."""
        (self.folder / "d").unlink()
        self.database.close()  # ours would be cut as well
        with closing(psycopg2.connect(self.url)) as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    def halt(self) -> None:
        recorded = self.halts.order(Action.HALT, reason="soak", by="the soak")
        assert not recorded.missed, recorded.missed

    def halt_in_database_only(self) -> None:
        """Order a halt on another machine: the bot has to bring it into its file."""
        event = HaltEvent.now(Action.HALT, reason="soak", by="elsewhere", at=self.clock.now())
        self.ledger.add([event])

    def resume(self) -> None:
        self.halts.resume(reason="soak", by="the soak")

    def collect(self, *, patiently: bool = False) -> None:
        """Bring the stored candles up to date, as `proratio data download` does."""
        for market in self.markets:
            key = SeriesKey(SIMULATED, market.pair, Timeframe.H1)
            with suppress(*(() if patiently else (TransientError,))):
                self.collectors.collect(key, Timerange(BEGIN, None))


@contextmanager
def opened_world(
    folder: Path, url: str, markets: list[RecordedMarket], feed: FaultScript
) -> Iterator[World]:
    """Yield a world at the beginning of its time, under a folder of its own."""
    clock = SharedClock(folder / "clock", BEGIN)
    trader = Trader.open(markets, CREDENTIALS, {"USDT": _BALANCE_QUOTE}, participation_frac=0.002)
    script = Script()
    settings = Settings(PRORATIO_USER_DATA=folder / "u", DATABASE_URL=url)
    with ExitStack() as stack:
        server = stack.enter_context(
            ReplayServer(markets, clock, record=SIMULATED, trader=trader, faults=script)
        )
        rows = stack.enter_context(ReplayServer(markets, clock, record=SIMULATED, faults=feed))
        database = stack.enter_context(open_database(settings))
        source = CcxtSource(SIMULATED, clock=clock, url=rows.url)
        stack.callback(source.close)
        collector = Collector(
            source, CandleStore(database), GapLedger(database), clock, Patience(clock)
        )
        ledger = HaltLedger(database)
        halts = Halts(halt_file(settings), ledger, clock=clock)
        world = World(
            *(folder, url, clock, markets, trader, script, feed, server, database, halts, ledger),
            collector,
        )
        world.open_door()
        yield world
