from __future__ import annotations

from dataclasses import replace

import pytest

from proratio_core.clock import to_ms
from proratio_core.database import Database
from proratio_quantlab.results import BacktestResult, ResultStore
from proratio_signals.opinions import Action
from proratio_tradehub.strategies.gate import signal_id
from proratio_tradehub.trade_costs import newest_trade_costs
from tests.quantlab.made import result_of, trade_of
from tests.signals.samples import close_of, said
from tests.signals.test_spending import PROFILE, record

OPINION = said(Action.BUY, 0.9)


def stored(database: Database, tags: list[str]) -> BacktestResult:
    made = result_of("consensus", profile_hash=PROFILE.hash)
    trades = [replace(trade_of(day=day), enter_tag=tag) for day, tag in enumerate(tags)]
    result = BacktestResult.of(made.specification, trades, made.equity, llm_cost_usd=0.05)
    ResultStore(database).save(result)
    return result


def test_a_trade_carries_its_vote_and_its_share_of_all_votes(database: Database) -> None:
    vote = record(database, 300, OPINION, OPINION, OPINION)
    stored(database, [signal_id("consensus", to_ms(close_of(300))), "force_entry"])

    found = newest_trade_costs(database)

    assert [trade.vote_id for trade in found] == [vote.id, None]
    assert [trade.vote_usd for trade in found] == [pytest.approx(0.003), 0.0]
    assert [trade.share_usd for trade in found] == [0.025, 0.025]
    assert found[0].break_even_edge_frac == pytest.approx(0.025 / 105)


def test_ungated_runs_and_runs_without_trades_have_no_costs(database: Database) -> None:
    ResultStore(database).save(result_of(None))
    assert newest_trade_costs(database) == ()
    stored(database, [])
    assert newest_trade_costs(database) == ()
