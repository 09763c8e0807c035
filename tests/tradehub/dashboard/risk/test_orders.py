"""What an order says it will do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from proratio_tradehub.dashboard.risk.orders import (
    Choice,
    bots_obeying,
    effects_of,
    identity_of,
    offered,
)
from proratio_tradehub.desk.report import HeldPosition
from proratio_tradehub.halts import Action, BotTrade, HaltEvent, Standing, standing_of
from tests.tradehub.dashboard.drawing import NOW
from tests.tradehub.dashboard.now.made import a_report

HALT = HaltEvent.now(Action.HALT, reason="storm", by="me", at=NOW)
REDUCE = HaltEvent.now(Action.REDUCE_ONLY, reason="calm", by="you", at=NOW)
BY_LIMIT = HaltEvent.now(Action.HALT, reason="10% lost", by="limit drawdown", at=NOW)
CALM = standing_of([])


@pytest.mark.parametrize(
    ("standing", "choices"),
    [
        (CALM, (Choice.HALT, Choice.REDUCE_ONLY, Choice.LIQUIDATE)),
        (standing_of([REDUCE]), (Choice.HALT, Choice.RESUME, Choice.LIQUIDATE)),
        (standing_of([HALT]), (Choice.RESUME, Choice.LIQUIDATE)),
        (
            standing_of([], unknown="the file is torn"),
            (Choice.HALT, Choice.REDUCE_ONLY, Choice.RESUME, Choice.LIQUIDATE),
        ),
    ],
)
def test_only_what_changes_anything_is_offered(
    standing: Standing, choices: tuple[Choice, ...]
) -> None:
    assert offered(standing) == choices


def test_identity_differs_when_other_orders_hold() -> None:
    identities = {identity_of(standing_of(events)) for events in ([], [HALT], [REDUCE])}
    assert len(identities) == 3
    assert identity_of(standing_of([HALT, REDUCE])) == identity_of(standing_of([REDUCE, HALT]))


def test_resumption_names_every_order_it_ends() -> None:
    lines = effects_of(Choice.RESUME, standing_of([HALT, BY_LIMIT]))
    assert sum(line.startswith("Ends: ") for line in lines) == 2
    assert any("count no more" in line for line in lines)
    assert not any("count no more" in x for x in effects_of(Choice.RESUME, standing_of([HALT])))


def test_closing_names_every_trade_or_why_nothing_can_be_closed() -> None:
    trade = BotTrade(7, "BTC/USDT", "long", 0.5, 30_000.0, -12.5)
    lines = effects_of(Choice.LIQUIDATE, CALM, held=[trade])
    assert lines[-1].startswith("Closes at the market's price: trade 7: long 0.5 BTC/USDT")
    assert "only halts" in effects_of(Choice.LIQUIDATE, CALM)[-1]
    away = effects_of(Choice.LIQUIDATE, CALM, bot_problem="no bot answers")
    assert away[-1] == "Nothing can be closed from here: no bot answers"


def test_every_bot_is_named_with_whose_money_and_whether_it_listens() -> None:
    held = HeldPosition("BTC/USDT", "long", 100.0, 2.0, 49_000.0)
    live = a_report(account="freqtrade live binance spot", positions=(held,))
    late = replace(a_report(), updated_at=NOW - timedelta(minutes=5))
    first, second = bots_obeying([live, late], NOW)
    assert first == "LIVE · freqtrade live binance spot · Trend · 1 position · heard 0 s ago"
    assert second.startswith("PAPER · ")
    assert "silent, last heard 5 min ago" in second
