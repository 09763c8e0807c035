"""Positions that were opened and closed, from the trades the bots put on record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from proratio_core.database import Database
from proratio_tradehub.account_name import AccountName
from proratio_tradehub.alerts.cursor import Begun, Moments
from proratio_tradehub.alerts.news import Entered, Exited, Forecast, ManyTrades, Voice
from proratio_tradehub.journal import AccountTrade, accounts, read_trades
from proratio_tradehub.marks import Mark
from proratio_tradehub.reports import VoteBehind, tally, vote_behind

__all__ = ["MOST_SINGLE", "Told", "trade_news"]

MOST_SINGLE: Final = 6
"""So many openings and closings of an account are told one by one; more of them are summed up."""


@dataclass(frozen=True, slots=True)
class Told:
    """News, and what is known of the accounts once it is told."""

    news: Entered | Exited | ManyTrades
    after: Begun


@dataclass(frozen=True, slots=True)
class _Event:
    """A trade was opened or closed."""

    trade: AccountTrade
    at: datetime
    is_closing: bool

    @property
    def name(self) -> str:
        return f"{self.trade.symbol} {self.trade.entry_order_id}"


def trade_news(database: Database, begun: Begun) -> Iterator[Told]:
    """Yield what is still to be told of every account's trades, oldest first.

    Raises
    ------
    TransientError
        The database is away.
    """
    for account in accounts(database):
        events = _events(database, account, begun)
        if len(events) > MOST_SINGLE:
            for event in events:
                begun = _after(begun, event)
            yield Told(_summed(account, events), begun)
            continue
        for event in events:
            begun = _after(begun, event)
            yield Told(_news(database, event), begun)


def _events(database: Database, account: str, begun: Begun) -> list[_Event]:
    opened, closed = _moments(begun, account)
    trades = read_trades(database, account, since=min(opened.since, closed.since))
    found = [_Event(trade, trade.opened_at, is_closing=False) for trade in trades]
    new = [event for event in found if opened.lacks(event.name, event.at)]
    for trade in trades:
        if trade.closed_at is not None:
            event = _Event(trade, trade.closed_at, is_closing=True)
            new += [event] if closed.lacks(event.name, event.at) else []
    return sorted(new, key=lambda event: (event.at, event.is_closing))


def _moments(begun: Begun, account: str) -> tuple[Moments, Moments]:
    first = Moments.at(begun.at)
    return begun.opened.get(account, first), begun.closed.get(account, first)


def _after(begun: Begun, event: _Event) -> Begun:
    account = event.trade.account
    opened, closed = _moments(begun, account)
    if event.is_closing:
        new = {"closed": {**begun.closed, account: closed.after(event.name, event.at)}}
    else:
        new = {"opened": {**begun.opened, account: opened.after(event.name, event.at)}}
    return msgspec.structs.replace(begun, **new)


def _summed(account: str, events: list[_Event]) -> ManyTrades:
    closed = tally(account, (event.trade for event in events if event.is_closing))
    return ManyTrades(
        Mark.of_account(account),
        since=events[0].at,
        at=events[-1].at,
        account=account,
        opened=len(events) - closed.closed,
        closed=closed.closed,
        won=closed.won,
        profit_quote=closed.profit_quote,
        quote=events[-1].trade.quote,
    )


def _news(database: Database, event: _Event) -> Entered | Exited:
    trade = event.trade
    vote = vote_behind(
        database,
        source=AccountName.parse(trade.account).source,
        symbol=trade.symbol,
        tag=trade.enter_tag,
        opened_at=trade.opened_at,
    )
    return _exited(event, vote) if event.is_closing else _entered(event, vote)


def _entered(event: _Event, vote: VoteBehind | None) -> Entered:
    trade = event.trade
    return Entered(
        Mark.of_account(trade.account),
        event.at,
        trade.symbol,
        trade.side,
        trade.strategy,
        price=trade.open_rate,
        stop_price=trade.stop_price,
        stake_quote=trade.stake_quote,
        quote=trade.quote,
        score=None if vote is None else vote.score,
        threshold=None if vote is None else vote.threshold,
        voices=() if vote is None else tuple(map(Voice.of, vote.ballots)),
        forecast=_forecast(vote),
    )


def _exited(event: _Event, vote: VoteBehind | None) -> Exited:
    trade, held = event.trade, event.at - event.trade.opened_at
    price = trade.open_rate if trade.close_rate is None else trade.close_rate
    candle = None if vote is None else timedelta(milliseconds=vote.timeframe.ms)
    return Exited(
        Mark.of_account(trade.account),
        event.at,
        trade.symbol,
        trade.side,
        trade.strategy,
        quote=trade.quote,
        reason=trade.exit_reason or "no reason on record",
        price=price,
        profit_quote=trade.profit_quote or 0.0,
        profit_frac=trade.profit_frac or 0.0,
        moved_frac=price / trade.open_rate - 1.0,
        held=held,
        held_candles=None if candle is None else round(held / candle),
        forecast=_forecast(vote),
    )


def _forecast(vote: VoteBehind | None) -> Forecast | None:
    expected = None if vote is None else vote.expectation
    return None if expected is None else Forecast(expected.return_frac, expected.horizon_candles)
