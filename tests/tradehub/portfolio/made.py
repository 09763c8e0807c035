"""Returns with a known covariance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from proratio_tradehub.portfolio.returns import Returns

HOUR_MS = 3_600_000


def returns_with(
    covariance: npt.ArrayLike, *, mean: npt.ArrayLike = 0.0, rows: int = 400
) -> Returns:
    """Return returns whose *sample* mean and covariance are exactly these."""
    wanted = np.atleast_2d(np.asarray(covariance, np.float64))
    count = len(wanted)
    noise = np.random.default_rng(7).standard_normal((rows, count))
    noise -= noise.mean(axis=0)
    seen = np.atleast_2d(np.cov(noise, rowvar=False))
    whitened = noise @ np.linalg.inv(np.linalg.cholesky(seen)).T
    values = whitened @ np.linalg.cholesky(wanted).T + mean
    names = tuple("ABCDEFGHIJ"[:count])
    return Returns(names, np.arange(rows, dtype=np.int64) * HOUR_MS, values)
