"""From an exchange into the store: only what is missing, only what is finished, nothing twice.

Missing are the candles before the first stored one, after the last, and in every gap that nobody
explained yet. They are fetched page by page and each page is committed, so that a run that dies
resumes where it stopped. What is still missing afterwards is asked for again, until asking for
exactly that changes nothing; a gap that remains goes to the ledger with that reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
import structlog

from proratio_core.candles.frame import open_times_ms
from proratio_core.candles.gaps import Gap, GapLedger, find_series_gaps, subtract_gaps
from proratio_core.candles.patience import Patience
from proratio_core.candles.store import CandleStore
from proratio_core.candles.validation import check_frame, clean_frame, errors_of
from proratio_core.clock import Clock, from_ms, to_ms
from proratio_core.errors import TransientError
from proratio_core.values import SeriesKey, SeriesKind, Timerange

__all__ = ["CandleSource", "CollectionReport", "Collector"]

_Times = npt.NDArray[np.int64]

_log = structlog.get_logger(__name__)

_PAGE_ROWS: Final = 1_000
_WINDOW_ROWS: Final = 300
"""The page where an empty one says nothing about later times: the smallest any exchange grants."""

_CONFIRMED: Final = "asked for exactly these, the exchange has none"


class CandleSource(Protocol):
    """Where candles come from."""

    @property
    def skips_gaps(self) -> bool:
        """Whether a page starts at the next row there is, so that an empty one means the end."""
        ...

    def now_ms(self) -> int:
        """Return the source's time in milliseconds since the Unix epoch."""
        ...

    def fetch(self, key: SeriesKey, since_ms: int, limit: int) -> pd.DataFrame:
        """Return at most `limit` rows from `since_ms`; any order, perhaps double or unfinished."""
        ...


