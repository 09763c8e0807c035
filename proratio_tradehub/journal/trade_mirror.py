"""Trades on their way to the table `account_trade`: whoever reports one never waits."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace

from proratio_core.database import Database
from proratio_tradehub.journal.account_trade import AccountTrade
from proratio_tradehub.journal.reading import read_trades
from proratio_tradehub.journal.trade_figures import TradeKey
from proratio_tradehub.journal.writing import record_trades

__all__ = ["TradeMirror"]


class TradeMirror:
    """The trades of one account; of each only the latest is kept until it is stored.

    Parameters
    ----------
    account
        Whose they are.
    """

    def __init__(self, account: str) -> None:
        self.account = account
        self.stored: Mapping[TradeKey, AccountTrade] | None = None
        """What the table knew when this process first reached it; None until then."""
        self._lock = threading.Lock()
        self._waiting: dict[TradeKey, AccountTrade] = {}

    def put(self, trade: AccountTrade) -> None:
        """Have a trade stored as it stands now."""
        with self._lock:
            self._waiting[trade.symbol, trade.entry_order_id] = trade

    def flush(self, database: Database) -> None:
        """Store what waits; what cannot be stored waits on, unless something newer does.

        Raises
        ------
        TransientError
            The database is away.
        """
        if self.stored is None:
            self.stored = {
                (one.symbol, one.entry_order_id): replace(one, updated_at=None)
                for one in read_trades(database, self.account)
            }
        with self._lock:
            taken, self._waiting = self._waiting, {}
        if not taken:
            return
        try:
            record_trades(database, taken.values())
        except BaseException:
            with self._lock:
                self._waiting = taken | self._waiting
            raise
