"""The tables that can be taken out: a name, what it holds, and the query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

import pandas as pd

from proratio_core.database import Database
from proratio_core.errors import ConfigurationError

__all__ = ["TABLES", "ExportTable", "read_table"]


@dataclass(frozen=True, slots=True)
class ExportTable:
    """One of them.

    Parameters
    ----------
    name, says
        What it is called, and what a row of it is.
    query
        Reads all its rows.
    time
        The column that says when a row happened, UTC.
    account
        The column that says whose it is; None where it is nobody's.
    """

    name: str
    says: str
    query: str
    time: str
    account: str | None = None


_JOURNAL_OF_TRADES: Final = """
    SELECT trade.account, trade.trade_id, trade.strategy, trade.symbol, trade.side, trade.is_open,
        trade.opened_at, trade.closed_at,
        extract(epoch FROM trade.closed_at - trade.opened_at) / 3600 AS held_h,
        trade.open_rate, trade.close_rate, trade.amount, trade.stake_quote, trade.leverage,
        trade.stop_price, trade.fee_open_quote, trade.fee_close_quote, trade.funding_quote,
        trade.profit_quote, trade.profit_frac, trade.quote, trade.enter_tag AS signal_id,
        trade.exit_reason,
        (SELECT entry.document::text FROM journal_entry AS entry
         WHERE entry.account = trade.account AND entry.signal_id = trade.enter_tag
             AND entry.symbol = trade.symbol AND entry.kind = 'vote'
         ORDER BY entry.at DESC LIMIT 1) AS vote,
        (SELECT entry.document::text FROM journal_entry AS entry
         WHERE entry.account = trade.account AND entry.signal_id = trade.enter_tag
             AND entry.symbol = trade.symbol AND entry.kind = 'verdict'
         ORDER BY entry.at DESC LIMIT 1) AS verdict
    FROM account_trade AS trade
"""
_OPINIONS: Final = """
    SELECT vote.id AS vote_id, series.exchange, series.symbol, series.timeframe, profile.name
        AS profile, vote.as_of, vote.available_at, vote.origin, opinion.voter, opinion.provider,
        opinion.role, opinion.weight, opinion.served_model AS model, opinion.action,
        opinion.confidence, opinion.expected_return_frac, opinion.horizon_candles,
        opinion.reasoning, opinion.abstention, opinion.detail, opinion.input_tokens,
        opinion.output_tokens, opinion.cost_usd, opinion.latency_s
    FROM opinion JOIN vote ON vote.id = opinion.vote_id JOIN series ON series.id = vote.series_id
        JOIN profile ON profile.id = vote.profile_id
"""
_VOTES: Final = """
    SELECT vote.id AS vote_id, series.exchange, series.symbol, series.timeframe, profile.name
        AS profile, vote.as_of, vote.available_at, vote.origin, vote.action, vote.score,
        vote.dissent, vote.participation, vote.degraded
    FROM vote JOIN series ON series.id = vote.series_id
        JOIN profile ON profile.id = vote.profile_id
"""
_RUNS: Final = """
    SELECT specification_hash, outcome_hash, created_at, strategy, simulated, family, timerange,
        sharpe, metrics::text AS metrics, refusals::text AS refusals
    FROM backtest_run
"""

TABLES: Final[Mapping[str, ExportTable]] = MappingProxyType(
    {
        table.name: table
        for table in (
            ExportTable(
                "trades",
                "a trade of a bot with its vote and its verdict: the trade journal",
                _JOURNAL_OF_TRADES,
                time="opened_at",
                account="account",
            ),
            ExportTable(
                "journal",
                "something a bot saw, decided or did",
                "SELECT id, event_id, account, strategy, kind, at, symbol, signal_id, trade_id, "
                "order_id, document::text AS document FROM journal_entry",
                time="at",
                account="account",
            ),
            ExportTable(
                "equity",
                "equity as a bot saw it, open positions at market value",
                "SELECT account, observed_at, equity_quote FROM equity_mark",
                time="observed_at",
                account="account",
            ),
            ExportTable(
                "refusals",
                "an entry that was not made, and every reason",
                "SELECT account, strategy, symbol, candle_open_time, rule, reasons::text AS "
                "reasons, refused_at FROM refusal",
                time="refused_at",
                account="account",
            ),
            ExportTable("votes", "a vote of a panel on a candle", _VOTES, time="as_of"),
            ExportTable(
                "opinions",
                "what one voter said in a vote, or why it abstained; its reasoning is foreign text",
                _OPINIONS,
                time="as_of",
            ),
            ExportTable(
                "spending",
                "a call of a language model and its money",
                "SELECT reserved_at, day, provider, model, outcome, reserved_usd, settled_usd, "
                "input_tokens, output_tokens, settled_at, batch_id FROM spending",
                time="reserved_at",
            ),
            ExportTable(
                "halts",
                "an order about entries: a halt, or what lifted it",
                "SELECT event_id, action, reason, decided_by, decided_at, recorded_at, "
                "array_to_string(lifts, ' ') AS lifts FROM halt_event",
                time="decided_at",
            ),
            ExportTable("runs", "a backtest that was run", _RUNS, time="created_at"),
        )
    }
)


def read_table(
    database: Database,
    name: str,
    *,
    account: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    most: int | None = None,
) -> pd.DataFrame:
    """Return the rows of a table in the sequence they happened.

    Parameters
    ----------
    database
        Where they are.
    name
        One of `TABLES`.
    account
        Only what is this account's.
    since, until
        Only what happened from `since` on and before `until`.
    most
        Only the newest, no more than so many; None is all of them.

    Raises
    ------
    ConfigurationError
        There is no such table, or its rows are nobody's and an account is asked for.
    TransientError
        The database is away.
    """
    table = TABLES.get(name)
    if table is None:
        raise ConfigurationError(f"there is no table {name!r}; there are {', '.join(TABLES)}")
    if account is not None and table.account is None:
        raise ConfigurationError(f"rows of {name} belong to no account; leave the account out")
    conditions = {
        f"{table.account} = %s": account,
        f"{table.time} >= %s": since,
        f"{table.time} < %s": until,
    }
    asked = {condition: value for condition, value in conditions.items() if value is not None}
    where = f"WHERE {' AND '.join(asked)}" if asked else ""
    with database.transaction() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
        cursor.execute(
            f"SELECT * FROM ({table.query}) AS exported {where} "  # noqa: S608  # our own constants
            f"ORDER BY {table.time} DESC LIMIT %s",
            [*asked.values(), most],
        )
        columns = [column.name for column in cursor.description or ()]
        newest_first = pd.DataFrame(cursor.fetchall(), columns=columns)
        return _times_in_utc(newest_first.iloc[::-1].reset_index(drop=True))


def _times_in_utc(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table with its moments in UTC, whatever zone the server's session is in."""
    zoned = [name for name in frame.columns if _holds_moments(frame[name])]
    return frame.assign(**{name: pd.to_datetime(frame[name], utc=True) for name in zoned})


def _holds_moments(column: pd.Series) -> bool:
    known = column.dropna()
    return len(known) > 0 and isinstance(known.iloc[0], datetime)
