"""The trading loop with three silent voters, against the same loop without any.

`python -m tests.bench.bench_loop [loops]`. Two real Freqtrade bots trade on paper against one
replayed exchange; at every candle both have a candidate, and neither may enter. One stakes nothing
by itself; the other asks `proratio signals serve`, whose three providers take the question and
never answer. The bots take turns, one loop each, in an order drawn anew for every pair of loops, so
whatever else the machine does meets both alike. Goal: the p99 of the second within 10% of the
first's.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from proratio_core.database.server import embedded_server
from tests.live_bot import BIN, ROOT, LiveBot, falling_exchange
from tests.tradehub.strategies.panels import write_profile
from tests.wire.fake_providers import FakeProviders

LOOPS, ROUNDS = 4_000, 8
_STAKES_NOTHING = """
class Probe(Probe):
    def custom_stake_amount(self, **kwargs):
        return 0.0
"""
_BOT = """
import json, sys, time
from freqtrade.commands import Arguments
from freqtrade.enums import State
from freqtrade.worker import Worker

bot = Worker(Arguments(sys.argv[1:]).get_parsed_arg()).freqtrade
bot.state = State.RUNNING
bot.startup()
for line in sys.stdin:
    began = time.perf_counter()
    bot.process()
    print(json.dumps((time.perf_counter() - began) * 1000), flush=True)
"""


class Loops:
    """A bot that runs one loop whenever it is told to."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run_ms(self) -> float:
        """Return how long its next loop took."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the bot ended; see its log")
        return float(json.loads(line))


@contextmanager
def looping(bot: LiveBot) -> Iterator[Loops]:
    """Run Freqtrade's bot without its throttle, in a process of its own."""
    words = [
        *("trade", "--userdir", bot.user_data, "--strategy", "Probe"),
        *("--db-url", f"sqlite:///{bot.folder / 'trades.sqlite'}"),
        *("-c", ROOT / "user_data" / "config.json", "-c", bot.folder / "replay.json"),
        *("-c", bot.folder / "extra.json", "--logfile", bot.folder / "bot.log"),
    ]
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", _BOT, *map(str, words)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=(bot.folder / "bot.err").open("w"),
        text=True,
        cwd=bot.folder,
        env={
            "DATABASE_URL": bot.bot_url,
            "PATH": str(BIN),
            "PRORATIO_USER_DATA": str(bot.user_data),
        },
    )
    try:
        yield Loops(process)
    finally:
        process.kill()
        process.wait()


def p99_ratio(asking: np.ndarray, alone: np.ndarray) -> tuple[float, float, float]:
    """Return the ratio of the p99s, and its 95% interval over resampled pairs of loops."""
    draws = np.random.default_rng(7).integers(len(alone), size=(1_000, len(alone)))
    drawn = np.percentile(asking[draws], 99, axis=1) / np.percentile(alone[draws], 99, axis=1)
    low, high = np.quantile(drawn, (0.025, 0.975))
    return float(np.percentile(asking, 99) / np.percentile(alone, 99)), float(low), float(high)


def main(loops: int) -> int:
    """Print the figures of every round and of all; fail past the goal."""
    with tempfile.TemporaryDirectory(prefix="proratio-loop-") as name, FakeProviders() as fake:
        folder = Path(name)
        folder.chmod(0o755)  # run as root, the server is another user
        with embedded_server(folder / "postgres") as url, falling_exchange() as exchange:
            alone, asking = (LiveBot(folder / part, url, fake) for part in ("alone", "asking"))
            for bot, base in ((alone, "RuleStrategy"), (asking, "ConsensusStrategy")):
                bot.folder.mkdir()
                fake.settings(bot.user_data)
                silent = dict.fromkeys(("openai", "anthropic", "gemini"), "fault-silent")
                write_profile(bot.user_data, "silent", deadline_s=600.0, **silent)
                bot.prepare(exchange.port, profile="silent", base=base)
            with (alone.user_data / "strategies" / "probe.py").open("a") as file:
                file.write(_STAKES_NOTHING)
            with asking.serving("silent"), looping(alone) as a, looping(asking) as b:
                taken = measure(a, b, loops)
            if fake.count() < 3 or alone.trades() or asking.trades():
                raise RuntimeError("nobody was asked, or somebody entered: nothing was measured")
            return report(taken, questions=fake.count() // 3)


def measure(alone: Loops, asking: Loops, loops: int) -> np.ndarray:
    """Return milliseconds, shape (2, loops): alone and asking, taking turns."""
    order = random.Random(7)
    for _ in range(20):
        alone.run_ms(), asking.run_ms()
    taken = np.empty((2, loops))
    for place in range(loops):
        bots = [(0, alone), (1, asking)]
        order.shuffle(bots)
        for row, bot in bots:
            taken[row, place] = bot.run_ms()
    return taken


def report(taken: np.ndarray, *, questions: int) -> int:
    """Print a line a round and one for all; return 1 past the goal."""
    rounds = np.array_split(taken, ROUNDS, axis=1)
    ratios = [p99_ratio(part[1], part[0])[0] for part in rounds]
    _say(f"{taken.shape[1]} loops each, {questions} questions never answered")
    for name, row in (("without voters", taken[0]), ("three silent", taken[1])):
        p50, p99 = np.percentile(row, (50, 99))
        _say(f"{name:15} median {p50:6.2f} ms, p99 {p99:6.2f} ms, slowest {row.max():7.2f} ms")
    ratio, low, high = p99_ratio(taken[1], taken[0])
    _say(
        f"p99 ratio of {ROUNDS} rounds: median {np.median(ratios):.3f}, {min(ratios):.3f} to "
        f"{max(ratios):.3f}"
    )
    _say(f"p99 ratio of all loops: {ratio:.3f}, 95 % interval {low:.3f} to {high:.3f} (goal 1.10)")
    return int(np.median(ratios) > 1.10)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else LOOPS))
