"""What Freqtrade's engine returns, as our frozen values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from proratio_core.values import Timeframe
from proratio_quantlab.results import Trade

__all__ = ["equity_of", "trades_of"]


def trades_of(results: pd.DataFrame, *, fee_frac: float) -> tuple[Trade, ...]:
    """Return the closed trades.

    Parameters
    ----------
    results
        Freqtrade's trade frame. Its fee is the exchange's fee and our slippage in one figure.
    fee_frac
        The part of it that is the exchange's, each side, as a fraction of the traded value.
    """
    rows: list[dict[Any, Any]] = results.to_dict("records")
    return tuple(_trade(row, fee_frac=fee_frac) for row in rows)


def _trade(row: Mapping[str, Any], *, fee_frac: float) -> Trade:
    traded = row["amount"] * (row["open_rate"] + row["close_rate"])
    return Trade(
        pair=row["pair"],
        opened_at=row["open_date"].to_pydatetime(),
        closed_at=row["close_date"].to_pydatetime(),
        open_rate=row["open_rate"],
        close_rate=row["close_rate"],
        amount=row["amount"],
        stake_quote=row["stake_amount"],
        profit_quote=row["profit_abs"],
        profit_frac=row["profit_ratio"],
        fees_quote=traded * fee_frac,
        exit_reason=row["exit_reason"],
        enter_tag=row["enter_tag"] or "",
        risk_quote=_risk_quote(row),
    )


def _risk_quote(row: Mapping[str, Any]) -> float | None:
    """Return what the first stop would have lost; a stop at or beyond the price risks nothing."""
    stop = row["initial_stop_loss_abs"]
    if stop is None or not math.isfinite(stop):
        return None
    side = -1 if row["is_short"] else 1
    risk = side * (row["open_rate"] - stop) * row["amount"]
    return float(risk) if risk > 0 else None


def equity_of(content: Mapping[str, Any], *, end: datetime, timeframe: Timeframe) -> pd.DataFrame:
    """Return the wallet over time, open positions at the candle's open price.

    Parameters
    ----------
    content
        What Freqtrade keeps of one strategy's run.
    end
        Open time of the last candle.
    timeframe
        Length of a candle; curves finer than an hour are thinned to the last value of each hour.

    Returns
    -------
    pandas.DataFrame
        `date` (datetime64[ms, UTC], ascending) and `equity_quote`; the last row is the wallet
        after every position was closed.
    """
    wallet = content["wallet_summary"]
    value = (wallet["rate"] * wallet["balance"]).groupby(wallet["date"]).sum()
    if timeframe.minutes < 60:
        value = value.groupby(value.index.floor("h")).last()
    closed = pd.Timestamp(end) + timedelta(minutes=timeframe.minutes)
    value.loc[closed] = content["final_balance"]
    dates = pd.DatetimeIndex(value.index).as_unit("ms")
    return pd.DataFrame({"date": dates, "equity_quote": value.to_numpy("float64")})
