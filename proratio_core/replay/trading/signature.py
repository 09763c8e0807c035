"""Who may ask: Binance's key and signature, checked as Binance checks them. Pure.

Source: Binance API documentation, "Request security" and "SIGNED endpoint security".
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from proratio_core.replay.refusals import (
    BAD_SIGNATURE,
    MISSING_PARAMETER,
    OUTSIDE_WINDOW,
    UNKNOWN_KEY,
    RefusedError,
)

__all__ = ["Credentials", "check_signature"]

_AHEAD_MS = 1_000


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """The key and secret of the one account here, and what they may do.

    Parameters
    ----------
    key, secret
        As a client states them.
    can_withdraw
        Whether the key could take money away; Proratio refuses to work with one that can.
    """

    key: str
    secret: str
    can_withdraw: bool = False


def check_signature(
    credentials: Credentials, key: str, payload: str, query: Mapping[str, str], *, now_ms: int
) -> None:
    """Raise unless a request is signed by the account's own key, and in time.

    Parameters
    ----------
    credentials
        Whose account it is.
    key
        What the header `X-MBX-APIKEY` says.
    payload
        Query string and body, one after the other, as they were sent.
    query
        The same, parsed.
    now_ms
        The exchange's time.

    Raises
    ------
    RefusedError
        The key is another, the signature does not fit, or the request is too old or too early.
    """
    if not hmac.compare_digest(key, credentials.key):
        raise RefusedError(
            UNKNOWN_KEY, "Invalid API-key, IP, or permissions for action.", status=401
        )
    signed, separator, signature = payload.rpartition("&signature=")
    if not separator or "timestamp" not in query:
        raise RefusedError(MISSING_PARAMETER, "Mandatory parameter was not sent or malformed.")
    expected = hmac.new(credentials.secret.encode(), signed.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(signature, expected):
        raise RefusedError(BAD_SIGNATURE, "Signature for this request is not valid.")
    sent_ms, window_ms = int(query["timestamp"]), int(query.get("recvWindow", "5000"))
    if not now_ms - window_ms <= sent_ms < now_ms + _AHEAD_MS:
        raise RefusedError(
            OUTSIDE_WINDOW, "Timestamp for this request is outside of the recvWindow."
        )
