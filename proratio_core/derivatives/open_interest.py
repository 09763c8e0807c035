"""Open interest of perpetuals in PostgreSQL: figures of a moment, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd
from psycopg2.extras import execute_values

from proratio_core.candles.frame import make_frame
from proratio_core.clock import from_ms
from proratio_core.database import Database
from proratio_core.database.copying import CopyLayout, copy_out
from proratio_core.values import Pair, Timerange

__all__ = ["OpenInterest", "OpenInterestStore"]

_LAYOUT: Final = CopyLayout((("seen_at", "timestamptz"), ("amount_base", "float8")))


@dataclass(frozen=True, slots=True)
class OpenInterest:
    """How many contracts of a perpetual were open at a moment.

    Parameters
    ----------
    pair
        The perpetual.
    seen_ms
        The moment the exchange states, ms since the epoch.
    amount_base
        In units of the base currency.
    """

    pair: Pair
    seen_ms: int
    amount_base: float


class OpenInterestStore:
    """Writes and reads what exchanges stated.

    Parameters
    ----------
    database
        Where it is kept. Every method raises TransientError when it is away.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, exchange: str, figures: Sequence[OpenInterest]) -> int:
        """Keep figures, each once; the first word on a moment stands. Return how many were new."""
        if not figures:
            return 0
        rows = [(exchange, str(f.pair), from_ms(f.seen_ms), f.amount_base) for f in figures]
        with self._database.transaction() as cursor:
            stored = execute_values(
                cursor,
                "INSERT INTO open_interest (exchange, symbol, seen_at, amount_base) VALUES %s "
                "ON CONFLICT DO NOTHING RETURNING 1",
                rows,
                fetch=True,
            )
        return len(stored)

    def read(
        self,
        exchange: str,
        pair: Pair,
        timerange: Timerange = Timerange(),  # noqa: B008  # frozen
    ) -> pd.DataFrame:
        """Return `date` and `open_interest` (base currency) inside a span, ascending."""
        with self._database.transaction() as cursor:
            columns = copy_out(
                cursor,
                "SELECT seen_at, amount_base FROM open_interest "
                "WHERE exchange = %s AND symbol = %s "
                "AND seen_at >= coalesce(%s::timestamptz, '-infinity') "
                "AND seen_at < coalesce(%s::timestamptz, 'infinity') ORDER BY seen_at",
                _LAYOUT,
                (exchange, str(pair), timerange.start, timerange.end),
            )
        return make_frame(columns["seen_at"], {"open_interest": columns["amount_base"]})
