"""Who may hold entries back: the installation's halts, a clock, or a backtest of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from proratio_core.clock import FixedClock, to_ms
from proratio_core.database import Database
from proratio_tradehub.desk.clock_gauge import ClockGauge
from proratio_tradehub.desk.restraint import LiveRestraint, SimulatedHalts
from proratio_tradehub.halts import Action, HaltFile, HaltWatch, Mode
from tests.tradehub.desk.made import NOW


def test_entries_wait_for_the_halts_and_for_the_exchanges_time(
    tmp_path: Path, database: Database
) -> None:
    clock = FixedClock(NOW)
    watch = HaltWatch(HaltFile(tmp_path / "halts.json"), clock=clock)
    gauge = ClockGauge(lambda: to_ms(clock.now()), clock=clock)
    restraint = LiveRestraint(watch, gauge)
    assert restraint.standing().unknown == (
        "the halts in PostgreSQL were not read yet; the exchange's time was not read yet"
    )
    watch.patrol(database)
    assert not restraint.standing().allows_entries
    gauge.measure()
    assert restraint.standing().allows_entries
    restraint.order(Action.HALT, reason="storm", by="limit drawdown")
    assert restraint.standing().mode is watch.standing().mode is Mode.HALTED


@dataclass
class Doubter:
    doubt: str


def test_anybodys_doubt_keeps_entries_out(tmp_path: Path, database: Database) -> None:
    watch = HaltWatch(HaltFile(tmp_path / "halts.json"), clock=FixedClock(NOW))
    watch.patrol(database)
    sure, unsure = Doubter(""), Doubter("somebody else trades this account")
    assert LiveRestraint(watch, sure, sure).standing().allows_entries
    standing = LiveRestraint(watch, sure, unsure).standing()
    assert standing.unknown == "somebody else trades this account"
    assert not standing.allows_entries


def test_simulated_halt_holds_to_the_end_of_the_run_and_touches_no_file(tmp_path: Path) -> None:
    halts = SimulatedHalts()
    assert halts.standing().allows_entries
    with pytest.raises(ValueError, match="before the simulated time began"):
        halts.order(Action.HALT, reason="storm", by="limit drawdown")
    halts.now = NOW
    event = halts.order(Action.HALT, reason="storm", by="limit drawdown")
    assert event.at == NOW
    assert halts.standing().mode is Mode.HALTED
    assert SimulatedHalts().standing().allows_entries
