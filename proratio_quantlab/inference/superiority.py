"""Whether the best of many variants beats a benchmark by more than the best of many would. Pure.

White's reality check and Hansen's test for superior predictive ability (SPA), by arch.

Sources: White, "A reality check for data snooping", Econometrica 68(5), 2000; Hansen, "A test for
superior predictive ability", Journal of Business & Economic Statistics 23(4), 2005; Romano & Wolf,
"Stepwise multiple testing as formalized data snooping", Econometrica 73(4), 2005.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from proratio_core.errors import DataError
from proratio_quantlab.inference.bootstrap import block_length

__all__ = ["Superiority", "superiority"]

_SEED: Final = 20_240_101
_LEVEL: Final = 0.05
_FEWEST_DAYS: Final = 20
_RESAMPLES: Final = 1_000
"""P-values in steps of 0.001; arch resamples in a loop."""

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Superiority:
    """How often luck alone makes the best of the variants look this good, 0 to 1.

    Parameters
    ----------
    spa
        Hansen's consistent p-value: variants that are clearly bad do not count.
    spa_lower, spa_upper
        Its liberal and conservative borders.
    reality_check
        White's p-value: every variant counts, and they are not brought to one scale.
    superior
        Numbers of the variants that beat the benchmark, where the chance of a single false one
        among them is 5%.
    variants, observations
        How many of either.
    """

    spa: float
    spa_lower: float
    spa_upper: float
    reality_check: float
    superior: tuple[int, ...]
    variants: int
    observations: int


def superiority(
    returns: _Floats,
    *,
    benchmark: _Floats | None = None,
    resamples: int = _RESAMPLES,
    seed: int = _SEED,
) -> Superiority:
    """Test whether any variant has a higher mean return than the benchmark.

    Parameters
    ----------
    returns
        Daily returns of every variant on the same days, finite, shape (days, variants).
    benchmark
        Daily returns of what is to be beaten, shape (days,); None is holding nothing.
    resamples
        How often the days are drawn again, in blocks as long as the most remembering variant asks.
    seed
        The same seed gives the same p-values.

    Raises
    ------
    DataError
        Fewer than 20 days, no variant that ever differs from the benchmark, another number of
        benchmark days, or a return that is no number.
    """
    days = len(returns)
    held = np.zeros(days) if benchmark is None else benchmark
    gains, moving = _moving(returns, held)
    block = round(max(block_length(gain) for gain in gains.T))
    from arch.bootstrap import SPA, StepM  # noqa: PLC0415  # 0.7 s

    hansen, white = (
        SPA(
            np.zeros(days), -gains, block_size=block, reps=resamples, bootstrap="stationary",
            studentize=studentize, seed=seed,
        )
        for studentize in (True, False)
    )  # fmt: skip
    stepwise = StepM(
        np.zeros(days), -gains, size=_LEVEL, block_size=block, reps=resamples,
        bootstrap="stationary", studentize=True, seed=seed,
    )  # fmt: skip
    for test in (hansen, white, stepwise):
        test.compute()
    return Superiority(
        spa=float(hansen.pvalues["consistent"]),
        spa_lower=float(hansen.pvalues["lower"]),
        spa_upper=float(hansen.pvalues["upper"]),
        reality_check=float(white.pvalues["upper"]),
        superior=tuple(moving[np.array(stepwise.superior_models, np.intp)].tolist()),
        variants=returns.shape[1],
        observations=days,
    )


def _moving(returns: _Floats, held: _Floats) -> tuple[_Floats, npt.NDArray[np.intp]]:
    """Return what variants earned above the benchmark, and which they are: those that differ."""
    if len(returns) < _FEWEST_DAYS:
        raise DataError(f"{len(returns)} days are too few to test; at least {_FEWEST_DAYS}")
    if held.shape != (len(returns),):
        raise DataError(
            f"a benchmark of {held.shape[0]} days beside variants of {len(returns)}: "
            "both need the same days"
        )
    gains: _Floats = returns - held[:, None]
    if not np.isfinite(gains).all():
        raise DataError("a return is NaN or infinite; compare variants on days all of them have")
    moving = np.flatnonzero(gains.std(axis=0) > 0)
    if not len(moving):
        raise DataError("no variant ever differs from the benchmark: there is nothing to test")
    return gains[:, moving], moving
