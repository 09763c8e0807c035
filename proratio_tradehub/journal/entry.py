"""One line of the journal: something a trading bot saw, decided or did. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

__all__ = ["JournalEntry", "Kind", "event_id"]

_NAMESPACE: Final = uuid.UUID("6f3a1f0c-3d0e-5b7e-9a55-0c6f2f0c1d07")
_BETWEEN: Final = "\x1f"


class Kind(StrEnum):
    """What an entry is about, in the order in which it happens to a trade."""

    CANDIDATE = "candidate"
    """A candle closed on which the rule would enter."""
    VOTE = "vote"
    """What the panel said of it."""
    VERDICT = "verdict"
    """What the risk profile allows, or every reason against it."""
    INTENT = "intent"
    """An order is about to be sent."""
    ORDER = "order"
    FILL = "fill"
    CANCEL = "cancel"
    STOP = "stop"
    """The stop was moved."""
    EXIT = "exit"
    """The trade is over."""
    INCIDENT = "incident"
    """Something went wrong, and what became of it."""
    RECONCILED = "reconciled"
    """What was found of an intent after a restart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One entry.

    Parameters
    ----------
    event_id
        The same for the same event however often it is seen; the log has it too.
    account, strategy
        Whose it is: "BOT MODE SOURCE MARKET", and the name of the strategy.
    kind
        What it is about.
    at
        When it happened, UTC.
    symbol
        The market, in ccxt's notation; None when it is about no market.
    signal_id
        Freqtrade's `enter_tag`, which names the vote; None for a rule without votes.
    trade_id, order_id
        Freqtrade's number of the trade, and the exchange's of the order.
    document
        The rest, as JSON: figures in units their names state, times in ISO 8601.
    id
        Its number in the table, in the sequence of recording; None until it is stored.
    """

    event_id: str
    account: str
    strategy: str
    kind: Kind
    at: datetime
    symbol: str | None = None
    signal_id: str | None = None
    trade_id: int | None = None
    order_id: str | None = None
    document: Mapping[str, Any] = field(default_factory=dict)
    id: int | None = None


def event_id(*parts: object) -> str:
    """Return a name, 32 hexadecimal digits, that equal parts always give.

    Parameters
    ----------
    parts
        What makes the event what it is; the account is always among it.

    Examples
    --------
    >>> event_id("bot dry_run binance spot", "fill", "BTC/USDT", "42")
    '2dc80220ac52590faa0ed70e71e69507'
    """
    name = _BETWEEN.join(map(str, parts)).encode("utf-8", "backslashreplace").decode()
    return uuid.uuid5(_NAMESPACE, name).hex
