from __future__ import annotations

import numpy as np
import pytest

from proratio_quantlab.comparison import compare
from proratio_quantlab.report.curves import curves_figure
from proratio_quantlab.results import BacktestResult
from tests.quantlab.made import BALANCE, equity_of, specification_of


def test_a_long_curve_is_thinned_without_losing_its_end_or_its_deepest_fall() -> None:
    wallet = BALANCE + np.arange(20_000) * 0.1
    wallet[12_345] = 700.0
    equity = equity_of(wallet.tolist(), freq="h")
    result = BacktestResult.of(specification_of(), [], equity)

    figure = curves_figure(compare(result, rule_based=True))

    curve, drawdown = figure.data
    assert len(curve.y) <= 1_500
    assert curve.y[-1] == wallet[-1]
    assert min(drawdown.y) == pytest.approx(-100 * result.metrics.max_drawdown_frac)


def test_a_short_curve_is_drawn_point_for_point() -> None:
    result = BacktestResult.of(specification_of(), [], equity_of([1000.0, 990.0, 1010.0]))

    figure = curves_figure(compare(result, rule_based=True))

    assert list(figure.data[0].y) == [1000.0, 990.0, 1010.0]
    assert list(figure.data[1].y) == pytest.approx([0.0, -1.0, 0.0])
