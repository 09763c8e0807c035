"""A bar for what was promised beside one for what came, window by window."""

from __future__ import annotations

import numpy as np

from proratio_core.values import Timerange
from proratio_quantlab.report.walk_windows import walk_windows
from proratio_quantlab.walk_forward import WindowResult
from proratio_quantlab.windows import Window


def _window(number: int, *, chosen: bool = True) -> WindowResult:
    train = Timerange.parse(f"2024010{number}-2024010{number + 1}")
    test = Timerange.parse(f"2024010{number + 1}-2024010{number + 2}")
    point = (("fast_candles", 8),) if chosen else None
    return WindowResult(
        Window(number, train, test), point, None, None, np.array([0.01]), None, 0, 1, 1.0, 1.0
    )


def test_each_arm_has_its_wallet_and_its_bars() -> None:
    arms = {"gated by offline": [_window(1), _window(2)], "ungated": [_window(1, chosen=False)]}
    figure = walk_windows(arms, starting_balance=1_000.0, simulated=False)
    wallets = [trace for trace in figure.data if trace.type == "scatter"]
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert [trace.name for trace in wallets] == ["gated by offline", "ungated"]
    assert np.asarray(wallets[0].y)[-1] == 1_000 * 1.01**2
    assert len(bars) == 4
    assert list(bars[0].x) == ["2024-01-02", "2024-01-03"]
    assert list(bars[0].customdata) == ["fast_candles 8"] * 2
    assert list(bars[2].customdata) == ["nothing could be judged"]
    assert list(bars[0].y) == [None, None]


def test_name_of_a_gate_is_text() -> None:
    arms = {"gated by <b>x</b>": [_window(1)]}
    figure = walk_windows(arms, starting_balance=1_000.0, simulated=False)
    assert all("&lt;b&gt;x&lt;/b&gt;" in trace.name for trace in figure.data)
