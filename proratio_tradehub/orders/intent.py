"""An order before it is sent: what it is for, and the name it will be found by. Pure."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

__all__ = ["OrderIntent", "Purpose", "new_name", "purpose_of"]

_PREFIX: Final = "pr"
_RANDOM_BYTES: Final = 10


class Purpose(StrEnum):
    """What an order does to a position."""

    OPEN = "open"
    """Opens it or adds to it."""
    CLOSE = "close"
    """Closes all or a part of it."""
    STOP = "stop"
    """Waits for a price to close it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderIntent:
    """An order as it will be sent.

    Parameters
    ----------
    name
        The client's own name for it, which the exchange keeps.
    at
        When it was written down, UTC.
    symbol, side, kind
        The market, `buy` or `sell`, and the type of order, in ccxt's words.
    purpose
        What it does to a position.
    amount
        In the base currency, or in contracts.
    price, stop_price
        In the quote currency; None for what the order does not state.
    tag
        Freqtrade's `enter_tag` of an opening.
    leverage
        Of an opening.
    """

    name: str
    at: datetime
    symbol: str
    side: str
    kind: str
    purpose: Purpose
    amount: float
    price: float | None = None
    stop_price: float | None = None
    tag: str | None = None
    leverage: float = 1.0

    def __str__(self) -> str:
        at = "" if self.price is None else f" at {self.price:g}"
        stop = "" if self.stop_price is None else f" from {self.stop_price:g}"
        return f"{self.side} {self.amount:g} {self.symbol}{stop}{at} ({self.purpose}, {self.name})"


def new_name() -> str:
    """Return a name for an order that no other has.

    18 small letters and digits: what every exchange allows (Kraken 18 characters, OKX letters and
    digits, Gate 28, Binance and Bybit 36), and 80 random bits.
    """
    digits = base64.b32encode(secrets.token_bytes(_RANDOM_BYTES)).decode().lower()
    return _PREFIX + digits


def purpose_of(side: str, params: Mapping[str, Any], *, is_contract: bool) -> Purpose:
    """Return what an order is for, by what Freqtrade sends.

    On spot nothing can be sold that was not bought; on perpetuals Freqtrade closes with
    `reduceOnly` alone.

    Parameters
    ----------
    side, params
        Of the order, in ccxt's words.
    is_contract
        Whether the market is one of perpetuals.
    """
    if "stopPrice" in params or "triggerPrice" in params or "stopLossPrice" in params:
        return Purpose.STOP
    closes = bool(params.get("reduceOnly")) if is_contract else side == "sell"
    return Purpose.CLOSE if closes else Purpose.OPEN
