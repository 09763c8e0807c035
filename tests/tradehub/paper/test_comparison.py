from __future__ import annotations

from dataclasses import replace

from proratio_quantlab.results import Trade
from proratio_tradehub.paper.comparison import Agreement, judge
from proratio_tradehub.paper.outcome import Outcome
from tests.tradehub.paper.test_causes import market, trade
from tests.tradehub.paper.test_plan import PLAN

FLAT = market((100, 100, 100, 100), (100, 100, 100, 100), (100, 100, 100, 100))


def agreement(paper: list[Trade], backtest: list[Trade]) -> Agreement:
    outcome = Outcome(
        PLAN, tuple(paper), PLAN.end, loops=1, wall_s=1.0, cpu_s=1.0, start_quote=1_000.0
    )
    return judge(outcome, backtest, [FLAT])


def test_a_stop_on_the_exchange_is_the_backtests_stop() -> None:
    stopped = trade(0, 5, 100.0, "stop_loss")

    found = agreement([replace(stopped, exit_reason="stoploss_on_exchange")], [stopped])

    assert (found.entries, found.entries_matched, found.exits_matched) == (1, 1, 1)
    assert found.explained == ()


def test_what_differs_is_counted_and_each_has_a_line() -> None:
    same = trade(0, 5, 100.0, "roi")
    found = agreement(
        [same, trade(10, 15, 100.0, "roi")], [same, trade(10, 15, 100.0, "exit_signal")]
    )

    assert (found.entries_matched, found.exits_matched, found.unexplained) == (2, 1, 1)
    assert found.lines[-1].endswith("exit reason: unexplained; roi against exit_signal")


def test_a_trade_of_one_side_is_an_entry_that_does_not_match() -> None:
    same, alone = trade(0, 5, 100.0, "roi"), trade(10, 15, 100.0, "roi")

    assert agreement([same, alone], [same]).entries == 2
    found = agreement([same], [same, alone])
    assert (found.entries, found.entries_matched) == (2, 1)
    assert "in the backtest only" in found.lines[-1]
