"""What an exchange's key may do: Proratio works with keys that trade and with no others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from pydantic import SecretStr

from proratio_core.clock import Clock
from proratio_core.errors import ConfigurationError
from proratio_core.exchange.access import open_client
from proratio_core.exchange.testnet import is_testnet
from proratio_core.exchange.translation import translated

__all__ = ["KeyRights", "key_rights", "open_account_client", "require_trade_only"]


@dataclass(frozen=True, slots=True)
class KeyRights:
    """What a key may do.

    Parameters
    ----------
    can_trade_spot, can_trade_perpetuals
        Whether it may place orders.
    can_withdraw
        Whether it could take money off the exchange.
    can_transfer
        Whether it could move money between the owner's own accounts there.
    is_bound_to_address
        Whether it counts from named addresses alone; None where the exchange does not say.
    """

    can_trade_spot: bool
    can_trade_perpetuals: bool
    can_withdraw: bool
    can_transfer: bool
    is_bound_to_address: bool | None

    def __str__(self) -> str:
        may = {
            "trade spot": self.can_trade_spot,
            "trade perpetuals": self.can_trade_perpetuals,
            "transfer": self.can_transfer,
            "WITHDRAW": self.can_withdraw,
        }
        named = ", ".join(name for name, is_so in may.items() if is_so)
        bound = {True: "; from named addresses alone", False: "; from any address", None: ""}
        return f"may {named or 'only read'}{bound[self.is_bound_to_address]}"


def open_account_client(
    exchange: str, key: SecretStr, secret: SecretStr, *, url: str | None = None, timeout_s: float
) -> Any:
    """Return a ccxt client that may ask what `key` may do; nothing is asked yet.

    Parameters
    ----------
    exchange, url, timeout_s
        As for `open_client`.
    key, secret
        As Freqtrade has them.

    Raises
    ------
    ConfigurationError
        There is no such exchange.
    """
    client = open_client(exchange, url=url, timeout_s=timeout_s)
    client.apiKey, client.secret = key.get_secret_value(), secret.get_secret_value()
    if url is not None:
        client.urls["api"]["sapi"] = f"{url.rstrip('/')}/sapi/v1"
    return client


def key_rights(client: Any, *, clock: Clock) -> KeyRights | None:
    """Return what the key of a ccxt client may do; None where the exchange does not tell.

    Binance and Coinbase tell. Binance's testnet and its demo trading do not, and have no money to
    take.

    Parameters
    ----------
    client
        A ccxt exchange with a key, such as Freqtrade's own.
    clock
        Tells how long a ban still lasts.

    Raises
    ------
    ConfigurationError
        The exchange does not know the key, or its secret is another.
    TransientError
        The exchange does not answer.
    """
    reader = _READERS.get(client.id)
    if reader is None:
        return None
    with translated(client, "what the key may do", clock=clock):
        return reader(client)


def require_trade_only(client: Any, *, clock: Clock) -> KeyRights | None:
    """Return what a client's key may do, if it may trade and not withdraw.

    Raises
    ------
    ConfigurationError
        It may withdraw, it may not trade, or the exchange does not know it.
    TransientError
        The exchange does not answer.
    """
    rights = key_rights(client, clock=clock)
    if rights is not None:
        _refuse(rights, client.id)
    return rights


def _refuse(rights: KeyRights, exchange: str) -> None:
    if rights.can_withdraw:
        raise ConfigurationError(
            f"the {exchange} key may withdraw money, which no trading program should be able to; "
            f"delete it at {exchange}, make one that may only read and trade, and put that into "
            "FREQTRADE__EXCHANGE__KEY and FREQTRADE__EXCHANGE__SECRET"
        )
    if not (rights.can_trade_spot or rights.can_trade_perpetuals):
        raise ConfigurationError(
            f"the {exchange} key may only read; allow it to trade at {exchange}, and nothing more"
        )


def _of_binance(client: Any) -> KeyRights | None:
    if "sapi" not in client.urls["api"] or is_testnet(client):
        return None
    may = client.sapi_get_account_apirestrictions()
    return KeyRights(
        can_trade_spot=bool(may["enableSpotAndMarginTrading"]),
        can_trade_perpetuals=bool(may["enableFutures"]),
        can_withdraw=bool(may["enableWithdrawals"]),
        can_transfer=bool(may["enableInternalTransfer"] or may["permitsUniversalTransfer"]),
        is_bound_to_address=bool(may["ipRestrict"]),
    )


def _of_coinbase(client: Any) -> KeyRights | None:
    may = client.v3_private_get_brokerage_key_permissions()
    return KeyRights(
        can_trade_spot=bool(may["can_trade"]),
        can_trade_perpetuals=bool(may["can_trade"]),
        can_withdraw=bool(may["can_transfer"]),  # to any address: there is one right for both
        can_transfer=bool(may["can_transfer"]),
        is_bound_to_address=None,
    )


_READERS: Final[Mapping[str, Callable[[Any], KeyRights | None]]] = MappingProxyType(
    {
        "binance": _of_binance,
        "binanceusdm": _of_binance,
        "coinbase": _of_coinbase,
        "coinbaseadvanced": _of_coinbase,
    }
)
