"""A pair that the exchange no longer trades while something of it is held: told, and left alone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from typing import Any

__all__ = ["DelistingWatch"]

_log = logging.getLogger(__name__)
"""The standard library's: inside Freqtrade the host decides how its process logs."""


class DelistingWatch:
    """Tells once of every held pair that is no longer among the exchange's markets.

    Freqtrade reads the markets anew every hour. Of such a pair it gets no price, so it neither
    enters nor leaves it, and goes on with the others.

    Parameters
    ----------
    tell
        Told which pair it is, and what to do.
    """

    def __init__(self, tell: Callable[[str, str], None]) -> None:
        self._tell = tell
        self._told: set[str] = set()

    def look(self, held: Collection[str], markets: Mapping[str, Any]) -> None:
        """Look at what is held, in the light of the markets the exchange has now.

        Parameters
        ----------
        held
            Symbols of open trades.
        markets
            What ccxt knows, symbol -> market.
        """
        self._told &= {symbol for symbol in held if not _is_traded(symbol, markets)}
        for symbol in held:
            if symbol in self._told or _is_traded(symbol, markets):
                continue
            self._told.add(symbol)
            text = (
                f"{symbol} is no longer traded on the exchange and a position of it is open: it "
                "is frozen here, neither its stop nor its exits can act; look at the exchange"
            )
            _log.error("orders: %s", text)
            self._tell(symbol, text)


def _is_traded(symbol: str, markets: Mapping[str, Any]) -> bool:
    return symbol in markets and markets[symbol].get("active") is not False
