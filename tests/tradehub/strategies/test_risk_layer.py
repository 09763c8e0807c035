"""The desk of a backtest forgets with each run; that of a trading bot outlasts its process."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from proratio_core.clock import SystemClock, to_ms
from proratio_core.database import Database
from proratio_core.errors import RiskError, TransientError
from proratio_core.settings import Settings
from proratio_tradehub.desk import CandleBook, ClockGauge, read_reports
from proratio_tradehub.halts import Action, HaltFile, HaltLedger, Halts, Mode, halt_file
from proratio_tradehub.journal import TradingRecord, read_entries
from proratio_tradehub.risk import RiskEngine, load_risk_profile
from proratio_tradehub.risk.rulebook import rules_of
from proratio_tradehub.stages import StagedAccount, StageGate, StageLedger, StageRule
from proratio_tradehub.strategies.risk_layer import LiveRisk, SimulatedRisk, costs_of
from tests.tradehub.desk.made import (
    COSTS,
    HOUR,
    NOW,
    MadeAccount,
    MadeTrade,
    an_entry,
    candle_book,
)
from tests.tradehub.journal.trades import MadeTrades
from tests.tradehub.stages.made import LIVE, MadePurse, a_step, built_in

ENGINE = RiskEngine(load_risk_profile("proratio"))


def test_costs_are_those_configured_and_never_less_than_usual() -> None:
    assert (costs_of({}).fee_frac, costs_of({}).slippage_frac) == (0.001, 0.001)
    assert costs_of({"fee": 0.0002}).side_frac == pytest.approx(0.0012)
    backtest = costs_of({"fee": 0.002})
    assert (backtest.fee_frac, backtest.slippage_frac) == (0.001, 0.001)
    assert costs_of({"fee": 0.005}).side_frac == pytest.approx(0.005)


def simulated(account: MadeAccount) -> SimulatedRisk:
    return SimulatedRisk(ENGINE, lambda _: account, candle_book(), costs=COSTS)


def test_simulated_halt_ends_with_its_run() -> None:
    account = MadeAccount()
    risk = simulated(account)
    risk.observe(NOW)
    account.free_quote = 8_000.0
    risk.observe(NOW + HOUR)
    assert risk.desk.standing().mode is Mode.HALTED
    assert risk.desk.stake(an_entry(), min_stake_quote=0, max_stake_quote=1e9) == 0.0
    assert risk.desk.refused.counts == {"drawdown halt": 1}
    risk.observe(NOW)  # hyperopt's next epoch begins where this one did
    assert risk.desk.standing().mode is Mode.TRADING
    assert risk.desk.refused.counts == {}
    risk.close()


def test_resting_account_begins_its_days_and_is_looked_at_again_once_it_trades() -> None:
    account = MadeAccount()
    risk = simulated(account)
    for hours in range(40):
        risk.observe(NOW + hours * HOUR)
    account.trades.append(MadeTrade(amount=10.0, stake_amount=1_000.0))
    account.price = 90.0
    risk.observe(NOW + 40 * HOUR)
    assert risk.desk.book.last_quote < 11_000.0
    assert risk.desk.book.day_start_quote == 10_000.0
    account.free_quote, account.trades = float("nan"), []
    with pytest.raises(RiskError, match="equity is nan"):
        risk.observe(NOW + 41 * HOUR)


@dataclass
class Bot:
    """A trading bot's desk, which can be killed and started again."""

    settings: Settings
    account: Any = field(default_factory=MadeAccount)
    running: list[LiveRisk] = field(default_factory=list)
    trades: MadeTrades = field(default_factory=MadeTrades)
    engine: RiskEngine = ENGINE
    gate: StageGate | None = None

    def start(self) -> LiveRisk:
        self.end()
        clock, book = SystemClock(), candle_book()
        record = TradingRecord(
            *("bot dry_run binance spot", "Trend"),
            settings=self.settings,
            candles=book,
            trades=self.trades,
            clock=clock,
        )
        risk = LiveRisk(
            self.engine,
            lambda _: self.account,
            book,
            costs=COSTS,
            record=record,
            settings=self.settings,
            account="bot dry_run binance spot",
            strategy="Trend",
            gauge=ClockGauge(lambda: to_ms(clock.now()), clock=clock),
            clock=clock,
            gate=self.gate,
        )
        self.running.append(risk)
        return risk

    def end(self) -> None:
        """Kill it."""
        for risk in self.running:
            risk.close()
            risk._rounds.join(20)

    @property
    def risk(self) -> LiveRisk:
        return self.running[-1]

    def stake(self, now: datetime = NOW) -> float:
        return self.risk.desk.stake(an_entry(), min_stake_quote=0.0, max_stake_quote=1e9)


