"""Reads equity: a look-up for each point that is drawn, so that a year takes as long as a day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from proratio_core.clock import from_ms
from proratio_core.database import Database
from proratio_tradehub.dashboard.equity import EquityCurve, curve_of
from proratio_tradehub.dashboard.reading import rows
from proratio_tradehub.dashboard.subject import Subject

__all__ = ["read_equity"]

_POINTS: Final = 300

_MARKS: Final = (
    "SELECT DISTINCT mark.observed_at, mark.equity_quote FROM generate_series("
    "%(start)s::timestamptz, %(end)s::timestamptz, %(step)s::interval) AS moment, "
    "LATERAL (SELECT observed_at, equity_quote FROM equity_mark WHERE account = %(account)s "
    "AND observed_at <= moment ORDER BY observed_at DESC LIMIT 1) AS mark ORDER BY 1"
)
"""The last mark before each moment."""

_ENDS: Final = (
    "SELECT (SELECT min(observed_at) FROM equity_mark WHERE account = %(account)s), "
    "(SELECT max(observed_at) FROM equity_mark WHERE account = %(account)s)"
)
_BEFORE: Final = (
    "SELECT equity_quote FROM equity_mark WHERE account = %s AND observed_at < %s "
    "ORDER BY observed_at DESC LIMIT 1"
)
_RUN: Final = (
    "SELECT equity->'date_ms', equity->'equity_quote', "
    "(specification->>'starting_balance')::float8 FROM backtest_run WHERE id = %s"
)


def read_equity(database: Database, subject: Subject, *, span: timedelta | None) -> EquityCurve:
    """Return the curve of an account or a backtest over its last `span`; None: all of it."""
    if subject.run_id is not None:
        return _of_run(database, subject.run_id, span)
    ((first, last),) = rows(database, _ENDS, {"account": subject.key})
    if last is None:
        return curve_of(())
    start = first if span is None else max(first, last - span)
    step = max((last - start) / _POINTS, timedelta(seconds=1))
    values = {"account": subject.key, "start": start, "end": last, "step": step}
    marks = rows(database, _MARKS, values)
    peak_quote = 0.0 if start == first else _peak(database, subject.key, first, start)
    if marks and marks[-1][0] < last:
        marks += tuple(rows(database, _MARKS, {**values, "start": last}))
    midnight = last.replace(hour=0, minute=0, second=0, microsecond=0)
    before = rows(database, _BEFORE, (subject.key, midnight))
    opened = before[0][0] if before else marks[0][1]
    return curve_of(marks, peak_quote=peak_quote, day_start_quote=opened)


def _peak(database: Database, account: str, first: datetime, until: datetime) -> float:
    """Return the highest of the marks looked up before `until`."""
    step = max((until - first) / _POINTS, timedelta(seconds=1))
    values = {"account": account, "start": first, "end": until, "step": step}
    return max((float(quote) for _, quote in rows(database, _MARKS, values)), default=0.0)


def _of_run(database: Database, run_id: int, span: timedelta | None) -> EquityCurve:
    """Return the curve of a backtest; its wallet is known once a day or finer."""
    found = rows(database, _RUN, (run_id,))
    if not found:
        return curve_of(())
    times_ms, equity, balance = found[0]
    marks = [(from_ms(at), float(quote)) for at, quote in zip(times_ms, equity, strict=True)]
    start = None if span is None or not marks else marks[-1][0] - span
    return _thinned(marks, start, peak_quote=balance)


def _thinned(
    marks: list[tuple[datetime, float]], start: datetime | None, *, peak_quote: float
) -> EquityCurve:
    """Return the curve through some of the marks, with the peaks of all of them."""
    whole = curve_of(marks, peak_quote=peak_quote)
    kept = [place for place, (at, _) in enumerate(marks) if start is None or at >= start]
    stride = -(-len(kept) // _POINTS) or 1
    places = sorted({*kept[::stride], *kept[-1:]})
    day_start = None
    if marks:
        today = marks[-1][0].date()
        earlier = [quote for at, quote in marks if at.date() < today]
        day_start = earlier[-1] if earlier else peak_quote
    return EquityCurve(
        tuple(whole.at[place] for place in places),
        tuple(whole.equity_quote[place] for place in places),
        tuple(whole.peak_quote[place] for place in places),
        day_start,
    )
