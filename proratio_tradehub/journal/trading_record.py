"""All that one trading bot keeps on record: its decisions, its orders and its trades."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from typing import Final

from proratio_core.clock import Clock
from proratio_core.database import Database
from proratio_core.settings import Settings
from proratio_tradehub.desk import CandleBook
from proratio_tradehub.journal.decisions import Decisions
from proratio_tradehub.journal.journal import Journal, spool_folder
from proratio_tradehub.journal.trade_mirror import TradeMirror
from proratio_tradehub.journal.trade_watch import TradeBook, TradeWatch

__all__ = ["TradingRecord"]

_REMEMBERED: Final = 1_000


class TradingRecord:
    """The record of one bot; the trading thread notes, a background thread stores.

    Parameters
    ----------
    account, strategy
        Whose it is.
    settings
        Where entries wait for PostgreSQL.
    candles
        What the desk knows of the markets.
    trades
        Freqtrade's trades.
    clock
        The time it is.
    """

    def __init__(
        self,
        account: str,
        strategy: str,
        *,
        settings: Settings,
        candles: CandleBook,
        trades: TradeBook,
        clock: Clock,
    ) -> None:
        self.journal = Journal(account, strategy, folder=spool_folder(settings, account))
        self.decisions = Decisions(self.journal, candles, clock=clock)
        self._mirror = TradeMirror(account)
        self._intents: OrderedDict[str, str] = OrderedDict()
        self._watch = TradeWatch(
            self.journal,
            self._mirror,
            trades,
            intents=self._intents,
            on_entry=self.decisions.entered,
        )

    def look(self, now: datetime) -> None:
        """Note what has changed of the trades since the last look; never raises, never waits."""
        self._watch.look(now)

    def accepted(self, order_id: str, intent: str) -> None:
        """Learn which intent an order of the exchange's is; it is noted with the order."""
        self._intents[order_id] = intent
        while len(self._intents) > _REMEMBERED:
            self._intents.popitem(last=False)

    def flush(self, database: Database) -> None:
        """Store what waits; what cannot be stored waits on.

        Raises
        ------
        TransientError
            The database is away.
        """
        self.journal.flush(database)
        self._mirror.flush(database)

    def close(self) -> None:
        """End the file of waiting entries; the next process of this account stores them."""
        self.journal.close()
