"""Who may trade on the exchange that `proratio replay` serves, out of the command's options."""

from __future__ import annotations

import math
import secrets
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

from proratio_core.errors import ConfigurationError

if TYPE_CHECKING:
    from proratio_core.replay import RecordedMarket
    from proratio_core.replay.trading import Credentials, Trader

__all__ = ["credentials_of", "open_trader", "parse_balances"]

_DEFAULT: Final = ("USDT=10000",)


def credentials_of(key: str | None, secret: str | None) -> tuple[Credentials, bool]:
    """Return the key pair that may trade, and whether it was made up here.

    Raises
    ------
    ConfigurationError
        One of the two is given without the other.
    """
    from proratio_core.replay.trading import Credentials

    if (key is None) != (secret is None):
        raise ConfigurationError(
            "--key and --secret go together; give both, or neither and take the pair that is shown"
        )
    if key is None or secret is None:
        return Credentials(f"replay-{secrets.token_hex(8)}", secrets.token_hex(16)), True
    return Credentials(key, secret), False


def parse_balances(texts: Sequence[str]) -> dict[str, float]:
    """Return what the account begins with, asset -> amount.

    Raises
    ------
    ConfigurationError
        A text is not ASSET=AMOUNT, the amount is below 0, or an asset is named twice.

    Examples
    --------
    >>> parse_balances(["USDT=5000", "BTC=0.5"])
    {'USDT': 5000.0, 'BTC': 0.5}
    """
    balances: dict[str, float] = {}
    for text in texts or _DEFAULT:
        asset, _, amount = text.partition("=")
        try:
            value = float(amount)
        except ValueError:
            value = math.nan
        if not asset or asset in balances or not 0.0 <= value < math.inf:
            raise ConfigurationError(
                f"--balance {text!r} is not understood; write ASSET=AMOUNT, each asset once, "
                "e.g. --balance USDT=10000 --balance BTC=0.5"
            )
        balances[asset] = value
    return balances


def open_trader(
    markets: Collection[RecordedMarket],
    credentials: Credentials,
    balances: dict[str, float],
    participation_frac: float | None,
) -> Trader:
    """Return the trader of the served markets."""
    from proratio_core.replay.trading import Trader

    return Trader.open(markets, credentials, balances, participation_frac=participation_frac)
