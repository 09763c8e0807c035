"""A small installation on the SIMULATED market, shared by the tests of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from proratio_core.candles import CandleStore
from proratio_core.candles.simulation import store_scenario
from proratio_core.database import Database
from proratio_core.values import Pair, Timeframe, Timerange
from tests.freqtrade_home import FreqtradeHome


@pytest.fixture(scope="module")
def simulated_home(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str
) -> Iterator[FreqtradeHome]:
    """Return three months of two pairs, the last two of them to trade on."""
    database = Database(module_database_url)
    pairs = (Pair.parse("BTC/USDT"), Pair.parse("ETH/USDT"))
    stored = Timerange.parse("20240101-20240402")
    store_scenario(CandleStore(database), pairs, [Timeframe.H1], timerange=stored)
    home = FreqtradeHome(
        tmp_path_factory.mktemp("home") / "user_data",
        module_database_url,
        database,
        "simulated",
        pairs,
        Timeframe.H1,
        Timerange.parse("20240201-20240401"),
    )
    home.install()
    yield home
    database.close()
