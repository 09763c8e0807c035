"""What an account is called: bot, mode, exchange or its stand-in, market. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

__all__ = ["AccountName"]

_PARTS = 4


@dataclass(frozen=True, slots=True)
class AccountName:
    """The parts of an account's name, as risk records and the journal state it.

    Parameters
    ----------
    bot
        Freqtrade's `bot_name`; it may contain blanks.
    mode
        `live`, `dry_run`, or that of a past.
    source
        Whose market: an exchange, `replay` or `simulated`.
    market
        `spot` or `futures`.

    Examples
    --------
    >>> AccountName.parse("my bot dry_run binance spot").bot
    'my bot'
    >>> str(AccountName.parse("freqtrade live binance spot").on_paper)
    'freqtrade dry_run binance spot'
    """

    bot: str
    mode: str
    source: str
    market: str

    @classmethod
    def parse(cls, account: str) -> Self:
        """Return the parts; what is missing is empty."""
        parts = [""] * _PARTS + account.split(" ")
        return cls(" ".join(filter(None, parts[:-3])), *parts[-3:])

    @property
    def on_paper(self) -> AccountName:
        """The same bot on the same market, without money."""
        return replace(self, mode="dry_run")

    @property
    def in_earnest(self) -> AccountName:
        """The same bot on the same market, with money."""
        return replace(self, mode="live")

    def __str__(self) -> str:
        return f"{self.bot} {self.mode} {self.source} {self.market}"
