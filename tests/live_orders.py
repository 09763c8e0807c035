"""The order desk over many bad days: random faults and deaths, then real `kill -9`. Minutes.

Run by `make live-orders`. Every session is a real Freqtrade in live mode on the replay exchange,
in virtual time; the seed of each is printed, and `SEED=n` replays one. After them a process of
Freqtrade's own is killed at each named point of an entry, in real time.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from freqtrade.persistence import Trade

from proratio_core.clock import SystemClock
from proratio_core.database.server import embedded_server
from proratio_core.replay import Fault, FaultKind, ReplayServer, shift_markets
from proratio_core.replay.trading import Order, Side, Trader
from proratio_core.values import Market
from proratio_tradehub.orders import IntentFile
from tests.live_session import BEGIN, CREDENTIALS, STRATEGY, LiveSession, five_minutes, live_session

_SESSIONS = 20
_LOOPS = 120
_KINDS = (
    *(FaultKind.REPLY_LOST, FaultKind.RESET, FaultKind.CUT_BODY),
    *(FaultKind.SERVER_ERROR, FaultKind.RATE_LIMIT, FaultKind.BAN, FaultKind.REJECTED),
)
_POINTS = ("written", "sent", "replied", "about to commit")
_DYING = """

import os, signal
from pathlib import Path
from freqtrade.persistence import Trade


def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)


def after(method, then):
    def called(*words, **named):
        method(*words, **named)
        then()
    return called


class Probe(Probe):
    def bot_start(self, **given):
        super().bot_start(**given)
        flag = Path("die_at")
        if not flag.exists():
            return
        point, desk = flag.read_text(), self._orders.desk
        flag.unlink()
        if point == "written":
            desk._send = die
        elif point == "sent":
            desk._place = after(desk._place, die)
        elif point == "replied":
            desk._file.reply = after(desk._file.reply, die)
        else:
            desk._file.reply = after(desk._file.reply, lambda: setattr(Trade, "commit", die))
"""

_COMMIT = Trade.commit


class Killed(BaseException):
    """What ends a process in the middle."""


@dataclass
class Tally:
    """What all sessions came to."""

    faults: Counter[str] = field(default_factory=Counter)
    deaths: Counter[str] = field(default_factory=Counter)
    orders: int = 0
    trades: int = 0


def main() -> int:
    """Run the sessions, and print what they came to."""
    chosen = os.environ.get("SEED")
    seeds = [int(chosen)] if chosen else list(range(_SESSIONS))
    tally, began = Tally(), time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="lo-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with embedded_server(folder / "pg") as url:
            os.environ["DATABASE_URL"] = url
            for seed in seeds:
                _session(folder / str(seed), seed, tally)
            if not chosen:
                for point in _POINTS:
                    _killed_for_real(folder / point.replace(" ", "-"), point)
    _say(
        f"{len(seeds)} sessions of {_LOOPS} loops in {time.perf_counter() - began:.0f} s: "
        f"{tally.orders} orders accepted, {tally.trades} trades, faults {dict(tally.faults)}, "
        f"deaths {dict(tally.deaths)}: no order twice, none lost, no request during a ban"
    )
    return 0


def _killed_for_real(folder: Path, point: str) -> None:
    """Kill a process of Freqtrade's at a point of its first entry, and start it again."""
    (folder / "u" / "strategies").mkdir(parents=True)
    (folder / "u" / "strategies" / "probe.py").write_text(STRATEGY + _DYING)
    days = (datetime.now(UTC) - BEGIN).days
    markets = shift_markets([five_minutes("BTC/USDT")], days * 86_400_000)
    trader = Trader.open(markets, CREDENTIALS, {"USDT": 10_000.0})
    options = {
        "exchange": {
            "pair_whitelist": ["BTC/USDT"],
            "key": CREDENTIALS.key,
            "secret": CREDENTIALS.secret,
        },
        "internals": {"process_throttle_secs": 1},
    }
    with ReplayServer(markets, SystemClock(), record="binance moved", trader=trader) as server:
        session = LiveSession(folder, server, trader, None, markets, options)
        (folder / "die_at").write_text(point)
        with _freqtrade(session) as bot:
            assert bot.wait(120) == -signal.SIGKILL, (folder / "bot.log").read_text()[-4_000:]
        began = time.monotonic()
        with _freqtrade(session):
            while not any(_is_open_stop(order, markets[0].pair) for order in session.placed()):
                assert time.monotonic() - began < 120, (folder / "bot.log").read_text()[-4_000:]
                time.sleep(0.2)
            ready_s = time.monotonic() - began
            time.sleep(5)
        buys = [order for order in session.placed() if order.ticket.side is Side.BUY]
        assert len(buys) == 1, f"{point}: {len(buys)} orders for one entry"
    _say(f"kill -9 when {point}: one position, its stop {ready_s:.1f} s after the restart")


