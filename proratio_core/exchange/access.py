"""ccxt clients for public data: made from a name, pointed at the exchange or a replay of it."""

from __future__ import annotations

import difflib
import threading
from typing import Any, Final

from proratio_core.clock import SystemClock
from proratio_core.errors import ConfigurationError, ProratioError
from proratio_core.exchange.translation import translated
from proratio_core.values import REPLAY, SIMULATED

__all__ = ["RECORD_HEADER", "open_client", "open_listening_client", "reachable"]

RECORD_HEADER: Final = "X-Proratio-Record"
"""HTTP header in which the replay exchange says whose candles it replays."""

_TIMEOUT_S: Final = 10.0
_REACHABLE_S: Final = 3.0
_LISTENED: Final = ("binance", SIMULATED, REPLAY)
"""The exchanges whose WebSockets were tried; what they say of a candle differs by exchange."""

_MOST_TRADES: Final = 10_000
"""Trades kept until somebody takes them; a burst beyond it is lost."""

_REPLAYED: Final = ("binance", SIMULATED, REPLAY)
"""The exchanges whose interface the replay server speaks."""


def open_client(exchange: str, *, url: str | None = None, timeout_s: float = _TIMEOUT_S) -> Any:
    """Return a ccxt client without keys; nothing is asked yet.

    Parameters
    ----------
    exchange
        Lower-case ccxt id; with a `url` also `simulated` or `replay`.
    url
        Base URL of a server that speaks Binance's interface (the replay exchange, a testnet)
        instead of the exchange's own.
    timeout_s
        How long one request may take.

    Raises
    ------
    ConfigurationError
        There is no such exchange, or `url` is set for one that is not Binance.
    """
    import ccxt  # noqa: PLC0415  # two seconds, only where an exchange is talked to

    if url is not None and exchange not in _REPLAYED:
        raise ConfigurationError(
            f"PRORATIO_EXCHANGE_URL ({url}) speaks Binance's interface and cannot stand in for "
            f"{exchange}; unset it, or use --exchange binance"
        )
    name = "binance" if url is not None else exchange
    if name not in ccxt.exchanges:
        close = difflib.get_close_matches(name, ccxt.exchanges, n=1)
        hint = f"did you mean {close[0]}?" if close else "use a lower-case ccxt id such as binance"
        raise ConfigurationError(f"there is no exchange {exchange!r} to ask; {hint}")
    config: dict[str, Any] = {
        "timeout": round(timeout_s * 1000),
        "enableRateLimit": True,
        "requests_trust_env": url is None,
        "options": {"fetchMarkets": {"types": ["spot", "linear"]}},
    }
    if url is not None:
        config |= {"enableRateLimit": False, "urls": {"api": _binance_urls(url.rstrip("/"))}}
    return getattr(ccxt, name)(config)


def open_listening_client(exchange: str, *, url: str | None = None) -> Any:
    """Return a ccxt client for WebSockets without keys; nothing is connected yet.

    Parameters
    ----------
    exchange, url
        As for `open_client`; only Binance and replays of it.

    Raises
    ------
    ConfigurationError
        The exchange is not one whose WebSockets are supported.
    """
    import ccxt.pro  # noqa: PLC0415  # two seconds, only where an exchange is listened to

    if exchange not in _LISTENED or (exchange != "binance" and url is None):
        raise ConfigurationError(
            f"streams of {exchange!r} are not supported; use --exchange binance, or keep "
            f"{exchange} up to date with `proratio data download`"
        )
    client = ccxt.pro.binance(
        {
            "aiohttp_trust_env": url is None,
            "options": {"fetchMarkets": {"types": ["spot", "linear"]}, "tradesLimit": _MOST_TRADES},
        }
    )
    if url is not None:
        base = url.rstrip("/")
        client.enableRateLimit = False
        client.urls["api"] |= _binance_urls(base) | {"ws": _binance_socket_urls(base)}
    return client


def reachable(exchange: str, *, url: str | None = None, timeout_s: float = _REACHABLE_S) -> bool:
    """Return whether the exchange answers within `timeout_s`, name resolution included.

    Raises
    ------
    ConfigurationError
        There is no such exchange.
    """
    client = open_client(exchange, url=url, timeout_s=timeout_s)
    answered = threading.Event()

    def ask() -> None:
        try:
            with translated(client, "the time", clock=SystemClock()):
                client.fetch_time()
        except ProratioError:
            return
        answered.set()

    asker = threading.Thread(target=ask, name="reachable", daemon=True)
    asker.start()
    asker.join(timeout_s)
    return answered.is_set()


def _binance_urls(url: str) -> dict[str, str]:
    return {
        "public": f"{url}/api/v3",
        "fapiPublic": f"{url}/fapi/v1",
        "fapiPublicV2": f"{url}/fapi/v2",
        "fapiPublicV3": f"{url}/fapi/v3",
        "fapiData": f"{url}/futures/data",
    }


def _binance_socket_urls(url: str) -> dict[str, str]:
    base = "ws" + url.removeprefix("http")
    return {"spot": f"{base}/stream/ws", "linear": f"{base}/fstream/ws"}
