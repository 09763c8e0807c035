"""What the page Risk reads: refused entries by rule, and the orders in both their places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from proratio_core.database import Database
from proratio_core.errors import ProratioError
from proratio_tradehub.dashboard.house import House
from proratio_tradehub.dashboard.reading import rows
from proratio_tradehub.halts import HaltEvent, HaltLedger, Halts, halt_file

__all__ = ["RefusedEntry", "read_orders", "read_refused", "read_rule_counts"]

_COUNTS: Final = (
    "SELECT rule, count(*) FROM refusal WHERE account = %s AND refused_at >= %s "
    "GROUP BY rule ORDER BY count(*) DESC, rule LIMIT 40"
)
_NEWEST: Final = (
    "SELECT refused_at, symbol, strategy, reasons FROM refusal WHERE account = %s "
    "AND refused_at >= %s ORDER BY refused_at DESC, id DESC LIMIT %s"
)


@dataclass(frozen=True, slots=True)
class RefusedEntry:
    """An entry that was not made: when, of what, by which strategy, and (rule, why) of each."""

    at: datetime
    symbol: str
    strategy: str
    reasons: tuple[tuple[str, str], ...]


def read_rule_counts(
    database: Database, account: str, *, since: datetime
) -> tuple[tuple[str, int], ...]:
    """Return rule and refused entries, the most frequent first."""
    return tuple((rule, count) for rule, count in rows(database, _COUNTS, (account, since)))


def read_refused(
    database: Database, account: str, *, since: datetime, most: int
) -> tuple[RefusedEntry, ...]:
    """Return the newest refused entries."""
    return tuple(
        RefusedEntry(at, symbol, strategy, _reasons(document))
        for at, symbol, strategy, document in rows(database, _NEWEST, (account, since, most))
    )


def read_orders(house: House) -> tuple[HaltEvent, ...]:
    """Return every order that is known, the newest first; from the file where need be."""
    file = halt_file(house.settings)
    try:
        found = house.reader.read(
            lambda database: Halts(file, HaltLedger(database), clock=house.clock).history()
        )
    except ProratioError as error:
        found = Halts(file, error, clock=house.clock).history()
    return tuple(reversed(found))


def _reasons(document: Any) -> tuple[tuple[str, str], ...]:
    """Return the reasons of a row, whatever wrote it."""
    found: Sequence[Any] = document if isinstance(document, list) else [document]
    return tuple(
        (str(one.get("rule", "")), str(one.get("message", "")))
        if isinstance(one, dict)
        else ("", str(one))
        for one in found
    )
