"""Our objectives as losses of `freqtrade hyperopt`, which knows closed trades only. Pure.

Open positions are not marked to market there: a loss still being carried is not seen before it is
taken. `proratio sweep` and `proratio walk-forward` see it, and search for the same objectives.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from proratio_quantlab.objectives import Objective, score

__all__ = ["closed_trade_returns", "constrained_loss", "deflated_loss"]

_DRAWDOWN_LIMIT_FRAC = 0.10
_DEFAULT_EPOCHS = 100


def deflated_loss(
    results: pd.DataFrame,
    *,
    starting_balance: float,
    min_date: datetime,
    max_date: datetime,
    config: dict[str, Any],
) -> float:
    """Return minus the deflated score; the number of trials is the number of epochs.

    Parameters
    ----------
    results
        Freqtrade's trade frame: `close_date`, and `profit_abs` in quote currency.
    starting_balance
        Wallet at the start, quote currency.
    min_date, max_date
        First and last candle, UTC.
    config
        Freqtrade's configuration; `epochs` is read from it.
    """
    daily = closed_trade_returns(results, starting_balance, min_date=min_date, max_date=max_date)
    epochs = int(config.get("epochs", _DEFAULT_EPOCHS))
    return -score(daily, len(results), Objective.DEFLATED, trials=epochs)


def constrained_loss(
    results: pd.DataFrame,
    *,
    starting_balance: float,
    min_date: datetime,
    max_date: datetime,
    config: dict[str, Any],
) -> float:
    """Return minus the Sharpe ratio, plus 1 for every hundredth of drawdown above the limit.

    The limit is `"proratio": {"drawdown_limit": 0.1}` in the configuration, 0.10 without it;
    everything else as for `deflated_loss`.
    """
    daily = closed_trade_returns(results, starting_balance, min_date=min_date, max_date=max_date)
    limit = float(config.get("proratio", {}).get("drawdown_limit", _DRAWDOWN_LIMIT_FRAC))
    return -score(daily, len(results), Objective.CONSTRAINED, drawdown_limit_frac=limit)


def closed_trade_returns(
    results: pd.DataFrame, starting_balance: float, *, min_date: datetime, max_date: datetime
) -> npt.NDArray[np.float64]:
    """Return the daily returns of a wallet that changes when trades close, shape (days,).

    A wallet that falls to nothing earns nothing afterwards.
    """
    days = pd.date_range(min_date, max_date, freq="D", normalize=True)
    if results.empty:
        return np.zeros(len(days))
    closed = pd.DatetimeIndex(results["close_date"]).normalize()
    profit = pd.Series(results["profit_abs"].to_numpy(np.float64)).groupby(closed).sum()
    wallet = starting_balance + profit.reindex(days, fill_value=0.0).cumsum().to_numpy()
    before = np.concatenate(([starting_balance], wallet[:-1]))
    alive = before > 0
    returns: npt.NDArray[np.float64] = np.where(alive, wallet / np.where(alive, before, 1) - 1, 0.0)
    return np.maximum(returns, -1.0)
