"""The rows of one series inside a transaction: bulk in, bulk out, and the merge of the two.

Only rows that really differ travel twice. The merge reads the stored rows of the same span by
binary COPY, compares them as arrays, and then appends what is missing and updates what changed;
the series' lock, held by the caller, keeps what was read true until the transaction ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from psycopg2 import extensions

from proratio_core.clock import from_ms, to_ms
from proratio_core.database import CopyLayout, copy_in, copy_out
from proratio_core.values import SeriesKind

__all__ = ["Rows", "SeriesTable"]

_OHLCV: Final = ("open", "high", "low", "close", "volume")
_STORED: Final[Mapping[SeriesKind, tuple[str, tuple[str, ...]]]] = {
    SeriesKind.CANDLE: ("candle", _OHLCV),
    SeriesKind.MARK: ("candle", _OHLCV),
    SeriesKind.FUNDING: ("funding_rate", ("rate_frac",)),
}
_SELECTION = slice | npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rows:
    """Ascending open times in ms, shape (n,), and one value array per column, each (n,)."""

    times_ms: npt.NDArray[np.int64]
    columns: tuple[npt.NDArray[np.float64], ...]

    def __len__(self) -> int:
        return len(self.times_ms)

    def take(self, selection: _SELECTION) -> Rows:
        """Return the selected rows."""
        return Rows(self.times_ms[selection], tuple(c[selection] for c in self.columns))


@dataclass(frozen=True, slots=True)
class SeriesTable:
    """Where the rows of one series are.

    Parameters
    ----------
    cursor
        An open transaction; a writer holds the series' lock.
    kind
        Decides the table and its columns.
    series_id
        The series.
    """

    cursor: extensions.cursor
    kind: SeriesKind
    series_id: int

    @property
    def name(self) -> str:
        """The table's name."""
        return _STORED[self.kind][0]

    @property
    def columns(self) -> tuple[str, ...]:
        """The value columns in the order of `frame.columns_of`."""
        return _STORED[self.kind][1]

    def newest_ms(self) -> int | None:
        """Return the last stored open time; None when there are no rows."""
        self.cursor.execute(
            f"SELECT max(open_time) FROM {self.name} WHERE series_id = %s",  # noqa: S608
            (self.series_id,),
        )
        (newest,) = self.cursor.fetchone() or (None,)
        return None if newest is None else to_ms(newest)

    def read(self, conditions: str = "", parameters: Sequence[object] = ()) -> Rows:
        """Return the stored rows, ascending; `conditions` continue the WHERE clause."""
        query = (
            f"SELECT open_time, {', '.join(self.columns)} FROM {self.name} "  # noqa: S608
            f"WHERE series_id = %s {conditions} ORDER BY open_time"
        )
        layout = CopyLayout((("open_time", "timestamptz"), *((c, "float8") for c in self.columns)))
        arrays = copy_out(self.cursor, query, layout, (self.series_id, *parameters))
        return Rows(arrays["open_time"], tuple(arrays[column] for column in self.columns))

    def append(self, rows: Rows, *, table: str | None = None) -> None:
        """Add rows whose open times are known to be free."""
        if not len(rows):
            return
        layout = CopyLayout(
            (
                ("series_id", "int4"),
                ("open_time", "timestamptz"),
                *((column, "float8") for column in self.columns),
            )
        )
        values = dict(zip(self.columns, rows.columns, strict=True))
        key = {"series_id": self.series_id, "open_time": rows.times_ms}
        copy_in(self.cursor, table or self.name, layout, {**key, **values})

    def merge(self, rows: Rows) -> tuple[int, int]:
        """Insert what is missing, update what differs; return how many of each."""
        if not len(rows):
            return 0, 0
        bounds = (from_ms(int(rows.times_ms[0])), from_ms(int(rows.times_ms[-1])))
        stored = self.read("AND open_time BETWEEN %s AND %s", bounds)
        at = np.searchsorted(stored.times_ms, rows.times_ms)
        known = at < len(stored)
        known[known] = stored.times_ms[at[known]] == rows.times_ms[known]
        changed = np.zeros(len(rows), bool)
        for new, old in zip(rows.columns, stored.columns, strict=True):
            changed[known] |= new[known] != old[at[known]]
        self.append(rows.take(~known))
        self._update(rows.take(changed))
        return int((~known).sum()), int(changed.sum())

    def delete_outside(self, rows: Rows) -> int:
        """Delete what lies before the first and after the last of `rows`; return how many."""
        self.cursor.execute(
            f"DELETE FROM {self.name} WHERE series_id = %s "  # noqa: S608
            "AND NOT open_time BETWEEN %s AND %s",
            (self.series_id, from_ms(int(rows.times_ms[0])), from_ms(int(rows.times_ms[-1]))),
        )
        return self.cursor.rowcount

    def _update(self, rows: Rows) -> None:
        if not len(rows):
            return
        self.cursor.execute(f"CREATE TEMP TABLE staging (LIKE {self.name}) ON COMMIT DROP")
        self.append(rows, table="staging")
        self.cursor.execute("ANALYZE staging")
        pairs = ", ".join(f"{column} = staging.{column}" for column in self.columns)
        self.cursor.execute(
            f"UPDATE {self.name} SET {pairs} FROM staging "  # noqa: S608
            f"WHERE {self.name}.series_id = %s AND {self.name}.open_time = staging.open_time",
            (self.series_id,),
        )
