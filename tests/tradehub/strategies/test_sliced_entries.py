"""Entries in slices: Freqtrade's own backtest on real candles, and its live mode."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from freqtrade.enums import RunMode
from freqtrade.exceptions import OperationalException
from freqtrade.persistence import LocalTrade

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_core.errors import ConfigurationError
from proratio_core.replay.trading import Side
from proratio_core.values import Pair, Timeframe, Timerange
from proratio_quantlab.freqtrade_runner import BacktestRunner
from proratio_tradehub.halts import Action
from proratio_tradehub.strategies.sliced_entries import prepare_execution
from tests.freqtrade_home import FreqtradeHome
from tests.live_session import LiveSession, five_minutes, live_session

_BTC = Pair.parse("BTC/USDT")
_STORED = Timerange.parse("20250301-20250320")
_STRATEGY = """
import numpy as np
from datetime import timedelta
from proratio_tradehub.strategies import RuleStrategy

class EverySixHours:
    startup_candles = 20
    def indicators(self, frame):
        return frame
    def candidates(self, frame):
        closes = frame["date"].dt.hour * 60 + frame["date"].dt.minute + 5
        return (closes % 360 == 0).to_numpy()
    def exits(self, frame):
        return np.zeros(len(frame), dtype=bool)

class Probe(RuleStrategy):
    rule = EverySixHours()
    timeframe = "5m"
    stoploss = -0.05
    minimal_roi = {"0": 0.5}

    def custom_exit(self, *, trade, current_time, **_):
        return "three hours" if current_time - trade.open_date_utc >= timedelta(hours=3) else None
"""


@pytest.fixture(scope="module")
def home(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str, market_data: Path
) -> Iterator[FreqtradeHome]:
    """Yield an installation with three real weeks of BTC, five minutes a candle."""
    database = Database(module_database_url)
    home = FreqtradeHome(
        tmp_path_factory.mktemp("home") / "user_data",
        module_database_url,
        database,
        "binance",
        (_BTC,),
        Timeframe.M5,
        Timerange.parse("20250316-20250319"),
    )
    CandleStore(database).replace(home.keys[0], candles(market_data))
    home.install()
    (home.user_data / "strategies" / "probe.py").write_text(_STRATEGY)
    yield home
    database.close()


def candles(market_data: Path) -> pd.DataFrame:
    frame = pd.read_feather(market_data / "binance" / "BTC_USDT-5m.feather")
    assert _STORED.start is not None
    assert _STORED.end is not None
    inside = (frame["date"] >= _STORED.start) & (frame["date"] < _STORED.end)
    return frame[inside].reset_index(drop=True)


def run(home: FreqtradeHome, execution: Mapping[str, Any]) -> list[Any]:
    """Return Freqtrade's own trades of a backtest with one style."""
    file = home.user_data / "config-backtest.json"
    was = file.read_text()
    file.write_text(json.dumps({"fee": 0.002, "proratio": {"execution": execution}}))
    try:
        with BacktestRunner(home.user_data, home.database) as runner:
            result = runner.run(home.specification("Probe", profile=None))
    finally:
        file.write_text(was)
    assert len(result.trades) == len(LocalTrade.bt_trades)
    return list(LocalTrade.bt_trades)


def bought(trade: Any) -> list[Any]:
    return [order for order in trade.orders if order.ft_order_side == "buy"]


def shortfall_bps(trades: list[Any]) -> np.ndarray:
    """Return by how much the realised average was above the price on arrival, in 1/100 of 1%."""
    arrival = np.array([bought(trade)[0].safe_price for trade in trades])
    return (np.array([trade.open_rate for trade in trades]) / arrival - 1.0) * 1e4


def test_equal_slices_realise_the_average_of_the_prices_they_met(
    home: FreqtradeHome, market_data: Path
) -> None:
    whole = {trade.open_date_utc: trade.stake_amount for trade in run(home, {"style": "market"})}
    trades = run(home, {"style": "twap", "slices": 6, "over_s": 1_800})
    opens = candles(market_data).set_index("date")["open"]
    assert len(trades) > 8
    for trade in trades:
        slices = bought(trade)
        assert len(slices) == 6
        first = trade.open_date_utc
        met = opens[first : first + timedelta(minutes=25)].to_numpy()
        assert [order.safe_price for order in slices] == pytest.approx(met)
        stakes = np.array([order.stake_amount_filled for order in slices])
        assert stakes == pytest.approx(stakes.mean(), rel=0.01)
        assert stakes.sum() == pytest.approx(whole[first], rel=0.02)
        assert trade.open_rate == pytest.approx(stakes.sum() / (stakes / met).sum(), rel=1e-4)
    slipped = shortfall_bps(trades)
    assert slipped.std() > 1.0
    assert abs(slipped.mean()) < 4 * slipped.std() / np.sqrt(len(slipped))  # no drift of its own


