"""An incident in one line, wherever it is told. Pure."""

from __future__ import annotations

import json
from typing import Final

from proratio_tradehub.journal.entry import JournalEntry

__all__ = ["incident_line"]

_SAID: Final = ("what", "reason", "error")
"""Where a document says in words what happened."""


def incident_line(entry: JournalEntry) -> str:
    """Return an incident in one line: the market, and what the record says. Foreign text.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from proratio_tradehub.journal.entry import Kind
    >>> incident_line(JournalEntry(event_id="1", account="a", strategy="s", kind=Kind.INCIDENT,
    ...     at=datetime(2024, 1, 1, tzinfo=UTC), symbol="BTC/USDT", document={"what": "lost"}))
    'BTC/USDT lost'
    """
    words = [str(entry.document[name]) for name in _SAID if entry.document.get(name)]
    said = ": ".join(words) or json.dumps(dict(entry.document), default=str)
    return f"{entry.symbol} {said}" if entry.symbol else said
