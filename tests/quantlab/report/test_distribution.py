from __future__ import annotations

import numpy as np

from proratio_quantlab.ratios import value_at_risk
from proratio_quantlab.report.distribution import distribution_figure
from tests.quantlab.report.days import NOISE, days_of


def test_every_day_is_in_a_bar_and_the_tail_is_where_the_figures_say() -> None:
    figure = distribution_figure(days_of(NOISE), simulated=False)

    bars, bell, tail, mean_tail = figure.data
    assert sum(bars.y) == len(NOISE)
    loss = value_at_risk(NOISE)
    assert loss is not None
    assert tail.x[0] == -loss * 100
    assert tail.name == f"VaR 95 % {loss * 100:.2f} %"
    assert mean_tail.x[0] < tail.x[0]
    # the bell has the area of the bars
    area = np.trapezoid(bell.y, bell.x)
    assert 0.97 < area / (len(NOISE) * bars.width) < 1.03


def test_still_days_are_counted_and_not_drawn() -> None:
    returns = np.concatenate([NOISE[:50], np.zeros(150)])

    bars, *_ = distribution_figure(days_of(returns), simulated=False).data

    assert sum(bars.y) == 50
    assert bars.name == "Days that moved, 50 of 200"


def test_a_wallet_that_never_moved_has_no_bell() -> None:
    figure = distribution_figure(days_of([0.0] * 30), simulated=False)

    assert [trace.name for trace in figure.data if "Normal" in trace.name] == []


def test_a_few_days_have_no_tail() -> None:
    figure = distribution_figure(days_of(NOISE[:8]), simulated=False)

    assert not [trace for trace in figure.data if "VaR" in trace.name]
