"""The risk desk of one strategy: simulated in a backtest, with everything that lasts in trading."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from proratio_core.clock import Clock, SystemClock
from proratio_core.database import Database, Seat
from proratio_core.errors import DataError, ProratioError
from proratio_core.settings import Settings
from proratio_tradehub.desk import (
    CandleBook,
    ClockGauge,
    Costs,
    EquityMarks,
    LiveRestraint,
    RefusalLedger,
    RefusedEntry,
    RiskDesk,
    RiskReport,
    SimulatedHalts,
    report_path,
)
from proratio_tradehub.halts import HaltLedger, HaltWatch, Rounds, halt_file, standing_of
from proratio_tradehub.journal import TradingRecord
from proratio_tradehub.risk import RiskEngine
from proratio_tradehub.stages import StageGate

__all__ = ["LiveRisk", "SimulatedRisk", "costs_of"]

_EXCHANGE_FEE_FRAC: Final = 0.001
_SLIPPAGE_FRAC: Final = 0.001
_FIRST_ROUND_S: Final = 5.0
_A_DAY: Final = timedelta(days=1)
_REPORT_EVERY: Final = timedelta(seconds=5)

_TWO_BOTS: Final = (
    "it makes the entries, this bot none. Stop one of them, or give each a `bot_name` of its own "
    "in its configuration"
)

_log = logging.getLogger(__name__)
"""The standard library's: inside Freqtrade the host decides how its process logs."""

Accounts = Callable[[CandleBook], Any]


def costs_of(config: Mapping[str, Any]) -> Costs:
    """Return what one side of a trade is planned to cost: what is configured, or usual where more.

    Freqtrade's `fee` is the exchange's fee and the slippage in one figure.
    """
    stated = float(config.get("fee") or 0.0)
    fee = min(stated, _EXCHANGE_FEE_FRAC) or _EXCHANGE_FEE_FRAC
    slippage = max(stated - fee, _SLIPPAGE_FRAC)
    return Costs(fee, slippage, spread_frac=slippage)


def _tell_both(
    one: Callable[[RefusedEntry], None], other: Callable[[RefusedEntry], None], it: RefusedEntry
) -> None:
    one(it)
    other(it)


class SimulatedRisk:
    """The desk of a backtest. Nothing outside hears of it, and each run begins with a new one.

    Parameters
    ----------
    engine
        The rules of the profile.
    accounts
        Returns the simulated account.
    candles
        What is known of the markets.
    costs
        What one side of a trade costs.
    """

    record: Final = None
    """Nothing of a backtest is kept on record but its result."""

    def __init__(
        self,
        engine: RiskEngine,
        accounts: Accounts,
        candles: CandleBook,
        *,
        costs: Costs,
    ) -> None:
        self.candles = candles
        self._engine = engine
        self._accounts = accounts
        self._costs = costs
        self._halts = SimulatedHalts()
        self._resting_quote: float | None = None
        self._next_day = datetime.max.replace(tzinfo=UTC)
        self.desk = self._new_desk()

    def observe(self, now: datetime) -> None:
        """Take note of equity; a time before the last one means that another run has begun."""
        before = self._halts.now
        if before is not None and now < before:
            self._halts, self._resting_quote = SimulatedHalts(), None
            self.desk = self._new_desk()
        self._halts.now = now
        if self._account.open_trades():
            self.desk.observe(now)
            self._resting_quote = None
            return
        resting_quote = self._account.free_quote
        if resting_quote == self._resting_quote and now < self._next_day:
            return  # nothing is held and nothing was earned, so nothing has changed
        self.desk.observe(now)
        self._resting_quote = resting_quote
        self._next_day = now.replace(hour=0, minute=0, second=0, microsecond=0) + _A_DAY

    def close(self) -> None:
        """Nothing is open."""

    def _new_desk(self) -> RiskDesk:
        self._account = self._accounts(self.candles)
        return RiskDesk(
            self._engine,
            self._account,
            self.candles,
            costs=self._costs,
            restraint=self._halts,
        )


