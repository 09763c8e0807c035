"""A year of one process, then rounds in which it is killed over and over."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random

from proratio_core.replay import FaultScript
from proratio_core.replay.faults import Traffic
from tests.live_session import CREDENTIALS
from tests.soak.audit import audit_books, audit_candles, audit_halts, count_candles, count_trades
from tests.soak.dying import AT_START, HALT_FILE, IN_LOOP
from tests.soak.market import PAIRS, STRATEGY, simulated_market
from tests.soak.plan import Mishaps, Rates, plan_loop
from tests.soak.process import BotProcess
from tests.soak.report import Breach, Report
from tests.soak.witness import Witness
from tests.soak.world import World, opened_world

STEPS_A_DAY = 144
_COLLECT_LOOPS = 12
_PATIENCE_LOOPS = 90
"""A death that needs an order is not waited for longer; the bot dies in its loop then."""
_CALM_LOOPS = 12
_SPAN_DAYS = 400
"""Of candles, however short the soak: the market depends on it, and a short soak is to be the
beginning of a long one."""
_FEED_REQUESTS_A_DAY = 100
_FEED_FAULTS_FRAC = 0.15
_LIMIT_LOOPS = 24
"""How long a halt that a limit ordered stands until a person lifts it."""


@dataclass
class Round:
    """One account from its first loop to its audit.

    Parameters
    ----------
    world
        Where it happens.
    report
        What is found.
    number, rates
        Decide with the report's seed what goes wrong.
    tell
        Hears how far it is.
    """

    world: World
    report: Report
    number: int
    rates: Rates
    tell: Callable[[str], object]
    loop: int = 0
    away_until: int = 0
    halted_until: int = 0
    restrained_loops: int = 0
    witness: Witness = field(init=False)
    bot: BotProcess = field(init=False)

    def __post_init__(self) -> None:
        intents = self.world.folder / "u" / ".proratio" / "orders"
        self.witness = Witness(
            *(self.world.trader, self.world.markets, intents),
            self.world.script.dealt,
            self._breach,
        )

    def run(self, *, days: float, deaths: tuple[str, ...] = ()) -> None:
        """Let time pass until the days are over, or until the bot has died of everything.

        Ctrl-C ends the round early: it comes to rest and is judged as it is.
        """
        waiting, began, is_over = list(deaths), time.monotonic(), False
        self._start(waiting)
        try:
            with suppress(KeyboardInterrupt):
                while self.loop < days * STEPS_A_DAY or waiting:
                    self._step(waiting)
                is_over = True
            self._calm()
        finally:
            self.bot.end()
        self._judge()
        self.report.loops += self.loop
        self.report.virtual_days += self.loop / STEPS_A_DAY
        self.report.wall_s += time.monotonic() - began
        if not is_over:
            raise KeyboardInterrupt

    def _step(self, waiting: list[str]) -> None:
        """Prepare what befalls the next loop, let it happen, and look at what it left."""
        self._mend()
        self._break(plan_loop(self.report.seed, self.number, self.loop, self.rates))
        self._tick("go")
        if waiting and waiting[0] != AT_START and self.loop % 2 == 0:
            self._die(waiting)
        if self.loop % _COLLECT_LOOPS == 0:
            self.world.collect()
        if self.loop % (7 * STEPS_A_DAY) == 0:
            self._weigh()
        if self.loop % 48 == 0:
            self.tell(
                f"round {self.number}: day {self.loop / STEPS_A_DAY:.1f}, {self.witness.entries} "
                f"entries, {len(waiting)} deaths to come, {len(self.report.breaches)} breaches"
            )

    def _tick(self, word: str) -> bool:
        """Let the bot do one loop; return false when it died in it."""
        self.bot.say(word)
        is_alive = self.bot.wait_for_loop()
        self.loop += 1
        if is_alive:
            self.witness.after_loop(self.world.now_ms)
        return is_alive

    def _die(self, waiting: list[str]) -> None:
        """Let the bot reach the next point of death, and start it again."""
        point = waiting.pop(0)
        if point == HALT_FILE:
            self.world.halt_in_database_only()
            self.halted_until = self.loop + 6
        reached = self._wait_for_death(point) if self._tick(point) else point
        self.report.deaths[reached] += 1
        self._start_again(waiting)

    def _wait_for_death(self, point: str) -> str:
        for _ in range(_PATIENCE_LOOPS):
            self._mend()
            if not self._tick("go"):
                return point
        if self._tick(IN_LOOP):
            raise RuntimeError("the bot does not die")
        return IN_LOOP

    def _start_again(self, waiting: list[str]) -> None:
        rng = Random(f"{self.report.seed}/{self.number}/{self.loop}/down")
        self.bot.end()
        self.world.clock.sleep(rng.choice((1, 20, 300)))
        self._start(waiting, is_restart=True)

    def _start(self, waiting: list[str], *, is_restart: bool = False) -> None:
        """Start the bot, and wait for its first loop; perhaps it dies at its start, and again."""
        while waiting and waiting[0] == AT_START and is_restart:
            self.report.deaths[waiting.pop(0)] += 1
            self._spawn(AT_START)
            assert not self.bot.wait_for_loop(), "it should have died at its start"
            self.bot.end()
        if waiting and waiting[0] == AT_START:  # there is nothing to settle at the very first one
            waiting.append(waiting.pop(0))
        self._spawn("")
        if not self.bot.wait_for_loop():
            raise RuntimeError("the bot was killed by somebody else")
        if is_restart:
            self.report.ready_s.append(time.monotonic() - self.bot.began_s)
            self.report.ready_cpu_s.append(self.bot.cpu_s())
        self.witness.after_loop(self.world.now_ms)

    def _spawn(self, first: str) -> None:
        world = self.world
        session = {
            "port": world.server.port,
            "pairs": [str(pair) for pair in PAIRS],
            "options": OPTIONS,
            "first": first,
        }
        (world.folder / "session.json").write_text(json.dumps(session))
        self.bot = BotProcess(world.folder, database_url=world.bot_url)

    def _break(self, mishaps: Mishaps) -> None:
        """Prepare what goes wrong around the next loop."""
        world, script = self.world, self.world.script
        if script.is_idle(Traffic.ORDERS):
            script.add_for_orders(*mishaps.order_faults)
        if script.is_idle(Traffic.ROWS):
            script.add(*mishaps.row_faults)
        if mishaps.late_s:
            world.clock.sleep(mishaps.late_s)
            self._count("loops late")
        if mishaps.away_loops and not self.away_until:
            world.shut_door()
            self.witness.held_back.add(Breach.BLIND)
            self.away_until = self.loop + mishaps.away_loops
            self._count("PostgreSQL away")
        if mishaps.halt_loops and not self.halted_until:
            self.halted_until = self.loop + mishaps.halt_loops
            if mishaps.is_midway:
                script.at_candles = self._halt
            else:
                self._halt()

    def _halt(self) -> None:
        self.world.halt()
        self.witness.held_back.add(Breach.HALTED)
        self._count("halts ordered")

    def _mend(self) -> None:
        """End what has lasted long enough."""
        if self.away_until and self.loop >= self.away_until:
            self.world.open_door()
            self.witness.held_back.discard(Breach.BLIND)
            self.away_until = 0
        if self.halted_until and self.loop >= self.halted_until:
            self.halted_until = 0
            self._resume()
        elif not self.halted_until and self._is_to_be_lifted():
            self._count("halts of limits lifted")
            self._resume()

    def _is_to_be_lifted(self) -> bool:
        """Return whether a person looks now, and finds what a limit has ordered."""
        is_due = self.loop % _LIMIT_LOOPS == 0
        return is_due and bool(self.world.halts.standing().restraints)

    def _resume(self) -> None:
        self.world.script.at_candles = None
        self.witness.held_back.discard(Breach.HALTED)
        self.world.resume()

    def _weigh(self) -> None:
        self.report.uss_mb.append((self.loop / STEPS_A_DAY, self.bot.uss_bytes() / 2**20))

    def _calm(self) -> None:
        """Let everything come to rest: no fault, no halt, and time for every question."""
        if self.away_until:
            self.away_until = self.loop
        self.halted_until = self.halted_until and self.loop
        self._mend()
        self.world.script.forget()
        self.world.halt()  # so that nothing new is entered
        self.witness.held_back.add(Breach.HALTED)
        for _ in range(_CALM_LOOPS):
            self._tick("go")
        self.bot.stop()

    def _judge(self) -> None:
        world, report = self.world, self.report
        world.feed.forget()  # an empty last page is believed until the next run: this is that
        world.collect(patiently=True)
        trades = world.folder / "trades.sqlite"
        found = [
            *audit_candles(world.url, world.markets, until_ms=world.now_ms),
            *audit_halts(world.url, world.trader),
            *audit_books(trades, world.trader, world.markets),
        ]
        for what, detail in found:
            self._breach(what, detail)
        for script in (world.script, world.feed):
            if script.early_requests:
                self._breach(
                    Breach.BAN, f"{script.early_requests} requests to {type(script).__name__}"
                )
            names = (f"fault: {fault.kind.value}" for fault in script.dealt)
            report.happened += Counter(names)
        (intents,) = (world.folder / "u" / ".proratio" / "orders").glob("*.jsonl")
        for name in _open_intents(intents):
            self._breach(Breach.UNKNOWN, f"the fate of {name} is open at rest")
        orders = world.trader.venue.orders()
        report.happened += world.happened
        report.orders += len(orders)
        report.entries += self.witness.entries
        report.partial += sum(len(world.trader.venue.fills_of(order)) > 1 for order in orders)
        report.trades += count_trades(trades)
        report.candles += count_candles(world.url)

    def _count(self, what: str) -> None:
        self.world.happened[what] += 1

    def _breach(self, what: Breach, detail: str) -> None:
        day = self.loop / STEPS_A_DAY
        self.report.breach(self.number, what, f"day {day:.1f}, loop {self.loop}: {detail}")


OPTIONS = {
    "timeframe": "1h",
    "exchange": {
        "pair_whitelist": [str(pair) for pair in PAIRS],
        "key": CREDENTIALS.key,
        "secret": CREDENTIALS.secret,
        "ccxt_config": {"timeout": 3_000},
        "_ft_has_params": {"ohlcv_candle_limit": 200},
    },
    "entry_pricing": {"price_side": "same", "use_order_book": True, "order_book_top": 1},
    "exit_pricing": {"price_side": "other", "use_order_book": True, "order_book_top": 1},
    "unfilledtimeout": {"entry": 25, "exit": 25, "exit_timeout_count": 0, "unit": "minutes"},
    "ignore_buying_expired_candle_after": 1_700,
}
"""Entries wait at their price and are filled in parts; exits take what is there."""


def play_round(
    report: Report,
    folder: Path,
    url: str,
    number: int,
    *,
    days: float,
    deaths: tuple[str, ...] = (),
    rates: Rates | None = None,
    tell: Callable[[str], object] = str,
) -> None:
    """Play one round on a database and in a folder of its own, both empty.

    It lasts so many days, and as long as the bot has deaths to die.
    """
    (folder / "u" / "strategies").mkdir(parents=True)
    (folder / "u" / "strategies" / "probe.py").write_text(STRATEGY)
    span = max(_SPAN_DAYS, timedelta(days=days + len(deaths)).days + 10)
    markets = simulated_market(report.seed + number, span)
    feed = FaultScript.seeded(
        report.seed + number,
        requests=_FEED_REQUESTS_A_DAY * span,
        fault_frac=_FEED_FAULTS_FRAC,
    )
    with opened_world(folder, url, markets, feed) as world:
        Round(world, report, number, rates or Rates(), tell).run(days=days, deaths=deaths)


def _open_intents(file: Path) -> list[str]:
    """Return the names of intents whose order is not known to be settled, in a file's own words."""
    fates: dict[str, bool] = {}
    for text in file.read_text().splitlines():
        line = json.loads(text)
        fates[line["name"]] = "outcome" in line
    return [name for name, is_settled in fates.items() if not is_settled]
