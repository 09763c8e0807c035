"""A real Freqtrade trades on paper while its risk layer is broken part by part. Minutes.

For each fault: no entry, while the stop of the position that is open goes on. Run by
`make live-risk`; it prints what it saw and fails where something else happened.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from proratio_core.database import Database
from proratio_core.database.server import embedded_server
from proratio_core.settings import Settings
from proratio_tradehub.desk import RiskReport, read_reports
from tests.live_bot import BIN, LiveBot, eventually, falling_exchange
from tests.wire.fake_providers import FakeProviders

_STRATEGY = """
from pathlib import Path
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


class Faulty:
    name = "faulty"

    def check(self, state, intent):
        if Path("raise").exists():
            raise ZeroDivisionError("a fault in a rule")


class Probe(RuleStrategy):
    rule = EveryCandle()
    timeframe = "1m"
    stoploss = -0.015
    minimal_roi = {"0": 0.5}

    def bot_start(self, **kwargs):
        super().bot_start(**kwargs)
        engine = self._risk.desk.engine
        engine._rules = (*engine._rules, Faulty())

    def bot_loop_start(self, **kwargs):
        super().bot_loop_start(**kwargs)
        with Path("loops.jsonl").open("a") as file:
            print("[]", file=file)
"""
_API_PORT = 18_080
_LOGIN = {
    "FREQTRADE__API_SERVER__USERNAME": "proratio",
    "FREQTRADE__API_SERVER__PASSWORD": "not-a-secret",
}
_API = {
    **_LOGIN,
    "FREQTRADE__API_SERVER__ENABLED": "true",
    "FREQTRADE__API_SERVER__LISTEN_IP_ADDRESS": "127.0.0.1",
    "FREQTRADE__API_SERVER__LISTEN_PORT": str(_API_PORT),
    "FREQTRADE__API_SERVER__JWT_SECRET_KEY": "0123456789abcdef0123456789abcdef",
}
_NEXT_ENTRY_S = 200.0


def main() -> int:
    """Break the risk layer in every way, in one run of the bot."""
    with tempfile.TemporaryDirectory(prefix="lr-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with (
            embedded_server(folder / "pg") as url,
            FakeProviders() as fake,
            falling_exchange() as exchange,
        ):
            bot = LiveBot(folder, url, fake)
            bot.prepare(exchange.port, profile="none")
            (bot.user_data / "strategies" / "probe.py").write_text(_STRATEGY)
            campaign = Campaign(bot)
            with bot.trading(**_API):
                campaign.run()
    return 0


class Campaign:
    """One fault after another, each with a position open when it begins."""

    def __init__(self, bot: LiveBot) -> None:
        self.bot = bot
        self.halt_file = bot.user_data / ".proratio" / "halts.json"

    def run(self) -> None:
        self._fault("halt file damaged", self._damaged, why="is not readable")
        self._fault("PostgreSQL stopped", self._database_away, why="PostgreSQL")
        self._fault("a rule raises", self._raising, why="risk checks failed in a row")
        self._fault("halted by hand", self._halted, why="by hand")
        self._liquidation()

    def _fault(self, name: str, broken: Callable[[], object], *, why: str) -> None:
        """Show that a position's stop goes on and that nothing is entered while it is broken."""
        number = self._position()
        with broken():  # type: ignore[attr-defined]
            began = time.monotonic()
            self._until(lambda: not self._trades()[number], f"{name}: its stop")
            stopped_s = time.monotonic() - began
            candles = int(time.time()) // 60
            self._until(lambda: int(time.time()) // 60 >= candles + 2, "two candles")
            report = self._report()
            assert why in report.held_back, report.held_back
            assert len(self._trades()) == number + 1, f"{name}: an entry was made"
            refused = dict(report.refused)
        self._until(lambda: len(self._trades()) > number + 1, f"{name}: entries after it")
        _say(
            f"{name:22} stop executed after {stopped_s:3.0f} s, two candles without an entry, "
            f"refused so far {refused}, entries again afterwards"
        )

    def _liquidation(self) -> None:
        number = self._position()
        shown = self._proratio("liquidate")
        token = re.search(r"--confirm (\w+)", shown)
        assert token, shown
        done = self._proratio("liquidate", "--confirm", token.group(1), "--reason", "campaign")
        _say(f"liquidation: {' / '.join(done.splitlines())}")
        assert not self._trades()[number], "a position is still open"
        _say(self._proratio("history"))

    def _position(self) -> int:
        """Return the number of a position that has just been opened."""
        self._until(lambda: any(self._trades()), "a position")
        return len(self._trades()) - 1

    def _trades(self) -> list[bool]:
        """Return whether each trade whose entry was filled is open."""
        file = self.bot.folder / "trades.sqlite"
        if not self.bot.trades():
            return []
        with closing(sqlite3.connect(file)) as connection:
            rows = connection.execute(
                "SELECT is_open FROM trades WHERE id IN (SELECT ft_trade_id FROM orders "
                "WHERE ft_order_side = 'buy' AND filled > 0) ORDER BY id"
            )
            return [bool(is_open) for (is_open,) in rows]

    @contextmanager
    def _damaged(self) -> Iterator[None]:
        self.halt_file.parent.mkdir(parents=True, exist_ok=True)
        self.halt_file.write_text("{")
        yield
        self._proratio("resume", "--reason", "looked at the file")

    @contextmanager
    def _database_away(self) -> Iterator[None]:
        self.bot.shut_door()
        database = Database(self.bot.database_url)
        with database.transaction() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        database.close()
        yield
        self.bot.open_door()

    @contextmanager
    def _raising(self) -> Iterator[None]:
        flag = self.bot.folder / "raise"
        flag.touch()
        yield
        flag.unlink()
        assert json.loads(self._proratio("status", "--json"))["mode"] == "safe-mode"
        self._proratio("resume", "--reason", "the rule is mended")

    @contextmanager
    def _halted(self) -> Iterator[None]:
        self._proratio("halt")
        yield
        self._proratio("resume", "--reason", "calm again")

    def _report(self) -> RiskReport:
        (report,) = read_reports(Settings(PRORATIO_USER_DATA=self.bot.user_data))
        return report

    def _proratio(self, *words: str) -> str:
        done = subprocess.run(
            [BIN / "proratio", "risk", *words],
            env={
                **os.environ,
                **_LOGIN,
                "PRORATIO_USER_DATA": str(self.bot.user_data),
                "PRORATIO_BOT_URL": f"http://127.0.0.1:{_API_PORT}",
                "DATABASE_URL": self.bot.database_url,
                "COLUMNS": "200",
            },
            cwd=self.bot.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def _until(self, what: Callable[[], object], name: str) -> None:
        eventually(what, limit_s=_NEXT_ENTRY_S, why=lambda: f"{name}\n{self.bot.log()[-6_000:]}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
