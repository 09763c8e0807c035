"""Why the replay exchange does not accept a request, in Binance's codes."""

from __future__ import annotations

__all__ = [
    "BAD_PRECISION",
    "BAD_SIGNATURE",
    "BAD_SYMBOL",
    "CANCEL_REJECTED",
    "FILTER",
    "INSUFFICIENT",
    "INSUFFICIENT_MARGIN",
    "MISSING_PARAMETER",
    "NOT_STATED",
    "NO_SUCH_ORDER",
    "OUTSIDE_WINDOW",
    "REDUCE_ONLY",
    "UNKNOWN_KEY",
    "WOULD_TRIGGER",
    "RefusedError",
]

FILTER = -1013
OUTSIDE_WINDOW = -1021
BAD_SIGNATURE = -1022
MISSING_PARAMETER = -1102
BAD_PRECISION = -1111
BAD_SYMBOL = -1121
INSUFFICIENT = -2010
CANCEL_REJECTED = -2011
NO_SUCH_ORDER = -2013
UNKNOWN_KEY = -2015
INSUFFICIENT_MARGIN = -2019
WOULD_TRIGGER = -2021
REDUCE_ONLY = -2022
NOT_STATED = -4108
"""Binance's word on a contract that has no such figure: closed, or not traded yet."""


class RefusedError(Exception):
    """A request that Binance answers with an error document.

    Parameters
    ----------
    code, message
        As Binance has them.
    status
        The HTTP status.
    """

    def __init__(self, code: int, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.document = {"code": code, "msg": message}
        self.status = status
