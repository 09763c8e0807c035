"""What went wrong on the way to a provider, as an abstention that says so and tells no secret."""

from __future__ import annotations

import math

from proratio_signals.opinions import Abstention, AbstentionKind

__all__ = ["abstain", "http_abstention"]

_KINDS = {
    401: AbstentionKind.AUTHENTICATION,
    402: AbstentionKind.RATE_LIMITED,
    403: AbstentionKind.AUTHENTICATION,
    408: AbstentionKind.TIMEOUT,
    429: AbstentionKind.RATE_LIMITED,
}
_ADVICE = {
    AbstentionKind.AUTHENTICATION: "the key was not accepted or may not use this model; check it",
    AbstentionKind.RATE_LIMITED: "too many requests, or the account's quota is used up",
    AbstentionKind.SERVER_ERROR: "the provider failed",
    AbstentionKind.TIMEOUT: "the provider took too long",
    AbstentionKind.FAILED: "the provider does not accept the request",
}
_UNKNOWN = "the provider does not know this model or address"
_FILTERED = ("content_filter", "content_policy_violation", "invalid_prompt")
_EXHAUSTED = ("insufficient_quota", "billing_hard_limit_reached")
"""Codes of a 429 that no waiting mends."""
_GATEWAY = frozenset((408, 502, 504, *range(520, 525)))
"""Said by whoever stands before the provider, which may have done the work and charge for it."""
_UNSENT = frozenset(
    (
        *("ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError"),  # httpx
        *("ClientConnectorError", "ClientConnectorDNSError", "ConnectionTimeoutError"),  # aiohttp
    )
)
"""Errors raised before a request left this machine, by name: the SDKs bring their own clients."""
_MAX_MESSAGE_CHARS = 200


def abstain(kind: AbstentionKind, error: BaseException) -> Abstention:
    """Return an abstention that names the type of `error`; its text may hold anything."""
    what = {
        AbstentionKind.TIMEOUT: "the provider did not answer in time",
        AbstentionKind.CONNECTION: "the provider could not be reached or the connection broke",
    }.get(kind, "the call failed")
    return Abstention(kind, f"{what} ({type(error).__name__})", billable=not _never_sent(error))


def http_abstention(
    status: int,
    *,
    message: str | None,
    code: str | None = None,
    retry_after: str | None = None,
    secret: str = "",
) -> Abstention:
    """Return the abstention for an HTTP error.

    Parameters
    ----------
    status
        The HTTP status.
    message
        What the provider says. It is quoted only for refused requests, where it names the wrong
        parameter, shortened and without `secret`; messages about keys may quote the key.
    code
        The provider's own error code, if it has one.
    retry_after
        The `Retry-After` header: seconds. A date, or a quota that is used up, is an infinite wait.
    secret
        The key that was sent.
    """
    if code in _FILTERED:
        detail = f"HTTP {status}: a content filter stopped it"
        return Abstention(AbstentionKind.REFUSED, detail, billable=False)
    if code == "API_KEY_INVALID":
        status = 401
    fallback = AbstentionKind.SERVER_ERROR if status >= 500 else AbstentionKind.FAILED
    kind = _KINDS.get(status, fallback)
    advice = _UNKNOWN if status == 404 else _ADVICE[kind]
    detail = f"HTTP {status}: {advice}"
    if retry_after is not None and retry_after.isdecimal():
        detail += f"; it asks to wait {retry_after[:6]} s"
    if kind is AbstentionKind.FAILED and message:
        detail += f"; it says: {_quote(message, secret)}"
    hopeless = status == 402 or code in _EXHAUSTED
    wait_s = math.inf if hopeless else _seconds(retry_after)
    return Abstention(kind, detail, retry_after_s=wait_s, billable=status in _GATEWAY)


def _seconds(retry_after: str | None) -> float | None:
    if retry_after is None:
        return None
    try:
        wait_s = float(retry_after)
    except ValueError:  # a date
        return math.inf
    return wait_s if wait_s >= 0 else math.inf  # NaN too


def _never_sent(error: BaseException | None) -> bool:
    """Whether the request behind an error of an SDK never left this machine."""
    while error is not None:
        if type(error).__name__ in _UNSENT:
            return True
        error = error.__cause__ or error.__context__
    return False


def _quote(message: str, secret: str) -> str:
    if secret:
        message = message.replace(secret, "***")
    plain = "".join(mark for mark in " ".join(message.split()) if mark.isprintable())
    return plain[:_MAX_MESSAGE_CHARS]
