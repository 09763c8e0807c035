"""Which signed request gets which answer: Binance's trading endpoints over one account, no HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from proratio_core.replay.trading import perpetual_endpoints, spot_endpoints
from proratio_core.replay.trading.signature import check_signature
from proratio_core.replay.trading.trader import Trader

__all__ = ["PrivateEndpoints", "SignedRequest"]

_HANDLERS: Final = {**spot_endpoints.HANDLERS, **perpetual_endpoints.HANDLERS}


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as it came.

    Parameters
    ----------
    method, path
        Of HTTP.
    key
        The header `X-MBX-APIKEY`; empty when it was not sent.
    payload
        Query string and body, one after the other, as they were sent.
    query
        The same, parsed.
    """

    method: str
    path: str
    key: str
    payload: str
    query: Mapping[str, str]


class PrivateEndpoints:
    """Answers the signed requests of one trader."""

    def __init__(self, trader: Trader) -> None:
        self._trader = trader

    @staticmethod
    def serves(method: str, path: str) -> bool:
        """Return whether a request is for these endpoints."""
        return (method, path) in _HANDLERS

    def answer(self, request: SignedRequest, *, now_ms: int) -> Any:
        """Return the JSON document for a request at `now_ms`.

        Raises
        ------
        RefusedError
            The signature or a parameter is wrong, or the order is not accepted.
        """
        check_signature(
            self._trader.credentials, request.key, request.payload, request.query, now_ms=now_ms
        )
        self._trader.venue.advance(now_ms)
        return _HANDLERS[request.method, request.path](self._trader, request.query, now_ms)