class _Span(NamedTuple):
    """Open times wanted: from `first_ms`, before `end_ms`."""

    first_ms: int
    end_ms: int

    def rows(self, step_ms: int) -> int:
        """Return how many candles fit."""
        return -(-(self.end_ms - self.first_ms) // step_ms)

    def inside(self, other: _Span) -> bool:
        """Return whether `other` covers this span."""
        return other.first_ms <= self.first_ms and self.end_ms <= other.end_ms


@dataclass(frozen=True, slots=True)
class CollectionReport:
    """What collecting one series did.

    Parameters
    ----------
    key
        The series.
    inserted
        Rows that were not there before.
    requests
        Pages asked for, without repetitions after a failure.
    gaps
        Gaps that this run confirmed and recorded.
    """

    key: SeriesKey
    inserted: int
    requests: int
    gaps: tuple[Gap, ...]


@dataclass
class _Run:
    """The state of collecting one series."""

    key: SeriesKey
    bounds: _Span
    progress: Callable[[int, int], None]
    times_ms: _Times
    added: list[_Times] = field(default_factory=list)
    inserted: int = 0
    requests: int = 0
    done: int = 0
    expected: int = 0

    @property
    def newest_ms(self) -> int:
        """Return the newest open time that was stored before the current pass; -1 without any."""
        return int(self.times_ms[-1]) if len(self.times_ms) else -1

    def stored_times(self) -> _Times:
        """Return the open times now in the store, ascending."""
        if self.added:
            self.times_ms = np.unique(np.concatenate((self.times_ms, *self.added)))
            self.added.clear()
        return self.times_ms

    def report(self, done_rows: int) -> None:
        """Tell how far the current span is."""
        self.progress(min(self.done + done_rows, self.expected), self.expected)


def _unheard(_done: int, _expected: int) -> None:
    """Report progress to nobody."""


@dataclass(frozen=True)
class Collector:
    """Collects series from one source.

    Parameters
    ----------
    source
        Where candles come from.
    store, gaps
        Where they go, and the ledger of those that do not exist.
    clock
        A candle is finished when both this clock and the source's say so.
    patience
        How failures of the source are waited out.
    """

    source: CandleSource
    store: CandleStore
    gaps: GapLedger
    clock: Clock
    patience: Patience

    def collect(
        self,
        key: SeriesKey,
        timerange: Timerange,
        *,
        progress: Callable[[int, int], None] = _unheard,
    ) -> CollectionReport:
        """Bring a series up to date inside `timerange`.

        Parameters
        ----------
        key
            The series.
        timerange
            Open times wanted; without a start from the first candle the source has, without an end
            up to the last finished one.
        progress
            Told after each page how many of the missing candles are done, and of how many.

        Raises
        ------
        DataError
            The source does not have this series.
        TransientError
            The source failed too often in a row; what was fetched before is stored.
        RateLimitError
            The source wants silence for more than a quarter of an hour.
        """
        bounds = self._bounds(key, timerange)
        run = _Run(key, bounds, progress, self._stored_times(key, bounds))
        asked: tuple[_Span, ...] = ()
        while (spans := self._missing(run)) != asked:
            asked = spans
            run.expected += sum(span.rows(key.timeframe.ms) for span in spans)
            for span in spans:
                self._fill(run, span)
        gaps = self._interior_gaps(run)
        if gaps:
            self.gaps.record(key, gaps, reason=_CONFIRMED)
            _log.info("gaps recorded", series=str(key), gaps=[str(gap) for gap in gaps])
        return CollectionReport(key, run.inserted, run.requests, gaps)

    def _bounds(self, key: SeriesKey, timerange: Timerange) -> _Span:
        """Return the wanted open times, cut to what is finished by everybody's clock."""
        step_ms = key.timeframe.ms
        now_ms = min(self.patience.call(self.source.now_ms), to_ms(self.clock.now()))
        settled = key.kind is SeriesKind.FUNDING  # final the moment it is published
        end_ms = now_ms + 1 if settled else now_ms - now_ms % step_ms
        if timerange.end is not None:
            end_ms = min(end_ms, _next_on_grid(to_ms(timerange.end), step_ms))
        if timerange.start is None:
            first_ms = self.patience.call(lambda: self._oldest_ms(key))
        else:
            first_ms = _next_on_grid(to_ms(timerange.start), step_ms)
        return _Span(min(first_ms, end_ms), end_ms)

    def _oldest_ms(self, key: SeriesKey) -> int:
        oldest = self.source.fetch(key, 0, 1)
        if oldest.empty:
            raise TransientError(f"{key}: the exchange has no candles at all; name a start date")
        return int(open_times_ms(oldest).min())

    def _missing(self, run: _Run) -> tuple[_Span, ...]:
        """Return what to ask for: both ends, and the gaps nobody explained."""
        step_ms, stored = run.key.timeframe.ms, run.stored_times()
        spans = [run.bounds]
        if len(stored):
            spans = [
                _Span(run.bounds.first_ms, int(stored[0])),
                *(_span_of(gap, step_ms) for gap in self._interior_gaps(run)),
                _Span(int(stored[-1]) + step_ms, run.bounds.end_ms),
            ]
        covered = [_span_of(known.gap, step_ms) for known in self.gaps.recorded(run.key)]
        return tuple(
            span
            for span in spans
            if span.first_ms < span.end_ms and not any(span.inside(cover) for cover in covered)
        )

    def _interior_gaps(self, run: _Run) -> tuple[Gap, ...]:
        explained = [known.gap for known in self.gaps.recorded(run.key)]
        found = find_series_gaps(run.stored_times(), run.key)
        return subtract_gaps(found, explained, run.key.timeframe)

    def _stored_times(self, key: SeriesKey, bounds: _Span) -> _Times:
        if bounds.first_ms >= bounds.end_ms:
            return np.empty(0, np.int64)
        wanted = Timerange(from_ms(bounds.first_ms), from_ms(bounds.end_ms))
        return open_times_ms(self.store.read(key, wanted))

    def _fill(self, run: _Run, span: _Span) -> None:
        """Fetch a span page by page and commit each page."""
        step_ms, skips = run.key.timeframe.ms, self.source.skips_gaps
        left = span
        while left.first_ms < left.end_ms:
            limit = min(_PAGE_ROWS if skips else _WINDOW_ROWS, left.rows(step_ms) + 1)
            page = self._page(run, left, limit)
            run.requests += 1
            if page.empty and skips:
                break
            since_ms = left.first_ms + limit * step_ms
            if not page.empty:
                run.inserted += self.store.write(run.key, page).inserted
                run.added.append(open_times_ms(page))
                since_ms = int(run.added[-1][-1]) + step_ms
            left = _Span(since_ms, span.end_ms)
            run.report((since_ms - span.first_ms) // step_ms)
        run.done += span.rows(step_ms)
        run.report(0)

    def _page(self, run: _Run, span: _Span, limit: int) -> pd.DataFrame:
        """Return believable, finished rows of a span, ascending and unique."""
        key, now = run.key, from_ms(run.bounds.end_ms)

        def ask() -> pd.DataFrame:
            page = clean_frame(self.source.fetch(key, span.first_ms, limit), key, now=now)
            wrong = errors_of(check_frame(page, key, now=now))
            if wrong:
                raise TransientError(f"{key}: the exchange's answer is not usable: {wrong[0]}")
            if page.empty and self.source.skips_gaps and span.end_ms <= run.newest_ms:
                raise TransientError(f"{key}: the exchange denies candles it has given before")
            times = open_times_ms(page)
            return page[(times >= span.first_ms) & (times < span.end_ms)]

        return self.patience.call(ask)


def _span_of(gap: Gap, step_ms: int) -> _Span:
    return _Span(to_ms(gap.first_open_time), to_ms(gap.last_open_time) + step_ms)


def _next_on_grid(time_ms: int, step_ms: int) -> int:
    return -(-time_ms // step_ms) * step_ms