@pytest.fixture
def bot(tmp_path: Path, database_url: str) -> Iterator[Bot]:
    bot = Bot(Settings(PRORATIO_USER_DATA=tmp_path, DATABASE_URL=database_url))
    yield bot
    bot.end()


def soon(what: Callable[[], object]) -> None:
    until = time.monotonic() + 20
    while not what():
        assert time.monotonic() < until
        time.sleep(0.02)


def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    with database.transaction() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def test_breached_drawdown_halts_everywhere_and_outlasts_the_process_until_it_is_forgiven(
    bot: Bot, database: Database
) -> None:
    bot.start().observe(NOW)
    assert bot.stake() == pytest.approx(500.0)
    bot.account.free_quote = 8_900.0
    bot.risk.observe(NOW + HOUR)
    assert bot.stake() == 0.0
    halts = Halts(halt_file(bot.settings), HaltLedger(database), clock=SystemClock())
    soon(lambda: len(HaltLedger(database).read()) == 1)
    assert [event.by for event in halt_file(bot.settings).read()] == ["limit drawdown"]

    bot.start().observe(NOW + 2 * HOUR)  # killed and started again
    assert bot.stake() == 0.0
    halts.resume(reason="looked at the losses", by="me")
    soon(lambda: bot.risk.desk.standing().allows_entries)
    bot.risk.observe(NOW + 3 * HOUR)
    assert bot.risk.desk.book.peak_quote == 8_900.0
    assert bot.stake() == pytest.approx(445.0)


def test_peak_and_starts_of_the_periods_are_known_after_a_restart(
    bot: Bot, database: Database
) -> None:
    bot.start().observe(NOW)
    bot.account.free_quote = 9_500.0
    bot.risk.observe(NOW + HOUR)
    soon(lambda: rows(database, "SELECT count(*) FROM equity_mark") == [(2,)])
    bot.start().observe(NOW + 24 * HOUR)
    assert bot.risk.desk.book.peak_quote == 10_000.0
    assert bot.risk.desk.book.day_start_quote == 9_500.0
    assert bot.risk.desk.book.month_start_quote == 10_000.0


def test_refusals_and_the_report_are_written_without_being_waited_for(
    bot: Bot, database: Database
) -> None:
    bot.start().observe(NOW)
    bot.risk.desk.allows(an_entry(), stake_quote=9_000.0)
    soon(lambda: rows(database, "SELECT rule FROM refusal") == [("fixed fraction",)])
    (report,) = read_reports(bot.settings)
    assert (report.strategy, report.profile, report.held_back) == ("Trend", "proratio", "")
    assert report.equity_quote == 10_000.0


def test_without_postgresql_nothing_is_entered_and_a_halt_still_holds(tmp_path: Path) -> None:
    bot = Bot(Settings(PRORATIO_USER_DATA=tmp_path, DATABASE_URL="postgresql://x@127.0.0.1:1/x"))
    bot.start().observe(NOW)
    assert bot.stake() == 0.0
    assert bot.risk.desk.refused.counts == {"trading state": 1}
    assert "cannot be read" in bot.risk.desk.standing().unknown
    file = HaltFile(halt_file(bot.settings).path)
    Halts(file, TransientError("away"), clock=SystemClock()).order(
        Action.HALT, reason="storm", by="me"
    )
    assert bot.risk.desk.standing().mode is Mode.HALTED
    bot.risk.close()


def test_account_that_cannot_be_judged_is_reported_as_such(bot: Bot) -> None:
    bot.start()
    bot.account.free_quote = float("nan")
    with pytest.raises(Exception, match="equity is nan"):
        bot.risk.observe(NOW)
    (report,) = read_reports(bot.settings)
    assert report.equity_quote is None


def test_candles_are_the_ones_the_strategy_saw(bot: Bot) -> None:
    assert isinstance(bot.start().candles, CandleBook)


