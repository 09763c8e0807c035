"""What the page Data reads: a series is counted again only when its version has changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import Final

from proratio_core.candles.feather import read_stamp
from proratio_core.candles.store import CandleStore, StoredSeries
from proratio_core.database import Database
from proratio_core.values import SeriesKind
from proratio_tradehub.dashboard.data.coverage import KnownGap, MonthRows
from proratio_tradehub.dashboard.reading import rows

__all__ = ["exported_version", "read_gaps", "read_months", "read_series"]

_MONTHS: Final = (
    "SELECT month AT TIME ZONE 'UTC', count(*), min(open_time), max(open_time) FROM "
    "(SELECT date_trunc('month', open_time AT TIME ZONE 'UTC') AS month, open_time "
    "FROM {table} WHERE series_id = %s) AS dated GROUP BY month ORDER BY month"
)
_GAPS: Final = (
    "SELECT exchange || ' ' || symbol || ' ' || timeframe, first_open_time, last_open_time, reason "
    "FROM gap JOIN series ON series.id = series_id WHERE series_id = ANY(%s) "
    "ORDER BY first_open_time DESC LIMIT %s"
)


def read_series(database: Database) -> tuple[StoredSeries, ...]:
    """Return every stored series with its version."""
    return CandleStore(database).series()


def read_months(database: Database, stored: StoredSeries) -> tuple[MonthRows, ...]:
    """Return the rows of each month of a series, the oldest first."""
    is_funding = stored.key.kind is SeriesKind.FUNDING
    query = _MONTHS.format(table="funding_rate" if is_funding else "candle")
    return tuple(
        MonthRows(month.astimezone(UTC), count, first.astimezone(UTC), last.astimezone(UTC))
        for month, count, first, last in rows(database, query, (stored.id,))
    )


def read_gaps(database: Database, series_ids: Sequence[int], *, most: int) -> tuple[KnownGap, ...]:
    """Return the gaps that are known of these series, the newest first."""
    return tuple(KnownGap(*row) for row in rows(database, _GAPS, (list(series_ids), most)))


def exported_version(data_dir: Path, stored: StoredSeries) -> int | None:
    """Return the version of a series that Freqtrade's file has; None without a file of ours."""
    stamp = read_stamp(data_dir / stored.key.exchange / stored.key.file_name)
    return None if stamp is None or stamp.series != str(stored.key) else stamp.version
