"""The journal: what a trading bot saw, decided and did, and its trades, in PostgreSQL."""

from proratio_tradehub.journal.account_trade import AccountTrade
from proratio_tradehub.journal.decisions import Candidate, Decisions
from proratio_tradehub.journal.entry import JournalEntry, Kind, event_id
from proratio_tradehub.journal.execution import (
    Execution,
    ExecutionSummary,
    judge_executions,
    summarise,
)
from proratio_tradehub.journal.journal import Journal, Unwritten, spool_folder, unwritten
from proratio_tradehub.journal.reading import accounts, read_entries, read_trades
from proratio_tradehub.journal.trade_watch import TradeBook
from proratio_tradehub.journal.trading_record import TradingRecord
from proratio_tradehub.journal.unhindered import unhindered
from proratio_tradehub.journal.wording import incident_line
from proratio_tradehub.journal.writing import record_entries, record_trades

__all__ = [
    "AccountTrade",
    "Candidate",
    "Decisions",
    "Execution",
    "ExecutionSummary",
    "Journal",
    "JournalEntry",
    "Kind",
    "TradeBook",
    "TradingRecord",
    "Unwritten",
    "accounts",
    "event_id",
    "incident_line",
    "judge_executions",
    "read_entries",
    "read_trades",
    "record_entries",
    "record_trades",
    "spool_folder",
    "summarise",
    "unhindered",
    "unwritten",
]
