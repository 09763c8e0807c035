"""REST repair of a streamed series: what was missed is fetched, what was streamed is confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
import structlog

from proratio_core.candles.collector import CandleSource, Collector
from proratio_core.candles.frame import open_times_ms
from proratio_core.candles.store import CandleStore
from proratio_core.candles.validation import check_frame, clean_frame, errors_of
from proratio_core.clock import Clock, from_ms, to_ms
from proratio_core.errors import TransientError
from proratio_core.values import SeriesKey, Timerange

__all__ = ["RepairReport", "Repairer"]

_log = structlog.get_logger(__name__)

_SETTLE_S: Final = 2.0
"""A candle is asked for only so long after its close: the first answers may lack late trades."""

_PAGE_ROWS: Final = 1_000
_NEW_SERIES_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class RepairReport:
    """What a repair did.

    Parameters
    ----------
    complete_ms
        Everything opened before it is stored as the exchange has it.
    inserted
        Candles that were missing.
    corrected
        Candles the stream had told otherwise.
    """

    complete_ms: int
    inserted: int
    corrected: int


@dataclass(frozen=True)
class Repairer:
    """Repairs series; blocks, so it runs on a thread.

    Parameters
    ----------
    source
        The exchange.
    collector
        Fetches what is missing; it should not wait between attempts, its caller does.
    store
        Where candles are.
    clock
        What time it is.
    """

    source: CandleSource
    collector: Collector
    store: CandleStore
    clock: Clock

    def repair(self, key: SeriesKey, since_ms: int | None) -> RepairReport:
        """Make the stored candles from `since_ms` on the exchange's.

        Parameters
        ----------
        key
            The series.
        since_ms
            Candles opened before it are known to be right; None at the start: then gaps are filled
            from the first stored candle on, at least for the last day, and the last 1,000 candles
            are confirmed.

        Raises
        ------
        TransientError
            The exchange or the database failed; nothing that was stored is wrong for it.
        DataError
            The exchange does not have this series.
        """
        step_ms = key.timeframe.ms
        settled_ms = to_ms(self.clock.now() - timedelta(seconds=_SETTLE_S))
        end_ms = settled_ms - settled_ms % step_ms
        first_ms, confirm_ms = self._start(key, end_ms) if since_ms is None else (since_ms,) * 2
        if first_ms >= end_ms:
            return RepairReport(first_ms, 0, 0)
        wanted = Timerange(from_ms(first_ms), from_ms(end_ms))
        report = self.collector.collect(key, wanted)
        corrected, complete_ms = self._confirm(key, confirm_ms, end_ms)
        return RepairReport(complete_ms, report.inserted, corrected)

    def _start(self, key: SeriesKey, end_ms: int) -> tuple[int, int]:
        step_ms, span = key.timeframe.ms, self.store.span(key)
        new_ms = end_ms - max(_NEW_SERIES_MS, step_ms)
        new_ms -= new_ms % step_ms
        if span is None:
            return new_ms, new_ms
        stored_ms, last_ms = (to_ms(moment) for moment in span)
        first_ms = min(stored_ms, new_ms)  # the stream may have been quicker than the first repair
        return first_ms, max(first_ms, last_ms + step_ms - _PAGE_ROWS * step_ms)

    def _confirm(self, key: SeriesKey, first_ms: int, end_ms: int) -> tuple[int, int]:
        """Compare the stored candles of a span with the exchange's; return how many it corrected.

        Also returns up to where the series is complete.
        """
        stored = open_times_ms(self.store.read(key, Timerange(from_ms(first_ms), from_ms(end_ms))))
        corrected = 0
        for start in range(0, len(stored), _PAGE_ROWS):
            corrected += self._confirm_page(key, stored[start : start + _PAGE_ROWS])
        if corrected:
            _log.warning("streamed candles corrected", series=str(key), candles=corrected)
        return corrected, int(stored[-1]) + key.timeframe.ms if len(stored) else first_ms

    def _confirm_page(self, key: SeriesKey, times: npt.NDArray[np.int64]) -> int:
        step_ms = key.timeframe.ms
        now = from_ms(int(times[-1]) + step_ms)
        rows = (int(times[-1]) - int(times[0])) // step_ms + 1
        answer = self.source.fetch(key, int(times[0]), min(rows, _PAGE_ROWS))
        page = clean_frame(answer, key, now=now)
        wrong = errors_of(check_frame(page, key, now=now))
        if wrong:
            raise TransientError(f"{key}: the exchange's answer is not usable: {wrong[0]}")
        page = page[np.isin(open_times_ms(page), times)]
        corrected = self.store.write(key, page).updated
        unseen = len(np.setdiff1d(times, open_times_ms(page)))
        if unseen:
            raise TransientError(f"{key}: the exchange left out {unseen} candles it has given")
        return corrected
