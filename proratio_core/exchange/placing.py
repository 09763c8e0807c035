"""What became of an order whose reply did not come: which failures leave it open, and asking."""

from __future__ import annotations

from typing import Any, Final

__all__ = [
    "OpenQuestion",
    "acceptance_window_s",
    "as_invalid_order",
    "find_order",
    "is_outcome_open",
    "refusal",
]

_ASKED_BY_NAME: Final = frozenset({"binance", "binanceusdm", "binanceus"})
"""Exchanges that find an order by the client's name for it; elsewhere the lists are looked at."""

_UNSTATED_WINDOW_S: Final = 30.0


class OpenQuestion(Exception):  # noqa: N818  # not an error: nobody knows yet
    """The exchange does not say whether an order exists."""


def is_outcome_open(error: Exception, *, server_failed: bool = False) -> bool:
    """Return whether an order may have been accepted although placing it raised `error`.

    What the exchange itself refused was not accepted; neither was what it turned away unread for
    too many requests or a wrong time. Everything else (no reply, half a reply, a server's failure,
    one's own parser's) leaves it open, and so does a name that is taken: it may be this order's.

    Parameters
    ----------
    error
        What placing it raised.
    server_failed
        Whether the answer had a status of 500 or above.
    """
    import ccxt  # noqa: PLC0415  # two seconds, only where an exchange is talked to

    if server_failed or isinstance(error, ccxt.DuplicateOrderId):
        return True
    if isinstance(error, ccxt.ExchangeError):
        return "duplicate" in str(error).lower()
    unread = (ccxt.DDoSProtection, ccxt.RateLimitExceeded, ccxt.InvalidNonce)
    return not isinstance(error, unread)


def acceptance_window_s(client: Any) -> float:
    """Return how long after it was sent an exchange may still accept an order."""
    window_ms = client.options.get("recvWindow")
    return _UNSTATED_WINDOW_S if window_ms is None else float(window_ms) / 1000.0


def as_invalid_order(error: Exception) -> Exception:
    """Return a refusal that ccxt has no special word for as one of the order itself.

    A ban, a wrong key, too little money and the like stay what they are.
    """
    import ccxt  # noqa: PLC0415  # two seconds, only where an exchange is talked to

    return ccxt.InvalidOrder(str(error)) if type(error) is ccxt.ExchangeError else error


def find_order(
    client: Any, symbol: str, name: str, *, is_stop: bool, since_ms: int
) -> dict[str, Any] | None:
    """Return the order that bears the client's own name; None when the exchange knows none.

    Parameters
    ----------
    client
        A ccxt client with a key.
    symbol, name
        The market, and the order's client id.
    is_stop
        Whether it waits for a price; some exchanges keep those apart.
    since_ms
        When it was sent at the earliest.

    Raises
    ------
    OpenQuestion
        The exchange does not say.
    """
    import ccxt  # noqa: PLC0415  # two seconds, only where an exchange is talked to

    try:
        if client.id in _ASKED_BY_NAME:
            return _asked_by_name(client, symbol, name, is_stop=is_stop)
        return _looked_up(client, symbol, name, since_ms=since_ms)
    except ccxt.OrderNotFound:
        return None
    except ccxt.BaseError as error:
        raise OpenQuestion(f"{client.id} does not say what became of {name}: {error}") from error


def refusal(message: str, *, is_open: bool) -> Exception:
    """Return ccxt's error for an order that is not placed here.

    Parameters
    ----------
    message
        Why.
    is_open
        Whether an order like it may exist; else it surely does not.
    """
    import ccxt  # noqa: PLC0415  # two seconds, only where an exchange is talked to

    kind = ccxt.ExchangeNotAvailable if is_open else ccxt.InvalidOrder
    error: Exception = kind(message)
    return error


def _asked_by_name(client: Any, symbol: str, name: str, *, is_stop: bool) -> dict[str, Any]:
    apart = is_stop and bool(client.market(symbol).get("contract"))
    params = {"clientOrderId": name} | ({"stop": True} if apart else {})
    order: dict[str, Any] = client.fetch_order("", symbol, params)
    return order


def _looked_up(client: Any, symbol: str, name: str, *, since_ms: int) -> dict[str, Any] | None:
    """Look through what is open, then what is over."""
    for ability in ("fetchOpenOrders", "fetchClosedOrders", "fetchOrders"):
        if not client.has.get(ability):
            continue
        ask = {
            "fetchOpenOrders": client.fetch_open_orders,
            "fetchClosedOrders": client.fetch_closed_orders,
            "fetchOrders": client.fetch_orders,
        }[ability]
        for order in ask(symbol, since_ms):
            if order.get("clientOrderId") == name:
                found: dict[str, Any] = order
                return found
    return None
