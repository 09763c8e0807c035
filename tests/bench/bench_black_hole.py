"""The trading loop while Telegram takes every message and answers none.

`python -m tests.bench.bench_black_hole [minutes]`, or `make alerts-black-hole`. A real Freqtrade
bot runs on paper against a replayed exchange, one loop after another, with a candidate at every
candle; `proratio alerts watch` follows its database, which fills with refusals and incidents
besides. In turns of fifteen seconds, in an order drawn anew for every two of them, the watch tries
to tell or stands still (SIGSTOP), so whatever else the machine does meets both alike. Twice
`minutes` in all, of which the watch is at work for `minutes`.

Goals: the loop's p99 with the watch at work within 10% of that without; the watch's memory grows by
less than 10%; once Telegram answers, what happened meanwhile is told in few messages.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from proratio_core.database import Database
from proratio_core.database.server import embedded_server
from proratio_tradehub.journal import Kind, record_entries
from tests.bench.bench_loop import Loops, looping
from tests.live_bot import BIN, LiveBot, eventually, falling_exchange
from tests.tradehub.journal.made import an_entry
from tests.wire.fake_providers import FakeProviders
from tests.wire.fake_telegram import FakeTelegram, Fault, parsed

MINUTES, TURN_S, PACE_S = 10.0, 15.0, 0.1
_ACCOUNT = "proratio dry_run replay spot"
_WARM_UP_LOOPS = 30
_MOST_GROWTH, _MOST_RATIO, _MOST_MESSAGES = 1.10, 1.10, 12


def main(minutes: float) -> int:
    """Print what was measured; fail past a goal."""
    with tempfile.TemporaryDirectory(prefix="proratio-hole-") as name, FakeProviders() as fake:
        folder = Path(name)
        folder.chmod(0o755)  # run as root, the server is another user
        with (
            embedded_server(folder / "postgres") as url,
            falling_exchange() as exchange,
            FakeTelegram() as telegram,
        ):
            bot = LiveBot(folder / "bot", url, fake)
            bot.folder.mkdir()
            bot.prepare(exchange.port, profile="offline", base="RuleStrategy")
            telegram.always = Fault.SILENT
            with looping(bot) as loops, watching(bot, telegram) as watch, noise(url):
                taken, memory_mb = measure(loops, watch, minutes)
                calls, lost = len(telegram.calls), len(telegram.sent)
                telegram.always = None
                watch.send_signal(signal.SIGCONT)
                eventually(lambda: telegram.sent, limit_s=150, why=lambda: bot.log("watch.log"))
                time.sleep(20)
            if lost or calls < 2:
                raise RuntimeError("Telegram answered, or nobody tried: nothing was measured")
            return report(taken, memory_mb, calls, [one.html for one in telegram.sent])


@contextmanager
def watching(bot: LiveBot, telegram: FakeTelegram) -> Iterator[subprocess.Popen[bytes]]:
    """Run `proratio alerts watch` on the bot's installation."""
    environment = {
        **os.environ,
        **telegram.environment(),
        "DATABASE_URL": bot.database_url,
        "PRORATIO_USER_DATA": str(bot.user_data),
    }
    command = [BIN / "proratio", "alerts", "watch", "--interval", "1"]
    with (bot.folder / "watch.log").open("w") as log:
        process = subprocess.Popen(command, cwd=bot.folder, env=environment, stdout=log, stderr=log)
        try:
            cursor = bot.user_data / ".proratio" / "alerts.json"
            eventually(cursor.exists, limit_s=60, why=lambda: bot.log("watch.log"))
            yield process
        finally:
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()


