from __future__ import annotations

import pytest

from proratio_tradehub.risk.rules import Period, PeriodLossRule
from proratio_tradehub.risk.verdict import Refusal
from tests.tradehub.risk.made import a_state, an_intent

STARTS = {
    Period.DAY: "day_start_equity_quote",
    Period.WEEK: "week_start_equity_quote",
    Period.MONTH: "month_start_equity_quote",
}


@pytest.mark.parametrize("period", Period)
def test_loss_below_the_limit_is_no_objection(period: Period) -> None:
    rule = PeriodLossRule(period, 0.05)

    assert rule.check(a_state(equity_quote=95_001.0), an_intent()) is None
    assert rule.check(a_state(**{STARTS[period]: 50_000.0}), an_intent()) is None  # a profit


@pytest.mark.parametrize("period", Period)
def test_loss_at_the_limit_is_refused_until_the_next_period(period: Period) -> None:
    state = a_state(equity_quote=47_500.0, **{STARTS[period]: 50_000.0})
    others = {name: 47_500.0 for each, name in STARTS.items() if each is not period}
    only = a_state(equity_quote=47_500.0, **{STARTS[period]: 50_000.0, **others})
    expected = Refusal(
        f"{period} loss",
        "equity fell 5.00% since the period began; entries stop at 5.00% until the next one",
        observed=pytest.approx(0.05),
        limit=0.05,
    )

    assert PeriodLossRule(period, 0.05).check(state, an_intent()) == expected
    assert PeriodLossRule(period, 0.05).check(only, an_intent()) == expected


def test_names_are_what_reports_count() -> None:
    assert [PeriodLossRule(period, 0.1).name for period in Period] == [
        "daily loss",
        "weekly loss",
        "monthly loss",
    ]
