"""Has backtests started and cancelled: by operators, each confirmation once, on record."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from proratio_core.errors import ProratioError
from proratio_tradehub.dashboard.access import Visitor
from proratio_tradehub.dashboard.access.deeds import deed_file
from proratio_tradehub.dashboard.access.operators import require_operator
from proratio_tradehub.dashboard.house import House
from proratio_tradehub.dashboard.launching import BacktestOrder, StoredCandles, checked_order

__all__ = ["Ordered", "cancel_backtest", "order_backtest", "start_backtest"]

_START: Final = "start backtest"
_CANCEL: Final = "cancel backtest"


@dataclass(frozen=True, slots=True)
class Ordered:
    """A backtest that was shown and is to be confirmed, and what starts it, once."""

    order: BacktestOrder
    token: str


def order_backtest(  # what is to be run, who wants it, and what there is
    house: House,
    visitor: Visitor | None,
    session: str,
    order: BacktestOrder,
    *,
    stored: Sequence[StoredCandles],
    profiles: Collection[str],
) -> Ordered:
    """Return what is to be confirmed.

    Parameters
    ----------
    house
        The installation.
    visitor
        Who orders; None when their session has ended.
    session
        Of the page; the confirmation is good for it alone.
    order
        As it was entered.
    stored, profiles
        The candles and the profiles there are.

    Raises
    ------
    ConfigurationError
        The visitor may not act.
    DataError
        It cannot be run; the message says what to change.
    """
    _operator(house, visitor, _START)
    checked_order(order, stored, profiles)
    return Ordered(order, house.tokens.issue(session, _named(order)))


def start_backtest(house: House, visitor: Visitor | None, session: str, ordered: Ordered) -> None:
    """Start what was confirmed; that it is wanted stands on record before it runs.

    Raises
    ------
    ConfigurationError
        The visitor may not act, another backtest is running, or the confirmation is not theirs,
        used or too old.
    TransientError
        The record cannot be written; nothing was started.
    """
    by, order = _operator(house, visitor, _START).name, ordered.order
    house.tokens.redeem(ordered.token, session, _named(order))
    deeds = deed_file(house.settings, house.clock)
    deeds.record(by=by, action=_START, detail=_told(order))
    try:
        house.launcher.start(order, by=by)
    except (ProratioError, OSError) as error:
        deeds.note(by=by, action=_START, detail=f"{_told(order)}: failed: {error}")
        raise


def cancel_backtest(house: House, visitor: Visitor | None) -> str:
    """End the backtest that runs, and put that on record; return why it could not be recorded.

    Raises
    ------
    ConfigurationError
        The visitor may not act.
    """
    by = _operator(house, visitor, _CANCEL).name
    cancelled = house.launcher.cancel(by=by)
    if cancelled is None:
        return ""
    deeds = deed_file(house.settings, house.clock)
    return deeds.note(by=by, action=_CANCEL, detail=_told(cancelled))


def _operator(house: House, visitor: Visitor | None, action: str) -> Visitor:
    return require_operator(visitor, deed_file(house.settings, house.clock), action=action)


def _told(order: BacktestOrder) -> str:
    return f"{order.title} · {order.profile}"


def _named(order: BacktestOrder) -> str:
    """Return what a confirmation is for: everything the order says."""
    return " ".join(order.words)
