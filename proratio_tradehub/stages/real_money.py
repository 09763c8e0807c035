"""Whether an account's orders move real money: where that is not certain, they do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from proratio_tradehub.account_name import AccountName
from proratio_tradehub.marks import Mark

__all__ = ["is_real_money"]

_PAPER: Final = "dry_run"
_PRIVATE: Final = {"spot": ("private",), "futures": ("fapiPrivate", "private")}
"""Under which names ccxt keeps the address that takes orders."""


def is_real_money(account: str, client: Any) -> bool:
    """Return whether orders of an account reach a real exchange.

    A configuration may call its market invented. That is believed only where the client does not
    send its orders to the exchange's own address.

    Parameters
    ----------
    account
        Its name: bot, mode, source, market.
    client
        Freqtrade's ccxt client; only what it remembers is read.
    """
    name = AccountName.parse(account)
    if name.mode == _PAPER or getattr(client, "isSandboxModeEnabled", False):
        return False
    is_invented = Mark.of_account(account) is Mark.SIMULATED
    return not is_invented or _asks_the_exchange(client, name.market)


def _asks_the_exchange(client: Any, market: str) -> bool:
    try:
        used, own = client.urls["api"], client.describe()["urls"]["api"]
    except (AttributeError, KeyError, TypeError):
        return True
    if not (isinstance(used, Mapping) and isinstance(own, Mapping)):
        return bool(used == own)
    names = [name for name in _PRIVATE.get(market, ()) if name in own]
    return not names or used.get(names[0]) == own[names[0]]
