"""Whose money something is about; every message and every page says it. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

__all__ = ["Mark"]


class Mark(StrEnum):
    """What stands at the head of whatever is shown, so that no rehearsal passes for real money."""

    LIVE = "LIVE"
    PAPER = "PAPER"
    SIMULATED = "SIMULATED"
    EVERY_BOT = "EVERY BOT"
    """Of the installation: real money may be among them."""

    @classmethod
    def of_account(cls, account: str) -> Mark:
        """Return the mark of an account as risk records name it: bot, mode, source, market.

        What is not understood may be real money, so it is taken for that.

        Examples
        --------
        >>> Mark.of_account("freqtrade dry_run binance spot").value
        'PAPER'
        """
        mode, source = ([""] * 3 + account.split(" "))[-3:-1]
        if source in _INVENTED_SOURCES or mode in _PAST_MODES:
            return cls.SIMULATED
        return cls.PAPER if mode == "dry_run" else cls.LIVE

    @classmethod
    def of_exchange(cls, exchange: str) -> Mark:
        """Return the mark of what concerns every bot on `exchange`."""
        return cls.SIMULATED if exchange in _INVENTED_SOURCES else cls.EVERY_BOT


_INVENTED_SOURCES: Final = frozenset({"replay", "simulated", "testnet"})
_PAST_MODES: Final = frozenset({"backtest", "hyperopt"})
