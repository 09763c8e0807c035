"""The risk desk of a session in virtual time: a bot's account, a backtest's halts, no threads.

A thread of the machine's own pace would make every run another one, and a halt of a rehearsal must
hold back no bot that trades: orders hold to the session's end and nothing outside hears of them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from proratio_tradehub.desk import (
    CandleBook,
    ClockGauge,
    Costs,
    LiveRestraint,
    RiskDesk,
    SimulatedHalts,
)
from proratio_tradehub.risk import RiskEngine

__all__ = ["ReplayRisk"]


class ReplayRisk:
    """The desk of a dry-run whose time is moved by hand.

    Parameters
    ----------
    engine, accounts, candles, costs
        As for any desk.
    gauge
        Measures the replayed exchange's clock, in the loop.
    """

    record: Final = None
    """What is decided and done is told in the session's outcome, and nowhere else."""

    def __init__(
        self,
        engine: RiskEngine,
        accounts: Callable[[CandleBook], Any],
        candles: CandleBook,
        *,
        costs: Costs,
        gauge: ClockGauge,
    ) -> None:
        self.candles = candles
        self._gauge = gauge
        self._halts = SimulatedHalts()
        self.desk = RiskDesk(
            engine,
            accounts(candles),
            candles,
            costs=costs,
            restraint=LiveRestraint(self._halts, gauge),
        )

    def observe(self, now: datetime) -> None:
        """Measure the clocks and take note of equity."""
        self._halts.now = now
        self._gauge.measure()
        self.desk.observe(now)

    def close(self) -> None:
        """Nothing is open."""
