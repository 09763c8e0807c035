"""An installation on the SIMULATED market, shared by the tests of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from proratio_core.candles import CandleStore
from proratio_core.candles.simulation import store_scenario
from proratio_core.database import Database
from proratio_core.values import Pair, Timeframe, Timerange
from tests.freqtrade_home import FreqtradeHome

PAIRS = (Pair.parse("BTC/USDT"), Pair.parse("ETH/USDT"))


@pytest.fixture(scope="module")
def home(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str
) -> Iterator[FreqtradeHome]:
    database = Database(module_database_url)
    stored = Timerange.parse("20240101-20240602")
    store_scenario(CandleStore(database), PAIRS, [Timeframe.H1], timerange=stored)
    home = FreqtradeHome(
        tmp_path_factory.mktemp("home") / "user_data",
        module_database_url,
        database,
        "simulated",
        PAIRS,
        Timeframe.H1,
        Timerange.parse("20240201-20240601"),
    )
    home.install()
    yield home
    database.close()


@pytest.fixture
def installed(home: FreqtradeHome, monkeypatch: pytest.MonkeyPatch) -> FreqtradeHome:
    """Let the environment name this installation, as a strategy finds it."""
    monkeypatch.setenv("DATABASE_URL", home.database_url)
    monkeypatch.setenv("PRORATIO_USER_DATA", str(home.user_data))
    return home
