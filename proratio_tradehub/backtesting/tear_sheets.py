"""What a stored run's tear sheet needs beside the run: its trials, its voters, its market."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from proratio_core.candles import CandleStore
from proratio_core.candles.frame import open_times_ms
from proratio_core.database import Database
from proratio_core.errors import ConfigurationError
from proratio_core.settings import Settings
from proratio_core.values import Timerange
from proratio_quantlab.comparison import compare
from proratio_quantlab.results import BacktestResult
from proratio_quantlab.run_index import RunIndex
from proratio_quantlab.specification import Specification
from proratio_quantlab.wallet import returns_by_day
from proratio_signals.profile import load_profile
from proratio_signals.scoring.regimes import REGIMES, UNKNOWN, regimes_of
from proratio_signals.snapshot import WINDOW_CANDLES

if TYPE_CHECKING:
    from proratio_quantlab.report import MarketDays, TearSheet

__all__ = ["market_days", "tear_sheet_of"]

_DAY_MS = 86_400_000
_MINUTE_MS = 60_000


def tear_sheet_of(run: BacktestResult, database: Database, settings: Settings) -> TearSheet:
    """Return the tear sheet of a stored run.

    Parameters
    ----------
    run
        The run.
    database
        Where its trials and candles are.
    settings
        Where profiles are.
    """
    from proratio_quantlab.report import TearSheet  # noqa: PLC0415  # plotly

    asked = run.specification
    comparison = compare(
        run,
        rule_based=_is_rule_based(asked, settings),
        tried=RunIndex(database).tried(asked.family, asked.timerange),
    )
    return TearSheet(comparison, market_days(run, CandleStore(database)))


def market_days(run: BacktestResult, store: CandleStore) -> MarketDays | None:
    """Return what kind of market each day of a run began in, judged on its first pair.

    A day's kind follows from candles that were closed when it began. None when the store no longer
    has the candles.

    Parameters
    ----------
    run
        The run.
    store
        Where candles are.
    """
    from proratio_quantlab.report import MarketDays  # noqa: PLC0415  # plotly

    asked = run.specification
    key = asked.series[0]
    span = asked.timerange
    before = timedelta(minutes=asked.timeframe.minutes * (WINDOW_CANDLES + 1))
    frame = store.read(key, Timerange(span.start and span.start - before, span.end))
    if frame.empty:
        return None
    kinds = regimes_of(frame["close"])
    closed_ms = open_times_ms(frame) + asked.timeframe.minutes * _MINUTE_MS
    days = returns_by_day(run.equity, starting_balance=asked.starting_balance).days
    last = np.searchsorted(closed_ms, days.astype(np.int64) * _DAY_MS, side="right") - 1
    known = np.where(last >= 0, kinds[np.maximum(last, 0)], UNKNOWN).astype(np.int8)
    return MarketDays(REGIMES, known, f"{key.pair} {asked.timeframe}")


def _is_rule_based(asked: Specification, settings: Settings) -> bool:
    """Return whether fixed rules voted; a profile that is gone is not taken for rules."""
    if asked.profile is None:
        return False
    try:
        return load_profile(asked.profile, settings.user_data / "profiles").is_rules
    except ConfigurationError:
        return False
