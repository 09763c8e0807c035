"""How a trading process stands with its limits: a small file, rewritten as it trades.

It says what `proratio risk status` shows when nothing else answers. It is never the ground of an
entry.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from proratio_core.errors import DataError
from proratio_core.settings import Settings
from proratio_tradehub.risk import PortfolioState, RiskProfile

__all__ = [
    "Headroom",
    "HeldPosition",
    "RiskReport",
    "headroom_of",
    "positions_of",
    "read_report",
    "read_reports",
    "report_path",
]

_FRESH_S: Final = 30.0
"""A bot writes every five seconds; one that has not for so long is stuck or was killed."""


@dataclass(frozen=True, slots=True)
class Headroom:
    """One limit: how much of it is used, in what unit (`frac`, `count`)."""

    limit: str
    used: float
    allowed: float
    unit: str

    @property
    def left(self) -> float:
        """What is left of it, never below zero."""
        return max(self.allowed - self.used, 0.0)


@dataclass(frozen=True, slots=True)
class HeldPosition:
    """A position: what is held, what it is worth and what it would lose at its stop, in quote."""

    pair: str
    side: str
    value_quote: float
    planned_loss_quote: float
    stop_price: float | None


@dataclass(frozen=True, slots=True)
class RiskReport:
    """One report.

    Parameters
    ----------
    account, strategy, profile, profile_hash
        Whose it is.
    pid, updated_at
        The process, and when it wrote this.
    held_back
        Why it makes no entries; empty when nothing is in the way.
    equity_quote
        Equity, open positions at the last price; None when it is not known.
    headroom, positions
        What is used of each limit, and what is held.
    refused
        Rule -> entries refused since the process began.
    """

    account: str
    strategy: str
    profile: str
    profile_hash: str
    pid: int
    updated_at: datetime
    held_back: str
    equity_quote: float | None
    headroom: tuple[Headroom, ...] = ()
    positions: tuple[HeldPosition, ...] = ()
    refused: Mapping[str, int] = field(default_factory=dict)

    def is_fresh(self, now: datetime) -> bool:
        """Return whether its writer was still at work a moment ago."""
        return now - self.updated_at < timedelta(seconds=_FRESH_S)

    def write(self, path: Path) -> None:
        """Replace the report at `path`, whole or not at all.

        Raises
        ------
        OSError
            The folder is not writable.
        """
        beside = path.with_suffix(f".{os.getpid()}")
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(msgspec.json.encode(self))
        beside.replace(path)


def headroom_of(state: PortfolioState, profile: RiskProfile) -> Iterator[Headroom]:
    """Yield what is used of each limit on the account that `profile` sets."""
    equity = state.equity_quote
    yield Headroom("drawdown", state.drawdown_frac, profile.max_drawdown_frac, "frac")
    periods = (
        ("loss today", state.day_start_equity_quote, profile.max_daily_loss_frac),
        ("loss this week", state.week_start_equity_quote, profile.max_weekly_loss_frac),
        ("loss this month", state.month_start_equity_quote, profile.max_monthly_loss_frac),
    )
    for name, start, limit in periods:
        if limit is not None:
            yield Headroom(name, max(0.0, 1.0 - equity / start), limit, "frac")
    yield Headroom("heat", state.heat_quote / equity, profile.max_heat_frac, "frac")
    held = len({position.pair for position in state.positions})
    yield Headroom("positions", float(held), float(profile.max_positions), "count")
    if profile.max_entries_per_day is not None:
        made, most = float(state.entries_today), float(profile.max_entries_per_day)
        yield Headroom("entries today", made, most, "count")


def positions_of(state: PortfolioState) -> tuple[HeldPosition, ...]:
    """Return what is held, as a report states it."""
    return tuple(
        HeldPosition(
            str(position.pair),
            position.side.value,
            position.notional_quote,
            position.planned_loss_quote,
            position.stop_price,
        )
        for position in state.positions
    )


def report_path(settings: Settings, account: str) -> Path:
    """Return where the bot of an account reports."""
    name = "".join(letter if letter.isalnum() else "-" for letter in account)
    return settings.state_dir / "risk" / f"{name}.json"


def read_reports(settings: Settings) -> tuple[RiskReport, ...]:
    """Return the last report of every account, by account.

    Raises
    ------
    DataError
        A file is not a report.
    """
    return tuple(read_report(path) for path in sorted((settings.state_dir / "risk").glob("*.json")))


def read_report(path: Path) -> RiskReport:
    """Return the report at `path`.

    Raises
    ------
    DataError
        The file is not a report.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=RiskReport)
    except (msgspec.DecodeError, OSError) as error:
        raise DataError(
            f"the risk report {path} is not readable ({error}); remove it, a running bot "
            "writes it again"
        ) from error
