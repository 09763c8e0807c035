"""What ccxt's errors mean to us: each becomes one error of our own tree, chained."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from proratio_core.clock import Clock, to_ms
from proratio_core.errors import (
    ConfigurationError,
    DataError,
    ProratioError,
    RateLimitError,
    TransientError,
)

__all__ = ["stated_wait_s", "translate", "translated"]

_BANNED_UNTIL: Final = re.compile(r"banned until (\d{13})")
_LONGEST_DETAIL: Final = 300
_RESTRICTED: Final = (
    "It does not serve this country; use another --exchange, or import files with "
    "`proratio data import`"
)
_UNREADABLE: Final = (ValueError, TypeError, KeyError, IndexError, AttributeError)
"""What ccxt's parsers raise on documents that are not what the exchange promised."""


@contextmanager
def translated(client: Any, what: str, *, clock: Clock) -> Iterator[None]:
    """Turn every error of the one ccxt call inside the block into one of ours.

    Parameters
    ----------
    client
        The ccxt exchange that is called.
    what
        What is asked for, as it should stand in a message.
    clock
        Tells how long a ban that names its end still lasts.

    Raises
    ------
    ProratioError
        See `translate`.
    """
    import ccxt  # noqa: PLC0415  # two seconds, only where an exchange is talked to

    try:
        yield
    except ccxt.BaseError as error:
        headers = client.last_response_headers or {}
        wait_s = stated_wait_s(headers, str(error), now_ms=to_ms(clock.now()))
        raise translate(error, f"{client.id}, asked for {what}", retry_after_s=wait_s) from error
    except _UNREADABLE as error:
        raise TransientError(
            f"{client.id}, asked for {what}, gave an answer that cannot be read ({error!r}); "
            "try again"
        ) from error


def translate(error: Exception, where: str, *, retry_after_s: float | None) -> ProratioError:
    """Return our error for one of ccxt's.

    Parameters
    ----------
    error
        A `ccxt.BaseError`.
    where
        Who was asked for what.
    retry_after_s
        How long the exchange asked us to wait, when it said so.
    """
    import ccxt  # noqa: PLC0415

    text = " ".join(str(error).split())
    cause = " ".join(str(_root(error)).split())
    detail = f"{where}: {text[:_LONGEST_DETAIL]}"
    detail += f" ({cause[:_LONGEST_DETAIL]})" if cause and cause not in text else ""
    if isinstance(error, ccxt.DDoSProtection | ccxt.RateLimitExceeded):
        wait = "did not say how long" if retry_after_s is None else f"wait {retry_after_s:.0f} s"
        return RateLimitError(
            f"{where}, wants fewer requests ({wait})", retry_after_s=retry_after_s
        )
    restricted = "restricted location" in text or isinstance(error, ccxt.RestrictedLocation)
    set_up = (ccxt.AuthenticationError, ccxt.NotSupported, ccxt.InvalidProxySettings)
    untrusted = type(error.__cause__).__name__ == "SSLError"
    kinds: tuple[tuple[bool, type[ProratioError], str], ...] = (
        (restricted, ConfigurationError, _RESTRICTED),
        (untrusted, ConfigurationError, "Its certificate is not trusted here; check the proxy"),
        (isinstance(error, ccxt.OperationFailed), TransientError, "Check the network, try again"),
        (isinstance(error, ccxt.BadSymbol), DataError, "Check the pair"),
        (isinstance(error, set_up), ConfigurationError, "Check the exchange and its settings"),
        (True, DataError, "The exchange refuses this request; change what is asked for"),
    )
    kind, remedy = next((kind, remedy) for applies, kind, remedy in kinds if applies)
    return kind(f"{detail}. {remedy}")


def _root(error: BaseException) -> BaseException:
    """Return the first error of the chain: the one that says what happened."""
    while (before := error.__cause__ or error.__context__) is not None:
        error = before
    return error


def stated_wait_s(headers: Mapping[str, str], text: str, *, now_ms: int) -> float | None:
    """Return the seconds that Retry-After, or a ban's end in the message, asks to wait."""
    stated = headers.get("Retry-After", "")
    if stated.isdigit():
        return float(stated)
    until = _BANNED_UNTIL.search(text)
    return None if until is None else max(0.0, (int(until[1]) - now_ms) / 1000)
