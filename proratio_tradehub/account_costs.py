"""What the votes of a panel cost the trades an account made on them, trade by trade."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from proratio_core.clock import from_ms
from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_core.values import Timeframe
from proratio_tradehub.journal import AccountTrade, read_trades
from proratio_tradehub.strategies.gate import judged_close_ms, profile_of
from proratio_tradehub.trade_costs import TradeCost

__all__ = ["account_trade_costs"]

_VOTES = (
    "SELECT symbol, as_of, max(vote.id), coalesce(sum(cost_usd), 0) FROM vote "
    "JOIN series ON series.id = series_id JOIN opinion ON vote_id = vote.id "
    "WHERE exchange = %s AND timeframe = %s "
    "AND profile_id = (SELECT id FROM profile WHERE hash = %s AND name = %s) "
    "AND as_of >= %s AND available_at <= %s GROUP BY symbol, as_of"
)


def account_trade_costs(
    database: Database,
    account: str,
    panel: tuple[str, str],
    *,
    exchange: str,
    timeframe: Timeframe,
    until: datetime,
) -> tuple[TradeCost, ...]:
    """Return what each trade of an account cost that a vote of one panel allowed, by opening time.

    Every vote of the panel from the first of these trades on is shared among them, also those that
    allowed nothing. A decision that was asked for more than once costs all its attempts.

    Parameters
    ----------
    database
        Where trades and votes are.
    account
        Whose trades.
    panel
        Name and hash of the profile.
    exchange, timeframe
        The candles the panel judged.
    until
        Only votes that were available by then.

    Raises
    ------
    TransientError
        The database is away.
    """
    name, profile_hash = panel
    judged = list(_judged(read_trades(database, account, until=until), name))
    if not judged:
        return ()
    first = min(close for _, close in judged)
    with database.transaction() as cursor:
        cursor.execute(_VOTES, (exchange, timeframe.value, profile_hash, name, first, until))
        votes = {(symbol, as_of): (vote, usd) for symbol, as_of, vote, usd in cursor.fetchall()}
    entered = [
        (trade, votes[key]) for trade, close in judged if (key := (trade.symbol, close)) in votes
    ]
    paid_usd = sum(usd for _, usd in votes.values())
    return tuple(
        TradeCost(
            trade.symbol,
            trade.opened_at,
            trade.stake_quote,
            None if trade.is_open else trade.profit_quote,
            vote_id=vote,
            vote_usd=usd,
            share_usd=paid_usd / len(entered),
        )
        for trade, (vote, usd) in entered
    )


def _judged(
    trades: tuple[AccountTrade, ...], profile: str
) -> Iterator[tuple[AccountTrade, datetime]]:
    """Yield the trades whose tag names a vote of a profile, with the close it judged."""
    for trade in trades:
        tag = trade.enter_tag or ""
        if profile_of(tag) != profile:
            continue
        try:
            yield trade, from_ms(judged_close_ms(tag))
        except DataError:
            continue  # a tag of a rule that votes on no candle