def test_slices_by_volume_are_as_large_as_their_time_of_day_is_busy(
    home: FreqtradeHome, market_data: Path
) -> None:
    frame = candles(market_data)
    assert home.timerange.start is not None
    loaded = home.timerange.start - timedelta(minutes=5 * 20)  # with those of the start-up
    trades = run(home, {"style": "vwap", "slices": 6, "over_s": 1_800})
    assert len(trades) > 8
    for trade in trades[-4:]:
        before = frame[
            (frame["date"] + timedelta(minutes=5) <= trade.open_date_utc)
            & (frame["date"] >= loaded)
        ]
        usual = before.groupby(before["date"].dt.time)["volume"].mean()
        times = [(trade.open_date_utc + timedelta(minutes=5 * n)).time() for n in range(6)]
        expected = np.array([usual[time] for time in times])
        stakes = np.array([order.stake_amount_filled for order in bought(trade)])
        assert stakes / stakes.sum() == pytest.approx(expected / expected.sum(), rel=0.03)


def test_an_iceberg_shows_one_part_a_time_and_ends_with_its_time(home: FreqtradeHome) -> None:
    trades = run(home, {"style": "iceberg", "slices": 4, "over_s": 600})
    assert {len(bought(trade)) for trade in trades} == {4}
    short = run(home, {"style": "iceberg", "slices": 20, "over_s": 600})
    # one at the entry, one more in its candle, and one a candle up to two of them late
    assert {len(bought(trade)) for trade in short} == {6}


@pytest.fixture
def session(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LiveSession]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    execution = {"style": "twap", "slices": 6, "over_s": 600, "order": "market"}
    with live_session(
        tmp_path, [five_minutes("BTC/USDT")], proratio={"execution": execution}
    ) as running:
        yield running


@pytest.mark.slow
def test_live_each_slice_comes_in_time_the_stop_covers_what_is_held_and_a_restart_goes_on(
    session: LiveSession,
) -> None:
    session.start()
    session.loop(8, every_s=20)  # 160 s: the second slice
    (trade,) = session.trades()
    buys = [order for order in session.placed() if order.ticket.side is Side.BUY]
    assert len(buys) == 2
    session.stop()
    session.start()
    session.loop(20, every_s=20)  # 560 s
    session.loop()  # the stop is renewed in the loop after a fill
    (trade,) = session.trades()
    buys = [order for order in session.placed() if order.ticket.side is Side.BUY]
    assert len(buys) == 6
    begun = [(order.created_ms - buys[0].created_ms) / 1000 for order in buys]
    assert begun == pytest.approx([0, 100, 200, 300, 400, 500], abs=21)
    assert sum(order.cost_quote for order in buys) == pytest.approx(500.0, rel=0.01)
    assert trade.amount == pytest.approx(sum(order.filled for order in buys), rel=0.002)
    (stop,) = [o for o in session.placed() if o.ticket.stop_price and o.status.is_open]
    assert stop.ticket.amount == pytest.approx(trade.amount, rel=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["halt", "exit"])
def test_a_halt_or_an_exit_ends_what_is_left_of_an_entry(session: LiveSession, ending: str) -> None:
    bot = session.start()
    session.loop(8, every_s=20)
    restraint = bot.strategy._risk.desk._restraint
    if ending == "halt":
        restraint.order(Action.HALT, reason="a test", by="a test")
    else:
        session.let(leave=True, enter=False)
    session.loop(8, every_s=20)
    if ending == "halt":
        restraint.order(Action.RESUME, reason="calm again", by="a test")
    session.let(enter=False)
    session.loop(8, every_s=20)
    buys = [order for order in session.placed() if order.ticket.side is Side.BUY]
    assert len(buys) == 2


class Plain:
    """What is set of a strategy."""

    def __init__(self) -> None:
        self.position_adjustment_enable = False
        self.order_types = {"entry": "limit"}


def test_a_strategy_that_adds_by_itself_is_not_sliced_and_a_market_order_takes_the_other_side() -> (
    None
):
    sliced = {"proratio": {"execution": {"style": "twap", "slices": 2, "over_s": 60}}}
    grid = Plain()
    grid.position_adjustment_enable = True
    with pytest.raises(ConfigurationError, match="adds to its positions by itself"):
        prepare_execution(grid, dict(sliced))
    plain = Plain()
    config: dict[str, Any] = {"proratio": {"execution": {"style": "market"}}}
    prepare_execution(plain, config)
    assert plain.order_types["entry"] == "market"
    assert config["entry_pricing"]["price_side"] == "other"
    assert not plain.position_adjustment_enable


def test_a_bot_ends_with_what_is_wrong_and_a_backtest_with_an_error_of_ours() -> None:
    config: dict[str, Any] = {"proratio": {"execution": {"style": "twap", "slice": 6}}}
    for mode in (RunMode.LIVE, RunMode.DRY_RUN):
        with pytest.raises(OperationalException, match="twap does not know 'slice'"):
            prepare_execution(Plain(), config | {"runmode": mode})
    with pytest.raises(ConfigurationError, match="twap does not know 'slice'"):
        prepare_execution(Plain(), config | {"runmode": RunMode.BACKTEST})
