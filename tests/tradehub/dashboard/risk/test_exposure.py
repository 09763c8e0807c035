"""Correlations and tails by stored candles and open positions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_core.values import Timeframe
from proratio_tradehub.dashboard.reading import Access
from proratio_tradehub.dashboard.risk.exposure import (
    FEWEST_DAYS,
    account_tails,
    exposure_of,
    read_exposure,
)
from proratio_tradehub.journal import record_trades
from proratio_tradehub.portfolio.returns import Returns
from tests.signals.samples import BTC, ETH, candle_frame
from tests.tradehub.dashboard.now.made import ACCOUNT
from tests.tradehub.dashboard.now.test_queries import TRADE


def _hours(days: int) -> Returns:
    values = np.random.default_rng(5).normal(0, 0.01, (days * 24 + 7, 2))
    return Returns(("BTC/USDT", "ETH/USDT"), np.arange(len(values), dtype=np.int64), values)


def test_held_pair_comes_first_and_tails_are_of_the_equity(
    database: Database, database_url: str
) -> None:
    for key, seed in ((BTC, 1), (ETH, 2)):
        CandleStore(database).write(key, candle_frame(1300, seed=seed))
    record_trades(database, [replace(TRADE, symbol="ETH/USDT")])
    whole = exposure_of(database, ACCOUNT, "binance", equity_quote=100.0)
    assert (whole.pairs, whole.held) == (("ETH/USDT", "BTC/USDT"), 1)
    assert whole.correlations[0][0] == 1.0
    assert whole.correlations[0][1] == whole.correlations[1][0]
    assert 1.0 <= whole.bets <= 2.0
    assert whole.days == 1299 // 24
    tenth = read_exposure(Access(database_url, ()), ACCOUNT, "binance", equity_quote=1_000.0)
    assert tenth.tails[0].var_frac == pytest.approx(whole.tails[0].var_frac / 10)


def test_nothing_held_has_no_tail(database: Database) -> None:
    CandleStore(database).write(BTC, candle_frame(300))
    found = exposure_of(database, ACCOUNT, "binance", equity_quote=None)
    assert (found.tails, found.held, found.pairs) == ((), 0, ("BTC/USDT",))


def test_exchange_without_candles_is_said(database: Database) -> None:
    with pytest.raises(DataError, match="no candles of kraken"):
        exposure_of(database, ACCOUNT, "kraken", equity_quote=None)


def test_a_day_is_compounded_of_its_candles() -> None:
    returns = _hours(100)
    (tail, _), days = account_tails(returns, {"BTC/USDT": 0.5}, Timeframe.H1)
    whole_days = returns.values[-2400:, 0].reshape(100, 24)
    by_hand = np.sort(0.5 * (np.prod(1 + whole_days, axis=1) - 1))
    assert days == 100
    assert tail.var_frac == pytest.approx(-by_hand[4])
    assert tail.cvar_frac == pytest.approx(-by_hand[:5].mean())


def test_short_loses_when_the_price_rises() -> None:
    returns = _hours(60)
    rising = Returns(returns.assets, returns.open_ms, np.abs(returns.values))
    (short, _), _ = account_tails(rising, {"BTC/USDT": -1.0}, Timeframe.H1)
    (long, _), _ = account_tails(rising, {"BTC/USDT": 1.0}, Timeframe.H1)
    assert short.var_frac > 0 > long.var_frac


def test_few_days_have_no_tail() -> None:
    tails, days = account_tails(_hours(FEWEST_DAYS - 1), {"BTC/USDT": 1.0}, Timeframe.H1)
    assert (tails, days) == ((), FEWEST_DAYS - 1)
