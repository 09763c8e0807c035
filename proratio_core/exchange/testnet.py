"""Whether a ccxt client's orders go to an exchange's test market. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["is_testnet"]

_ORDERS: Final = ("private", "fapiPrivate", "dapiPrivate")
"""Under which names ccxt keeps the addresses that take orders on Binance."""


def is_testnet(client: Any) -> bool:
    """Return whether every address of a client that takes orders is one of a test market.

    That is ccxt's sandbox, or the addresses ccxt lists as the exchange's test or demo trading. An
    option alone, or a single address, makes no testnet.

    Parameters
    ----------
    client
        A ccxt exchange; only what it remembers is read.
    """
    if getattr(client, "isSandboxModeEnabled", False):
        return True
    try:
        used, stated = client.urls["api"], client.describe()["urls"]
    except (AttributeError, KeyError, TypeError):
        return False
    tests = [stated[name] for name in ("test", "demo") if isinstance(stated.get(name), Mapping)]
    known = {url for urls in tests for url in urls.values()}
    named = [used[name] for name in _ORDERS if isinstance(used, Mapping) and name in used]
    return bool(named) and known.issuperset(named)