@contextmanager
def _freqtrade(session: LiveSession) -> Iterator[subprocess.Popen[bytes]]:
    with (session.folder / "bot.log").open("a") as output:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("freqtrade"), *session.words()],
            stdout=output,
            stderr=output,
            cwd=session.folder,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def _session(folder: Path, seed: int, tally: Tally) -> None:
    chance = random.Random(seed)  # a test's
    suffix = ":USDT" if seed % 2 else ""
    markets = [
        five_minutes(f"BTC/USDT{suffix}"),
        five_minutes(f"ETH/USDT{suffix}", level=2_000.0, late_h=2.25),
    ]
    folder.mkdir()
    with live_session(folder, markets, balances={"USDT": 10_000.0}) as session:
        session.start()
        for _ in range(_LOOPS):
            _disturb(session, chance, tally)
            _survive(session, chance, tally)
        _calm(session)
        _judge(session, seed)
        tally.orders += len(session.placed())
        tally.trades += len(session.trades())
        tally.faults.update(fault.kind.name for fault in session.server.faults.dealt)


def _disturb(session: LiveSession, chance: random.Random, tally: Tally) -> None:
    """Perhaps let the next order fail, and perhaps change the strategy's mind."""
    if chance.random() < 0.25:
        session.server.faults.add_for_orders(
            Fault(chance.choice(_KINDS), seconds=chance.choice((5, 30, 90)))
        )
    if chance.random() < 0.15:
        leave = chance.random() < 0.5
        session.let(leave=leave, enter=not leave)
    if chance.random() < 0.10:
        point = chance.choice(_POINTS)
        _arm(session, point, tally)


def _survive(session: LiveSession, chance: random.Random, tally: Tally) -> None:
    try:
        session.loop(every_s=chance.choice((5, 5, 5, 30)))
    except Killed:
        Trade.commit = _COMMIT
        session.kill()
        session.advance(chance.choice((1, 5, 20)))
        session.start()


def _arm(session: LiveSession, point: str, tally: Tally) -> None:
    """Let the bot die at a point of its next order."""
    assert session.bot is not None
    desk = session.bot.strategy._orders.desk

    def dying(before: Callable[..., Any] | None) -> Callable[..., Any]:
        def died(*words: Any, **named: Any) -> Any:
            if before is not None:
                before(*words, **named)
            tally.deaths[point] += 1
            raise Killed

        return died

    if point == "written":
        desk._send = dying(None)
    elif point == "sent":
        desk._place = dying(desk._place)
    elif point == "replied":
        desk._file.reply = dying(desk._file.reply)
    else:
        reply = desk._file.reply

        def then(*words: Any) -> None:
            reply(*words)

            def die() -> None:
                tally.deaths[point] += 1
                raise Killed

            Trade.commit = die

        desk._file.reply = then


def _calm(session: LiveSession) -> None:
    """Let everything come to rest: no fault, no new entry, and time for every question."""
    Trade.commit = _COMMIT
    session.server.faults._waiting.clear()
    session.advance(120)
    session.stop()
    session.start()
    session.let(enter=False, leave=False)
    session.loop(12)


def _judge(session: LiveSession, seed: int) -> None:
    """Fail where the exchange and the bot do not agree."""
    placed = session.placed()
    names = [order.ticket.client_id for order in placed]
    assert len(set(names)) == len(names), f"seed {seed}: an order was sent twice"
    assert all(name.startswith("pr") for name in names), f"seed {seed}: an order passed the desk by"
    assert session.server.faults.early_requests == 0, f"seed {seed}: a request during a ban"
    open_trades = [trade for trade in session.trades() if trade.is_open]
    for market in session.markets:
        held = _held(session, market.pair)
        known = sum(t.amount for t in open_trades if t.pair == str(market.pair))
        assert abs(held - known) <= 1e-4 + 0.002 * max(held, known), (
            f"seed {seed}: {held} of {market.pair} is held, {known} is known"
        )
        stops = [o for o in placed if _is_open_stop(o, market.pair)]
        assert len(stops) <= 1, f"seed {seed}: {len(stops)} stops of {market.pair}"
        if known > 0.0:
            assert stops, f"seed {seed}: {market.pair} is held without a stop"
    assert not IntentFile(next((session.user_data / ".proratio" / "orders").iterdir())).open
    _say(f"seed {seed}: {len(placed)} orders, {len(session.trades())} trades, all accounted for")


def _held(session: LiveSession, pair: Any) -> float:
    if pair.market is Market.PERPETUAL:
        position = session.trader.venue.perpetual.positions.get(pair)
        return 0.0 if position is None else position.amount
    balance = session.trader.venue.spot.of(pair.base)
    return balance.free + balance.locked


def _is_open_stop(order: Order, pair: Any) -> bool:
    is_stop = order.ticket.stop_price is not None and order.ticket.side is Side.SELL
    return order.ticket.pair == pair and is_stop and order.status.is_open


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
