"""What an account's trades paid for the votes behind them."""

from __future__ import annotations

import pytest

from proratio_core.clock import to_ms
from proratio_core.database import Database
from proratio_core.values import Timeframe
from proratio_signals.opinions import Action
from proratio_tradehub.account_costs import account_trade_costs
from proratio_tradehub.journal import AccountTrade, record_trades
from proratio_tradehub.strategies.gate import signal_id
from proratio_tradehub.trade_costs import TradeCost
from tests.signals.recording import record
from tests.signals.samples import ETH, close_of, panel_profile, said
from tests.tradehub.journal.made import ACCOUNT, a_trade, closed

PANEL = panel_profile()
THREE = [said(Action.BUY, 0.9)] * 3
"""A vote of three: 0.003 USD."""


def trade_on(index: int, number: int = 1, **changes: object) -> AccountTrade:
    tag = signal_id(PANEL.name, to_ms(close_of(index)))
    usual = {"enter_tag": tag, "opened_at": close_of(index), "entry_order_id": f"order-{number}"}
    return a_trade(trade_id=number, **(usual | changes))


def costs(database: Database, **changes: object) -> tuple[TradeCost, ...]:
    wanted = {"exchange": "binance", "timeframe": Timeframe.H1, "until": close_of(310)} | changes
    return account_trade_costs(database, ACCOUNT, (PANEL.name, PANEL.hash), **wanted)


def test_trades_share_every_vote_since_the_first_of_them(database: Database) -> None:
    for index in (250, 255, 260, 265):
        record(database, index, *THREE, profile=PANEL)
    record(database, 265, *THREE, profile=PANEL, key=ETH)
    ends = closed(closed_at=close_of(258))
    record_trades(database, [trade_on(255, 1, **ends), trade_on(265, 2)])

    first, second = costs(database)

    assert (first.opened_at, second.opened_at) == (close_of(255), close_of(265))
    assert (first.profit_quote, second.profit_quote) == (9.79, None)
    assert first.vote_usd == second.vote_usd == pytest.approx(0.003)
    assert first.share_usd == second.share_usd == pytest.approx(4 * 0.003 / 2)


def test_decision_that_was_asked_for_twice_costs_both(database: Database) -> None:
    for _ in range(2):
        vote = record(database, 255, *THREE, profile=PANEL)
    record_trades(database, [trade_on(255)])

    (trade,) = costs(database)

    assert trade.vote_id == vote.id
    assert trade.vote_usd == trade.share_usd == pytest.approx(0.006)


@pytest.mark.parametrize("tag", [None, "force_entry", "other@2024-03-14T12:00Z", "world@never"])
def test_trade_of_no_vote_of_the_panel_is_left_out(database: Database, tag: str | None) -> None:
    record(database, 255, *THREE, profile=PANEL)
    named = tag and tag.replace("world", PANEL.name)
    record_trades(database, [trade_on(255, enter_tag=named)])
    assert costs(database) == ()


def test_vote_that_is_not_in_the_ledger_pays_for_nothing(database: Database) -> None:
    record(database, 260, *THREE, profile=PANEL)
    record_trades(database, [trade_on(255)])
    assert costs(database) == ()


@pytest.mark.parametrize(
    "changes",
    [{"exchange": "kraken"}, {"timeframe": Timeframe.M5}, {"until": close_of(255)}],
    ids=["exchange", "timeframe", "too early"],
)
def test_votes_of_other_candles_or_of_later_are_not_counted(
    database: Database, changes: dict[str, object]
) -> None:
    record(database, 255, *THREE, profile=PANEL)
    record_trades(database, [trade_on(255)])
    assert costs(database, **changes) == ()
