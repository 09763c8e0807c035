from __future__ import annotations

from dataclasses import replace

from proratio_tradehub.paper.outcome import Outcome, table_hash, trade_table
from tests.quantlab.made import trade_of
from tests.tradehub.paper.test_plan import PLAN

TRADES = (trade_of(profit=12.0), trade_of(profit=-2.0))


def test_the_table_has_a_line_a_trade_and_the_hash_tells_the_last_digit() -> None:
    changed = replace(TRADES[0], close_rate=TRADES[0].close_rate * (1 + 1e-15))

    assert len(trade_table(TRADES).splitlines()) == 3
    assert table_hash(TRADES) == table_hash(tuple(TRADES))
    assert table_hash((changed, TRADES[1])) != table_hash(TRADES)


def test_profit_and_speed_are_those_of_the_trades_and_the_time() -> None:
    outcome = Outcome(
        PLAN, TRADES, PLAN.end, loops=10, wall_s=100.0, cpu_s=50.0, start_quote=1_000.0
    )

    assert (outcome.profit_quote, outcome.profit_frac) == (10.0, 0.01)
    assert (outcome.speed, outcome.cpu_speed) == (1_728.0, 3_456.0)
