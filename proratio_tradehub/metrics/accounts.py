"""What a trading bot tells of its account: the last report, as it stands on the disk, and halts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from proratio_core.errors import DataError
from proratio_tradehub.desk.report import RiskReport, read_report
from proratio_tradehub.halts import HaltEvent, Mode, standing_of
from proratio_tradehub.marks import Mark
from proratio_tradehub.metrics.families import Sample, one_of

__all__ = ["account_samples", "halt_samples", "report_samples"]


def report_samples(path: Path) -> Iterator[Sample]:
    """Yield what a bot's report says; nothing before its first.

    Raises
    ------
    DataError
        The file is not a report.
    """
    if path.exists():
        yield from account_samples(read_report(path))


def account_samples(report: RiskReport) -> Iterator[Sample]:
    """Yield what a report says of equity, limits and positions."""
    account = (report.account,)
    mark = Mark.of_account(report.account)
    who = (report.account, mark.value, report.strategy, report.profile)
    yield "proratio_account_info", who, 1.0
    if report.equity_quote is not None:
        yield "proratio_account_equity_quote", account, report.equity_quote
    for room in report.headroom:
        if room.limit == "drawdown":
            yield "proratio_account_drawdown_ratio", account, room.used
        used = room.used / room.allowed if room.allowed > 0 else 1.0
        yield "proratio_account_limit_used_ratio", (*account, room.limit), used
        yield "proratio_account_headroom_ratio", (*account, room.limit), max(1.0 - used, 0.0)
    yield "proratio_account_positions", account, float(len(report.positions))
    bare = sum(held.stop_price is None for held in report.positions)
    yield "proratio_account_positions_without_stop", account, float(bare)
    for held in report.positions:
        where = (*account, held.pair, held.side)
        yield "proratio_account_position_value_quote", where, held.value_quote
    yield "proratio_account_entries_held_back", account, float(bool(report.held_back))
    for rule, count in report.refused.items():
        yield "proratio_account_entries_refused_total", (*account, rule), float(count)
    updated_s = report.updated_at.timestamp()
    yield "proratio_account_report_timestamp_seconds", account, updated_s


def halt_samples(read: Callable[[], Iterable[HaltEvent]]) -> Iterator[Sample]:
    """Yield the mode that the halts leave trading in; what cannot be read halts."""
    try:
        standing = standing_of(read())
        mode, count = standing.mode, len(standing.restraints)
    except DataError:
        mode, count = Mode.HALTED, 1
    yield from one_of("proratio_trading_mode", [one.value for one in Mode], mode.value)
    yield "proratio_halts", (), float(count)
