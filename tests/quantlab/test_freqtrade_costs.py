"""What the engine charges for an order of a given size, against the formula."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from proratio_core.candles import CandleStore
from proratio_core.candles.frame import open_times_ms
from proratio_core.clock import to_ms
from proratio_core.errors import DataError
from proratio_core.values import Timerange
from proratio_quantlab.freqtrade_costs import ImpactTable
from proratio_quantlab.freqtrade_runner import BacktestRunner
from proratio_quantlab.slippage import impact_scale
from tests.freqtrade_home import FreqtradeHome

_START = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.fixture
def runner(simulated_home: FreqtradeHome) -> Iterator[BacktestRunner]:
    with BacktestRunner(simulated_home.user_data, simulated_home.database) as runner:
        yield runner


def test_each_fill_pays_for_its_own_size_in_its_own_market(
    simulated_home: FreqtradeHome, runner: BacktestRunner
) -> None:
    home = simulated_home
    fixed = home.specification("SimpleTestStrategy", profile=None)
    dear = replace(fixed, impact=1.0)

    cheap, costly = runner.run(fixed), runner.run(dear)

    store = CandleStore(home.database)
    scales = {}
    for key in home.keys:
        frame = store.read(key, Timerange(None, home.timerange.end))
        scales[str(key.pair)] = (open_times_ms(frame), impact_scale(frame, key.timeframe))
    assert cheap.trades
    assert costly.metrics.profit_quote < cheap.metrics.profit_quote
    for trade in costly.trades:
        times, scale = scales[trade.pair]
        paid = [
            0.002 + scale[np.searchsorted(times, to_ms(moment))] * trade.amount**0.5
            for moment in (trade.opened_at, trade.closed_at)
        ]
        cost = trade.amount * trade.open_rate * (1 + paid[0])
        proceeds = trade.amount * trade.close_rate * (1 - paid[1])
        assert trade.profit_quote == pytest.approx(proceeds - cost, abs=1e-7)


def test_no_impact_is_the_plain_engine_and_half_of_it_costs_less(
    simulated_home: FreqtradeHome, runner: BacktestRunner
) -> None:
    base = simulated_home.specification("SimpleTestStrategy", profile=None)
    profits = [
        runner.run(replace(base, impact=impact)).metrics.profit_quote for impact in (0.0, 0.5, 1.0)
    ]
    assert profits == sorted(profits, reverse=True)
    assert len(set(profits)) == 3


def test_an_unknown_market_refuses_the_fill_instead_of_charging_nothing() -> None:
    times = np.array([to_ms(_START)])
    table = ImpactTable({"BTC/USDT": (times, np.array([np.nan, 0.1]))}, impact=2.0)

    with pytest.raises(DataError, match="24 candles"):
        table.frac("BTC/USDT", _START, 1.0)
    assert table.frac("BTC/USDT", datetime(2024, 1, 2, tzinfo=UTC), 4.0) == pytest.approx(0.4)
