"""Daily returns made by hand, for tests of pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from proratio_quantlab.wallet import DailyReturns

NOISE = np.random.default_rng(12).normal(0.001, 0.01, 400)


def days_of(returns: Sequence[float] | np.ndarray) -> DailyReturns:
    first = np.datetime64("2023-11-15", "D")
    return DailyReturns(first + np.arange(len(returns)), np.asarray(returns, np.float64))