def test_decisions_are_on_record_with_the_desk_that_made_them(bot: Bot, database: Database) -> None:
    bot.start().observe(NOW)
    soon(lambda: bot.risk.desk.standing().allows_entries)
    bot.stake()
    bot.risk.desk.allows(an_entry(tag="offline@x"), stake_quote=9_000.0)
    soon(lambda: len(read_entries(database)) == 2)
    allowed, refused = (entry.document for entry in read_entries(database))
    assert (allowed["step"], allowed["stake_quote"]) == ("stake", pytest.approx(500.0))
    assert (refused["is_allowed"], refused["rule"]) == (False, "fixed fraction")
    assert [entry.signal_id for entry in read_entries(database)] == [None, "offline@x"]


def test_second_bot_of_an_account_is_told_so_and_neither_enters_nor_writes(
    bot: Bot, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with elsewhere_trading(database, "bot dry_run binance spot") as pid:
        bot.start().observe(NOW)
        soon(lambda: "already" in bot.risk.desk.standing().why)
        assert f"process {pid}@" in bot.risk.desk.standing().why
        assert "give each a `bot_name` of its own" in caplog.text
        assert bot.stake() == 0.0
        bot.risk.observe(NOW + HOUR)
        time.sleep(2.5)  # a round
        assert rows(database, "SELECT 1 FROM refusal UNION ALL SELECT 1 FROM equity_mark") == []
        assert read_entries(database) == ()
    soon(lambda: bot.risk.desk.standing().allows_entries)
    assert bot.stake() == pytest.approx(500.0)
    soon(lambda: len(read_entries(database)) == 2)


_ELSEWHERE = """
import sys, time
from proratio_core.database import Database, Seat
seat = Seat(f"trading as {sys.argv[2]!r}", remedy="")
seat.hold(Database(sys.argv[1]))
print(seat.doubt or "held", flush=True)
time.sleep(600)
"""


@contextmanager
def elsewhere_trading(database: Database, account: str) -> Iterator[int]:
    """Yield the number of another process that trades the account."""
    command = [sys.executable, "-c", _ELSEWHERE, database.url, account]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process.pid
        finally:
            process.kill()


@pytest.fixture
def earnest(bot: Bot) -> Bot:
    """Return a bot with real money: a wallet of ten thousand, and a gate."""
    bot.gate = StageGate(LIVE, built_in())
    bot.account = StagedAccount(MadePurse(), bot.gate)
    profile = ENGINE.profile
    bot.engine = RiskEngine(profile, [*rules_of(profile), StageRule(bot.account)])
    return bot


def test_real_money_enters_nothing_before_its_stage(earnest: Bot, database: Database) -> None:
    earnest.start().observe(NOW)
    assert earnest.stake() == 0.0
    assert "no stage allows real money" in earnest.risk.desk.standing().unknown
    assert earnest.risk.desk.refused.counts == {"trading state": 1}
    (report,) = read_reports(earnest.settings)
    assert "proratio go-live show" in report.held_back


def test_real_money_is_sized_by_its_stage_and_a_step_meanwhile_ends_entries(
    earnest: Bot, database: Database
) -> None:
    StageLedger(database).add(a_step(1))
    earnest.start().observe(NOW)
    assert earnest.stake() == pytest.approx(12.5)  # as ten thousand allow 500
    assert earnest.risk.desk.book.peak_quote == 250.0
    StageLedger(database).add(a_step(0))
    soon(lambda: not earnest.risk.desk.standing().allows_entries)
    assert earnest.stake() == 0.0


def test_equity_from_before_the_stage_is_no_fall(earnest: Bot, database: Database) -> None:
    with database.transaction() as cursor:
        cursor.execute(
            "INSERT INTO equity_mark VALUES ('bot dry_run binance spot', %s, 10000)",
            (a_step(1).at - HOUR,),
        )
    StageLedger(database).add(a_step(1))
    earnest.start().observe(a_step(1).at + HOUR)
    assert earnest.risk.desk.book.peak_quote == 250.0
    assert earnest.risk.desk.standing().mode is Mode.TRADING


def test_without_postgresql_no_stage_is_known_and_no_real_money_moves(tmp_path: Path) -> None:
    gate = StageGate(LIVE, built_in())
    bot = Bot(
        Settings(PRORATIO_USER_DATA=tmp_path, DATABASE_URL="postgresql://x@127.0.0.1:1/x"),
        StagedAccount(MadePurse(), gate),
        gate=gate,
    )
    bot.start().observe(NOW)
    assert bot.stake() == 0.0
    assert "the stage of this account was not read yet" in bot.risk.desk.standing().unknown
    bot.risk.close()
