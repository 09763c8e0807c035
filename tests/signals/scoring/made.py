"""Opinions and records made by hand, for tests of the figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from proratio_signals.scoring.calls import Calls
from proratio_signals.scoring.statements import Statements
from tests.signals.samples import BTC, ETH

HOUR_MS = 3_600_000


def make_calls(
    action: Sequence[int], return_frac: Sequence[float], *, horizon: int = 1, **columns: Any
) -> Calls:
    """Return one opinion an hour, with what else is named."""
    count = len(action)
    times = np.arange(1, count + 1, dtype=np.int64) * HOUR_MS
    given: dict[str, Any] = {
        "times_ms": times,
        "resolved_ms": times + horizon * HOUR_MS,
        "series": np.zeros(count, np.intp),
        "confidence": np.full(count, 0.6),
        "expected_return_frac": np.full(count, np.nan),
        "rules_action": np.zeros(count, np.int8),
        "regime": np.zeros(count, np.int8),
    } | {name: np.asarray(column) for name, column in columns.items()}
    return Calls(
        action=np.asarray(action, np.int8),
        return_frac=np.asarray(return_frac, np.float64),
        **given,
    )


def make_statements(action: Sequence[Sequence[int]], **columns: Any) -> Statements:
    """Return one question an hour on BTC, answered by voters a, b, ..."""
    codes = np.asarray(action, np.int8)
    count, voters = codes.shape
    given: dict[str, Any] = {
        "series": np.zeros(count, np.intp),
        "times_ms": np.arange(1, count + 1, dtype=np.int64) * HOUR_MS,
        "snapshots": np.array([f"s{line}" for line in range(count)], object),
        "vote_action": np.zeros(count, np.int8),
        "vote_score": np.zeros(count),
        "confidence": np.full(codes.shape, 0.6),
        "expected_return_frac": np.full(codes.shape, 0.01),
        "horizon_candles": np.full(codes.shape, 1, np.int64),
    } | {name: np.asarray(column) for name, column in columns.items()}
    return Statements(tuple("abcdef"[:voters]), (BTC, ETH), action=codes, **given)