class LiveRisk:
    """The desk of a dry-run or of real money: halts, refusals and equity outlast the process.

    Parameters
    ----------
    engine, accounts, candles, costs
        As for a backtest.
    settings
        Where the halt file and the database are.
    account
        Whose equity it is: the bot's name, its mode and its exchange.
    strategy
        Its name.
    gauge
        Measures the exchange's clock.
    record
        What is decided and done is noted there; SimulatedRisk has none.
    clock
        The time it is.
    pulse
        Told of every loop; it neither waits nor raises.
    gate
        Keeps real money within its stage; None where no money is real.
    """

    def __init__(  # noqa: PLR0913  # the parts of a living desk
        self,
        engine: RiskEngine,
        accounts: Accounts,
        candles: CandleBook,
        *,
        costs: Costs,
        settings: Settings,
        account: str,
        strategy: str,
        gauge: ClockGauge,
        record: TradingRecord,
        clock: Clock | None = None,
        pulse: Callable[[], None] = lambda: None,
        gate: StageGate | None = None,
    ) -> None:
        self.candles = candles
        self._pulse = pulse
        self._gate = gate
        self._names = (account, strategy)
        self._file = halt_file(settings)
        self._path = report_path(settings, account)
        self._marks = EquityMarks(account)
        self._gauge = gauge
        self._watch = HaltWatch(self._file, clock=clock or SystemClock())
        self._reported_at: datetime | None = None
        self._is_recalled = False
        self.record = record
        self._seat = Seat(f"trading as {account!r}", remedy=_TWO_BOTS)
        refusals = RefusalLedger(account, strategy)
        self.desk = RiskDesk(
            engine,
            accounts(candles),
            candles,
            costs=costs,
            restraint=LiveRestraint(self._watch, gauge, self._seat, *filter(None, [gate])),
            on_refusal=partial(_tell_both, refusals.add, record.decisions.refused),
            on_allowed=record.decisions.allowed,
        )
        self._rounds = Rounds(
            settings,
            (
                *(self._seat.hold, self._read_stage, self._recall, self._watch.patrol),
                *map(self._seated, (refusals.flush, self._marks.flush, record.flush)),
                self._measure,
            ),
            on_failure=self._watch.lost,
            at_end=(self._seat.leave, record.close),
        )
        self._rounds.wait_for_first(_FIRST_ROUND_S)

    def observe(self, now: datetime) -> None:
        """Take note of equity, keep it, and report how the limits stand; never waits.

        Until what was recorded before a restart has been read, nothing is noted, and no entry is
        possible either.
        """
        self._pulse()
        self.record.look(now)
        if not self._is_recalled:
            return
        try:
            self.desk.observe(now)
        finally:
            self._report(now)
        if not self._seat.is_taken:  # else it is another wallet's
            self._marks.add(now, self.desk.book.last_quote)

    def close(self) -> None:
        """Let the background thread end; nobody waits for it."""
        self._rounds.close()

    def _recall(self, database: Database) -> None:
        """Read, once, what equity was before this process began."""
        if self._is_recalled:
            return
        events = list(HaltLedger(database).read())
        try:
            events += self._file.read()
        except DataError as error:
            _log.warning("risk: %s", error)
        forgiven_at = standing_of(events).forgiven_at
        began = [forgiven_at, None if self._gate is None else self._gate.since]
        since = max(filter(None, began), default=None)  # equity is counted anew by each stage
        self.desk.recall(self._marks.read(database, since=since), forgiven_at=forgiven_at)
        self._is_recalled = True

    def _seated(self, duty: Callable[[Database], None]) -> Callable[[Database], None]:
        """Return a duty that waits as long as somebody else may be trading this account."""
        return lambda database: None if self._seat.doubt else duty(database)

    def _read_stage(self, database: Database) -> None:
        if self._gate is not None:
            self._gate.read(database)

    def _measure(self, _: Database) -> None:
        self._gauge.measure()

    def _report(self, now: datetime) -> None:
        """Write the report, at most every few seconds."""
        if self._reported_at is not None and now - self._reported_at < _REPORT_EVERY:
            return
        self._reported_at = now
        account, strategy = self._names
        profile = self.desk.engine.profile
        try:
            equity, headroom, positions = self.desk.survey(now)
        except ProratioError as error:
            _log.warning("risk: the account cannot be judged: %s", error)
            equity, headroom, positions = None, (), ()
        report = RiskReport(
            *(account, strategy, profile.name, profile.hash, os.getpid(), now),
            *(self.desk.standing().why, equity, headroom, positions, self.desk.refused.counts),
        )
        try:
            report.write(self._path)
        except OSError as error:
            _log.warning("risk: the report %s cannot be written: %s", self._path, error)