@contextmanager
def noise(url: str) -> Iterator[None]:
    """Put an incident and a refusal on record twice a second."""
    over = threading.Event()

    def fill() -> None:
        database = Database(url)
        number = 0
        while not over.wait(0.5):
            number += 1
            now = datetime.now(UTC)
            entry = an_entry(Kind.INCIDENT, account=_ACCOUNT, about=str(number), at=now)
            record_entries(database, [entry])
            with database.transaction() as cursor:
                cursor.execute(
                    "INSERT INTO refusal (account, strategy, symbol, candle_open_time, rule, "
                    "reasons, refused_at) VALUES (%s, 'Probe', 'BTC/USDT', %s, 'spread', '[]', %s)",
                    (_ACCOUNT, now, now),
                )
        database.close()

    thread = threading.Thread(target=fill, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def measure(
    loops: Loops, watch: subprocess.Popen[bytes], minutes: float
) -> tuple[list[tuple[list[float], list[float]]], list[float]]:
    """Return ms of the loops without and with the watch, turn by turn, and its memory in MB."""
    order, memory_mb = random.Random(7), []
    for _ in range(_WARM_UP_LOOPS):
        loops.run_ms()
    taken = []
    for _ in range(max(2, round(minutes * 60 / TURN_S))):
        turns: dict[bool, list[float]] = {}
        for is_at_work in order.sample([False, True], 2):
            watch.send_signal(signal.SIGCONT if is_at_work else signal.SIGSTOP)
            turns[is_at_work] = turn(loops)
            if is_at_work:
                memory_mb.append(resident_mb(watch.pid))
        taken.append((turns[False], turns[True]))
    return taken, memory_mb


def turn(loops: Loops) -> list[float]:
    """Return ms of the loops of one turn."""
    until, taken = time.monotonic() + TURN_S, []
    while time.monotonic() < until:
        taken.append(loops.run_ms())
        time.sleep(PACE_S)
    return taken


def resident_mb(pid: int) -> float:
    """Return what a process holds in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def p99_ratio(taken: list[tuple[list[float], list[float]]]) -> tuple[float, float, float]:
    """Return the ratio of the p99s, and its 95% interval over resampled pairs of turns."""

    def ratio(pairs: list[tuple[list[float], list[float]]]) -> float:
        without, at_work = (np.concatenate([pair[side] for pair in pairs]) for side in (0, 1))
        return float(np.percentile(at_work, 99) / np.percentile(without, 99))

    draws = np.random.default_rng(7).integers(len(taken), size=(1_000, len(taken)))
    low, high = np.quantile([ratio([taken[n] for n in draw]) for draw in draws], (0.025, 0.975))
    return ratio(taken), float(low), float(high)


def report(
    taken: list[tuple[list[float], list[float]]],
    memory_mb: list[float],
    calls: int,
    messages: list[str],
) -> int:
    """Print the figures; return 1 past a goal."""
    for name, side in (("standing still", 0), ("at work", 1)):
        all_ms = np.concatenate([pair[side] for pair in taken])
        p50, p99 = np.percentile(all_ms, (50, 99))
        _say(
            f"watch {name:15} {len(all_ms)} loops, median {p50:6.2f} ms, p99 {p99:6.2f} ms, "
            f"slowest {all_ms.max():7.2f} ms"
        )
    ratio, low, high = p99_ratio(taken)
    _say(f"p99 ratio {ratio:.3f}, 95 % interval {low:.3f} to {high:.3f} (goal {_MOST_RATIO:.2f})")
    settled = memory_mb[min(3, len(memory_mb) - 1)]
    growth = max(memory_mb[min(3, len(memory_mb) - 1) :]) / settled
    _say(f"watch {settled:.1f} MB, at most {growth:.3f} times that (goal {_MOST_GROWTH:.2f})")
    _say(f"{calls} attempts without an answer; then {len(messages)} messages:")
    for html in messages:
        _say(f"  {' | '.join((parsed(html) or html).splitlines()[1:4])}")
    is_flood = len(messages) > _MOST_MESSAGES
    return int(ratio > _MOST_RATIO or growth > _MOST_GROWTH or is_flood)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES))
