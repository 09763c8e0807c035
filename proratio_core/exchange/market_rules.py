"""What an exchange accepts as an order: price tick, amount step, and the smallest order.

They are what the exchange stated, or are assumed from the decimals of candles (`rule_store` decides
which). Everything that needs rules takes them from here, so that a backtest inside the process and
one that asks the replay exchange round every order alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from proratio_core.errors import DataError
from proratio_core.values import Market, Pair

__all__ = [
    "MarketRules",
    "assumed_rules",
    "fees_frac",
    "rules_from_ccxt",
    "to_ccxt_market",
]

_MAX_DECIMALS: Final = 8
_EXACT_FRAC: Final = 0.99
"""Exchanges print a stray decimal now and then: 2 of Bitcoin's last 1,000 hourly volumes."""

_ASSUMED_MIN_COST: Final = 5.0
"""In the quote currency; what Binance asks of nearly every USDT pair."""

_ASSET_PRECISION: Final = 1e-8
_FEES_FRAC: Final = {Market.SPOT: (0.001, 0.001), Market.PERPETUAL: (0.0005, 0.0002)}
"""Taker and maker fee, as a fraction of the cost: ccxt's figures for Binance without discounts."""


@dataclass(frozen=True, slots=True)
class MarketRules:
    """The rules of one pair.

    Parameters
    ----------
    price_tick
        Prices are multiples of it; in the quote currency.
    amount_step
        Amounts are multiples of it; in the base currency.
    min_amount
        The smallest amount of an order; in the base currency.
    min_cost
        The smallest price x amount of an order; in the quote currency.

    Raises
    ------
    DataError
        A tick or step is not positive, or a minimum is negative.
    """

    price_tick: float
    amount_step: float
    min_amount: float
    min_cost: float

    def __post_init__(self) -> None:
        if not (self.price_tick > 0 and self.amount_step > 0):
            raise DataError(f"{self} needs a tick and a step above zero; ask the exchange again")
        if not (self.min_amount >= 0 and self.min_cost >= 0):
            raise DataError(f"{self} needs minima of zero or more; ask the exchange again")


def assumed_rules(frame: pd.DataFrame) -> MarketRules:
    """Return the coarsest rules that 99% of the prices and volumes of `frame` obey.

    Parameters
    ----------
    frame
        A candle frame with at least one row. Its volumes are sums of traded amounts, so they show
        the amount step as its prices show the tick.

    Raises
    ------
    DataError
        The frame is empty.
    """
    if frame.empty:
        raise DataError("market rules cannot be assumed from no candles; import or download some")
    step = _power_of_ten(frame["volume"].to_numpy(np.float64))
    prices = frame[["open", "high", "low", "close"]].to_numpy(np.float64)
    return MarketRules(_power_of_ten(prices), step, step, _ASSUMED_MIN_COST)


def rules_from_ccxt(market: Mapping[str, Any]) -> MarketRules | None:
    """Return the rules inside one of ccxt's market structures (precision mode: tick size).

    None when it states no price tick or no amount step; then candles have to tell.
    """
    precision, limits = market["precision"], market["limits"]
    if not precision.get("price") or not precision.get("amount"):
        return None
    step = float(precision["amount"])
    return MarketRules(
        price_tick=float(precision["price"]),
        amount_step=step,
        min_amount=float(limits["amount"]["min"] or step),
        min_cost=float(limits["cost"]["min"] or 0.0),
    )


def fees_frac(market: Market) -> tuple[float, float]:
    """Return the taker's and the maker's fee, as fractions of the cost."""
    return _FEES_FRAC[market]


def to_ccxt_market(pair: Pair, rules: MarketRules) -> dict[str, Any]:
    """Return the market structure ccxt would parse from a Binance that states `rules`.

    Feed it to ccxt's `set_markets` to trade or backtest a pair without asking any exchange. Upper
    limits are unknown and therefore None, which ccxt and Freqtrade read as unlimited.
    """
    swap = pair.market is Market.PERPETUAL
    taker_frac, maker_frac = fees_frac(pair.market)
    return {
        "id": pair.exchange_id,
        "lowercaseId": pair.exchange_id.lower(),
        "symbol": str(pair),
        "base": pair.base,
        "quote": pair.quote,
        "settle": pair.settle,
        "baseId": pair.base,
        "quoteId": pair.quote,
        "settleId": pair.settle,
        "type": "swap" if swap else "spot",
        "subType": "linear" if swap else None,
        "spot": not swap,
        "swap": swap,
        "contract": swap,
        "margin": False,
        "future": False,
        "option": False,
        "stock": False,
        "index": None if swap else False,
        "active": True,
        "marginModes": {"cross": swap, "isolated": swap},
        "linear": pair.settle == pair.quote if swap else None,
        "inverse": pair.settle == pair.base if swap else None,
        "taker": taker_frac,
        "maker": maker_frac,
        "contractSize": 1.0 if swap else None,
        **dict.fromkeys(("expiry", "expiryDatetime", "strike", "optionType", "created")),
        "precision": {
            "amount": rules.amount_step,
            "price": rules.price_tick,
            "base": _ASSET_PRECISION,
            "quote": _ASSET_PRECISION,
        },
        "limits": {
            "leverage": {"min": None, "max": None},
            "amount": {"min": rules.min_amount, "max": None},
            "price": {"min": rules.price_tick, "max": None},
            "cost": {"min": rules.min_cost, "max": None},
        },
        "info": {},
    }


def _power_of_ten(values: npt.NDArray[np.float64]) -> float:
    """Return the largest 1, 0.1, ... 1e-8 that (nearly) every value is a multiple of."""
    for decimals in range(_MAX_DECIMALS):
        exact = np.isclose(np.round(values, decimals), values, rtol=1e-12, atol=1e-12)
        if exact.mean() >= _EXACT_FRAC:
            return float(f"1e-{decimals}")
    return float(f"1e-{_MAX_DECIMALS}")
