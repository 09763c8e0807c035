"""Orders as Binance's parameters spell them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from proratio_core.replay.refusals import MISSING_PARAMETER, RefusedError
from proratio_core.replay.trading.orders import OrderKind, Side, Ticket, TimeInForce
from proratio_core.values import Market, Pair

__all__ = ["KIND_NAMES", "TIME_NAMES", "ticket_of"]

KIND_NAMES: Final[Mapping[Market, Mapping[OrderKind, str]]] = {
    Market.SPOT: {
        OrderKind.LIMIT: "LIMIT",
        OrderKind.MARKET: "MARKET",
        OrderKind.STOP_LIMIT: "STOP_LOSS_LIMIT",
        OrderKind.STOP_MARKET: "STOP_LOSS",
    },
    Market.PERPETUAL: {
        OrderKind.LIMIT: "LIMIT",
        OrderKind.MARKET: "MARKET",
        OrderKind.STOP_LIMIT: "STOP",
        OrderKind.STOP_MARKET: "STOP_MARKET",
    },
}
"""What each market calls the kinds of orders."""

TIME_NAMES: Final[Mapping[TimeInForce, str]] = {
    TimeInForce.GTC: "GTC",
    TimeInForce.IOC: "IOC",
    TimeInForce.FOK: "FOK",
    TimeInForce.POST_ONLY: "GTX",
}


def ticket_of(pair: Pair, query: Mapping[str, str]) -> Ticket:
    """Return the order that a request asks for.

    Raises
    ------
    RefusedError
        A parameter is missing, or not one the replay exchange knows.
    """
    kind, time_in_force = _kind(pair.market, query)
    limited = kind in {OrderKind.LIMIT, OrderKind.STOP_LIMIT}
    return Ticket(
        pair=pair,
        side=_side(query),
        kind=kind,
        amount=_number(query, "quantity"),
        price=_number(query, "price") if limited else None,
        stop_price=_stop_price(query) if kind.is_stop else None,
        time_in_force=time_in_force,
        client_id=query.get("newClientOrderId") or query.get("clientAlgoId") or "",
        reduce_only=query.get("reduceOnly", "").lower() == "true",
    )


def _kind(market: Market, query: Mapping[str, str]) -> tuple[OrderKind, TimeInForce]:
    name = query.get("type", "")
    if name == "LIMIT_MAKER":
        return OrderKind.LIMIT, TimeInForce.POST_ONLY
    for kind, known in KIND_NAMES[market].items():
        if name == known:
            return kind, _time_in_force(query)
    raise RefusedError(-1116, "Invalid orderType.")


def _time_in_force(query: Mapping[str, str]) -> TimeInForce:
    name = query.get("timeInForce", "GTC")
    for time_in_force, known in TIME_NAMES.items():
        if name == known:
            return time_in_force
    raise RefusedError(-1115, "Invalid timeInForce.")


def _side(query: Mapping[str, str]) -> Side:
    try:
        return Side(query.get("side", ""))
    except ValueError:
        raise RefusedError(-1117, "Invalid side.") from None


def _stop_price(query: Mapping[str, str]) -> float:
    return _number(query, "triggerPrice" if "triggerPrice" in query else "stopPrice")


def _number(query: Mapping[str, str], name: str) -> float:
    try:
        return float(query[name])
    except (KeyError, ValueError):
        raise RefusedError(
            MISSING_PARAMETER, f"Mandatory parameter '{name}' was not sent, or malformed."
        ) from None
