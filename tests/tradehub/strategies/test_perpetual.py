"""Funding rates in the real engine: read from Freqtrade's files, and the same for a backfill."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from proratio_core.candles import CandleStore
from proratio_core.candles.feather import export_series
from proratio_core.candles.frame import make_frame, open_times_ms
from proratio_core.database import Database
from proratio_core.values import Pair, SeriesKey, SeriesKind, Timeframe, Timerange
from proratio_quantlab.freqtrade_causality import find_leaks
from proratio_quantlab.freqtrade_runner import BacktestRunner
from proratio_tradehub.strategies.questions import questions_for, read_funding
from proratio_tradehub.strategies.rules import RULES
from tests.freqtrade_home import FreqtradeHome
from tests.wire.markets import candles

_PERPETUAL = Pair.parse("BTC/USDT:USDT")
_HOURS = 24 * 120
_RULE = RULES["FundingCarry"]


@pytest.fixture(scope="module")
def home(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str
) -> Iterator[FreqtradeHome]:
    database = Database(module_database_url)
    home = FreqtradeHome(
        tmp_path_factory.mktemp("home") / "user_data",
        module_database_url,
        database,
        "simulated",
        (_PERPETUAL,),
        Timeframe.H1,
        Timerange.parse("20240210-20240428"),
    )
    store, key = CandleStore(database), home.keys[0]
    mark, funding = (replace(key, kind=kind) for kind in (SeriesKind.MARK, SeriesKind.FUNDING))
    store.replace(key, candles(_HOURS))
    store.replace(mark, candles(_HOURS).assign(volume=0.0))
    settled = open_times_ms(candles(_HOURS))[::8]
    waves = -0.0002 * np.sin(np.arange(len(settled)) / 6)
    store.replace(funding, make_frame(settled, {"funding_rate": np.round(waves, 8)}))
    home.install()
    export_series(store, (key, mark, funding), home.user_data / "data")
    yield home
    database.close()


@pytest.fixture(scope="module")
def runner(home: FreqtradeHome) -> Iterator[BacktestRunner]:
    with BacktestRunner(home.user_data, home.database) as runner:
        yield runner


def test_candidates_in_freqtrade_are_those_a_backfill_asks_about(
    home: FreqtradeHome, runner: BacktestRunner
) -> None:
    store, key = CandleStore(home.database), home.keys[0]
    funding = read_funding(_RULE, key, store)
    asked = questions_for(_RULE, key, store.read(key), home.timerange, funding=funding)
    strategy, data = runner.prepare(home.specification("FundingCarry", profile=None))
    frame = strategy.advise_indicators(data[str(key.pair)], {"pair": str(key.pair)})
    rows = _RULE.candidates(frame) & (frame["date"] >= home.timerange.start).to_numpy()
    closes = open_times_ms(frame)[rows] + Timeframe.H1.ms
    assert len(asked) > 3
    assert [question.as_of.timestamp() * 1_000 for question in asked] == closes.tolist()


def test_backtest_trades_on_funding_and_earns_it(
    home: FreqtradeHome, runner: BacktestRunner
) -> None:
    result = runner.run(home.specification("FundingCarry", profile=None))
    assert len(result.trades) > 3
    # what price alone explains: the same amounts, bought and sold at the same rates, at 0.2% a side
    prices = [
        trade.amount * (trade.close_rate * 0.998 - trade.open_rate * 1.002)
        for trade in result.trades
    ]
    assert sum(trade.profit_quote for trade in result.trades) > sum(prices)


def test_funding_of_the_future_changes_no_signal(
    home: FreqtradeHome, runner: BacktestRunner
) -> None:
    report = find_leaks(runner, home.specification("FundingCarry", profile=None), samples=10)
    assert report.signals > 5
    assert report.leaks == ()


def test_key_of_the_rates_is_the_pairs_own(home: FreqtradeHome) -> None:
    assert home.keys[0] == SeriesKey("simulated", _PERPETUAL, Timeframe.H1)
