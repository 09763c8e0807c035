"""What is stored of each series, as a table that can be taken away. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from proratio_tradehub.dashboard.data.coverage import SeriesCoverage

__all__ = ["series_frame"]


def series_frame(shown: Sequence[SeriesCoverage]) -> pd.DataFrame:
    """Return a row for each series: its names, rows, span, missing rows and version."""
    return pd.DataFrame(
        {
            "exchange": [one.stored.key.exchange for one in shown],
            "symbol": [str(one.stored.key.pair) for one in shown],
            "timeframe": [one.stored.key.timeframe.value for one in shown],
            "kind": [one.stored.key.kind.value for one in shown],
            "rows": [one.rows for one in shown],
            "missing": [one.missing for one in shown],
            "first_open_time": [
                one.months[0].first_open_time if one.months else None for one in shown
            ],
            "last_close": [one.last_close for one in shown],
            "version": [one.stored.version for one in shown],
        }
    )
