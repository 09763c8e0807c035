from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from proratio_quantlab.inference import Interval
from proratio_tradehub.going_live import Checklist, checklist_of
from proratio_tradehub.going_live.evidence import Presence
from proratio_tradehub.reports import PaperBacktest
from tests.tradehub.going_live.made import NOTHING, apart, evidence, within
from tests.tradehub.stages.made import NOON, built_in

PLAN = built_in()


def listed(**changes: Any) -> Checklist:
    return checklist_of(evidence(**changes), PLAN.needed, PLAN.stages[0])


def test_evidence_for_every_line_passes() -> None:
    assert listed().passed
    assert listed().open_lines == ()
    assert len(listed().lines) == 11
    assert all(line.figure and line.needed and line.source for line in listed().lines)


def test_without_any_evidence_nothing_passes_but_what_was_looked_at_now() -> None:
    open_names = {line.name for line in listed(**NOTHING).open_lines}
    assert {line.name for line in listed().lines} - open_names == {"no halt", "doctor"}


@pytest.mark.parametrize(
    ("changes", "name", "figure"),
    [
        ({"presence": Presence(27, 1.0, 2)}, "days at work", "27"),
        ({"trades": 49}, "closed trades", "49"),
        (
            {"sharpe": Interval(2.0, 0.0, 3.6, 0.8, 0.05, 30)},
            "Sharpe ratio, 95 %",
            "2.00, from 0.00 to 3.60",
        ),
        ({"sharpe": None}, "Sharpe ratio, 95 %", "fewer than 20 days with returns"),
        ({"drawdown_frac": 0.0751}, "max drawdown", "7.51%"),
        ({"presence": Presence(30, 0.9899, 2)}, "uptime", "98.99%"),
        ({"presence": Presence(30, 1.0, 0)}, "interruptions survived", "0"),
        ({"comparisons": (within(), apart())}, "beside the backtest", "AIEnhancedTrend 50% apart"),
        ({"comparisons": (PaperBacktest("X"),)}, "beside the backtest", "X no backtest"),
        ({"comparisons": ()}, "beside the backtest", "no trade to compare"),
        ({"degraded_frac": 0.11}, "votes without every voter", "11.0% of 400"),
        ({"degraded_frac": None}, "votes without every voter", "no votes"),
        ({"held_back": "halt by anna"}, "no halt", "halt by anna"),
        ({"failing": ("disk", "exchange")}, "doctor", "disk, exchange"),
        ({"rehearsed_at": NOON - timedelta(days=32)}, "backup restored", "2024-04-30 12:00 UTC"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_thing_that_does_not_suffice_is_open_with_its_figure(
    changes: dict[str, Any], name: str, figure: str
) -> None:
    checklist = listed(**changes)
    (line,) = checklist.open_lines
    assert not checklist.passed
    assert line.name == name
    assert figure in line.figure


def test_the_limits_themselves_suffice_where_they_may_be_reached() -> None:
    assert listed(
        presence=Presence(28, 0.99, 1), trades=50, drawdown_frac=0.075, degraded_frac=0.1
    ).passed


def test_a_strategy_that_asks_nobody_needs_no_votes() -> None:
    assert listed(voted=0, votes=0, degraded_frac=None).passed


def test_no_lines_are_no_pass() -> None:
    assert not replace(listed(), lines=()).passed
