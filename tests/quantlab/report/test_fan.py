from __future__ import annotations

import numpy as np
import pytest

from proratio_quantlab.report.fan import fan_figure
from tests.quantlab.report.days import NOISE, days_of


def traces(returns: np.ndarray) -> dict[str, np.ndarray]:
    figure = fan_figure(days_of(returns), balance=1_000.0, quote="USDT", simulated=False)
    return {trace.name: np.asarray(trace.y) for trace in figure.data if trace.name}


def test_wallet_and_drawdown_are_those_of_the_returns() -> None:
    found = traces(NOISE)

    wallet = 1_000 * np.cumprod(1 + NOISE)
    assert found["Wallet"] == pytest.approx(wallet)
    high = np.maximum(np.maximum.accumulate(wallet), 1_000)
    assert found["Drawdown"] == pytest.approx((wallet / high - 1) * 100)
    assert (found["95 % of resampled pasts, each day"] < found["Their middle"]).all()


def test_a_run_of_a_few_days_has_no_bands() -> None:
    assert set(traces(NOISE[:10])) == {"Wallet", "Drawdown"}


def test_simulated_candles_are_marked() -> None:
    figure = fan_figure(days_of(NOISE), balance=1.0, quote="USDT", simulated=True)

    assert [note.text for note in figure.layout.annotations] == ["SIMULATED"]
