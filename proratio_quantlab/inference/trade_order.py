"""How deep the same trades could have sunk the wallet in another order. Pure.

Source: Vince, "The handbook of portfolio mathematics", 2007, chapter 5, on shuffling trades. The
order is all that changes: every shuffle ends with the same profit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from proratio_core.errors import DataError
from proratio_quantlab.inference.bootstrap import RESAMPLES

__all__ = ["TradeOrder", "shuffle_trades"]

_SEED: Final = 20_240_101
_CHUNK_CELLS: Final = 400_000
_ROUNDING_FRAC: Final = 1e-12

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TradeOrder:
    """The largest drawdown of the closed trades, 0 to 1, over many orders of them.

    Parameters
    ----------
    observed_frac
        In the order they happened in.
    median_frac, p95_frac, p99_frac
        In the middle order, and exceeded by one order in 20 and in 100.
    luckier_frac
        Share of the orders with a deeper drawdown than the one that happened: near 1, the real
        order was a lucky one.
    ruin_frac
        Share of the orders that lose the whole starting balance on the way.
    trades, shuffles
        How many of either.
    """

    observed_frac: float
    median_frac: float
    p95_frac: float
    p99_frac: float
    luckier_frac: float
    ruin_frac: float
    trades: int
    shuffles: int


def shuffle_trades(
    profits: _Floats, *, starting_balance: float, shuffles: int = RESAMPLES, seed: int = _SEED
) -> TradeOrder | None:
    """Return what the same profits do to a wallet in other orders.

    Parameters
    ----------
    profits
        Profit of each trade after fees, in the order of closing, quote currency, shape (n,).
    starting_balance
        The wallet before them, quote currency, above zero.
    shuffles
        How many orders are drawn.
    seed
        The same seed draws the same.

    Returns
    -------
    TradeOrder | None
        None for fewer than two trades: they have one order.

    Raises
    ------
    DataError
        A profit is no number, the balance is not above zero, or no shuffle is asked for.

    Notes
    -----
    Profits are added, not compounded: stakes are taken as they were. Losses that an open position
    carried are not in it, and neither is what trades have to do with each other: losers that came
    in a row because the market fell are torn apart.
    """
    if not np.isfinite(profits).all():
        raise DataError("a trade's profit is NaN or infinite; leave the trade out, or repair it")
    if not (math.isfinite(starting_balance) and starting_balance > 0):
        raise DataError(f"a starting balance of {starting_balance} is not above zero")
    if shuffles < 1:
        raise DataError(f"{shuffles} shuffles; at least one is needed")
    if len(profits) < 2:
        return None
    observed, _ = _sunk(profits[None], starting_balance)
    depths, ruined = _shuffled(profits, starting_balance, shuffles=shuffles, seed=seed)
    median, p95, p99 = np.quantile(depths, (0.5, 0.95, 0.99))
    return TradeOrder(
        observed_frac=float(observed[0]),
        median_frac=float(median),
        p95_frac=float(p95),
        p99_frac=float(p99),
        luckier_frac=float((depths > observed[0] + _ROUNDING_FRAC).mean()),
        ruin_frac=float(ruined.mean()),
        trades=len(profits),
        shuffles=shuffles,
    )


def _shuffled(
    profits: _Floats, balance: float, *, shuffles: int, seed: int
) -> tuple[_Floats, npt.NDArray[np.bool_]]:
    """Return the drawdown of each shuffle and whether it lost everything, shape (shuffles,)."""
    generator = np.random.default_rng(seed)
    at_once = max(1, _CHUNK_CELLS // len(profits))
    parts = []
    for done in range(0, shuffles, at_once):
        rows = np.tile(profits, (min(at_once, shuffles - done), 1))
        parts.append(_sunk(generator.permuted(rows, axis=1, out=rows), balance))
    depths, ruined = zip(*parts, strict=True)
    return np.concatenate(depths), np.concatenate(ruined)


def _sunk(profits: _Floats, balance: float) -> tuple[_Floats, npt.NDArray[np.bool_]]:
    wallet = balance + np.cumsum(profits, axis=1)
    high = np.maximum(np.maximum.accumulate(wallet, axis=1), balance)
    depth = np.minimum(1 - (wallet / high).min(axis=1), 1.0)
    return depth, wallet.min(axis=1) <= 0
