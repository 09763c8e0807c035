from __future__ import annotations

import numpy as np
import pytest

from proratio_quantlab.ratios import sharpe_ratio
from proratio_quantlab.report.rolling import WINDOW_DAYS, rolling_figure, rolling_sharpe
from tests.quantlab.report.days import NOISE, days_of


def test_the_last_value_is_the_ratio_of_the_last_days() -> None:
    rolling = rolling_sharpe(days_of(NOISE))

    assert rolling.iloc[-1] == pytest.approx(sharpe_ratio(NOISE[-WINDOW_DAYS:]))
    assert rolling.iloc[: WINDOW_DAYS - 1].isna().all()


def test_a_still_window_has_no_ratio() -> None:
    assert rolling_sharpe(days_of([0.01] * 200)).isna().all()


def test_the_return_compounds_and_the_band_is_as_wide_as_the_error() -> None:
    figure = rolling_figure(days_of(NOISE), simulated=False)

    (grown,) = (trace for trace in figure.data if trace.name.startswith("Return"))
    assert grown.y[-1] == pytest.approx((np.prod(1 + NOISE[-WINDOW_DAYS:]) - 1) * 100)
    (band,) = figure.layout.shapes
    assert band.y1 == pytest.approx((365 / WINDOW_DAYS) ** 0.5)


def test_a_ruined_wallet_is_drawn_without_infinities() -> None:
    figure = rolling_figure(days_of([*NOISE[:150], -1.0]), simulated=False)

    assert np.isfinite(figure.data[1].y[-1])
