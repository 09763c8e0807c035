"""Every strategy of the library as it is shipped: our leak test, and Freqtrade's own analyses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest

from proratio_core.candles import CandleStore
from proratio_core.candles.feather import export_series
from proratio_core.candles.frame import make_frame, open_times_ms
from proratio_core.candles.simulation import store_scenario
from proratio_core.database import Database
from proratio_core.values import Pair, SeriesKey, SeriesKind, Timeframe, Timerange
from proratio_quantlab.freqtrade_causality import find_leaks
from proratio_quantlab.freqtrade_runner import BacktestRunner
from tests.architecture.source_tree import ROOT
from tests.freqtrade_home import FreqtradeHome

_HOURLY = (
    *("AIEnhancedTrend", "BollingerBounce", "DonchianBreakout", "Grid", "MeanReversion"),
    *("Momentum", "MovingAverageCross", "Orchestrator", "SimpleTestStrategy"),
)
_RECURSIVE = ("Grid", "MeanReversion", "Momentum", "Orchestrator")
"""Those with smoothed indicators; bounce and breakout have nothing but windows of fixed length, and
the crosses are judged in tests/quantlab/test_freqtrade_causality.py."""
_PERPETUALS = ("FundingCarry", "PerpetualsAgent")
_SPOT, _PERPETUAL = Pair.parse("BTC/USDT"), Pair.parse("BTC/USDT:USDT")


@dataclass(frozen=True)
class Homes:
    """One installation for each kind of candles."""

    hourly: FreqtradeHome
    minutes: FreqtradeHome
    perpetual: FreqtradeHome

    def of(self, strategy: str) -> FreqtradeHome:
        """Return where a strategy can run."""
        elsewhere = {"Scalping": self.minutes} | dict.fromkeys(_PERPETUALS, self.perpetual)
        return elsewhere.get(strategy, self.hourly)


@pytest.fixture(scope="module")
def built_homes(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str
) -> Iterator[Homes]:
    database = Database(module_database_url)
    hourly = FreqtradeHome(
        tmp_path_factory.mktemp("home") / "user_data",
        module_database_url,
        database,
        "simulated",
        (_SPOT,),
        Timeframe.H1,
        Timerange.parse("20240201-20240601"),
    )
    minutes = replace(
        hourly, timeframe=Timeframe.M5, timerange=Timerange.parse("20240110-20240130")
    )
    perpetual = replace(hourly, pairs=(_PERPETUAL,))
    store = CandleStore(database)
    frames = [Timeframe.M5, Timeframe.H1]
    store_scenario(store, (_SPOT,), frames, timerange=Timerange.parse("20240101-20240602"), seed=3)
    _store_perpetual(store, perpetual.keys[0])
    hourly.install()
    for key in minutes.keys + perpetual.keys:
        kinds = SeriesKind if key.pair is _PERPETUAL else [SeriesKind.CANDLE]
        series = [replace(key, kind=kind) for kind in kinds]
        export_series(store, series, hourly.user_data / "data")
    yield Homes(hourly, minutes, perpetual)
    database.close()


def _store_perpetual(store: CandleStore, key: SeriesKey) -> None:
    """Store the spot market's candles as those of a perpetual, with waves of funding."""
    candles = store.read(replace(key, pair=_SPOT))
    settled = open_times_ms(candles)[::8]
    rates = np.round(-0.0002 * np.sin(np.arange(len(settled)) / 3), 8)
    store.replace(key, candles)
    store.replace(replace(key, kind=SeriesKind.MARK), candles.assign(volume=0.0))
    store.replace(
        replace(key, kind=SeriesKind.FUNDING), make_frame(settled, {"funding_rate": rates})
    )


@pytest.fixture
def homes(built_homes: Homes, monkeypatch: pytest.MonkeyPatch) -> Homes:
    monkeypatch.setenv("DATABASE_URL", built_homes.hourly.database_url)
    return built_homes


@pytest.fixture(scope="module")
def runner(built_homes: Homes) -> Iterator[BacktestRunner]:
    with BacktestRunner(built_homes.hourly.user_data, built_homes.hourly.database) as runner:
        yield runner


@pytest.mark.parametrize("strategy", [*_HOURLY, "Scalping", *_PERPETUALS])
def test_no_strategy_judges_otherwise_with_the_future_taken_away(
    homes: Homes, runner: BacktestRunner, strategy: str, caplog: pytest.LogCaptureFixture
) -> None:
    specification = homes.of(strategy).specification(strategy, profile=None)
    report = find_leaks(runner, specification, samples=10)
    assert report.signals > 3
    assert report.leaks == ()
    assert "raised" not in caplog.text


@pytest.mark.slow
@pytest.mark.parametrize("strategies", [_HOURLY[:-1], ("Scalping",), _PERPETUALS])
def test_freqtrades_lookahead_analysis_finds_no_bias(
    homes: Homes, strategies: tuple[str, ...]
) -> None:
    home = homes.of(strategies[0])
    looked = home.analyse(
        *("lookahead-analysis", "--strategy-list", *strategies, *_ungated(home)),
        *("--minimum-trade-amount", "2", "--targeted-trade-amount", "4", "--allow-limit-orders"),
    )
    assert looked.returncode == 0, looked.stderr
    for strategy in strategies:
        (row,) = [line for line in looked.stdout.splitlines() if f" {strategy}.py" in line]
        _, _, _, biased, signals, *_ = (cell.strip() for cell in row.split("│"))
        assert (strategy, biased) == (strategy, "No")
        assert int(signals) > 1


@pytest.mark.slow
@pytest.mark.parametrize("strategy", [*_RECURSIVE, "Scalping", "FundingCarry"])
def test_freqtrades_recursive_analysis_finds_the_startup_long_enough(
    homes: Homes, strategy: str
) -> None:
    home = homes.of(strategy)
    ran = home.analyse(
        *("recursive-analysis", "--strategy", strategy, *_ungated(home)),
        *("--pairs", str(home.pairs[0])),
    )
    assert ran.returncode == 0, ran.stderr
    assert "No lookahead bias on indicators found" in ran.stdout + ran.stderr
    lines = [[cell.strip() for cell in line.split("│")] for line in ran.stdout.splitlines()]
    heading = next((line for line in ran.stdout.splitlines() if "from strategy" in line), None)
    if heading is None:  # no indicator differs from any start on
        return
    own = next(n for n, cell in enumerate(heading.split("┃")) if "from strategy" in cell)
    shown = [cells[own] for cells in lines if len(cells) > own]
    assert shown
    for difference in shown:
        assert difference == "-" or abs(float(difference.removesuffix("%"))) < 0.001


def _ungated(home: FreqtradeHome) -> tuple[str, str]:
    file = home.user_data / "ungated.json"
    file.write_text('{"proratio": {"profile": "none"}}')
    return "--config", str(file)


def test_strategy_that_the_documentation_shows_can_be_copied_and_run(
    homes: Homes, runner: BacktestRunner
) -> None:
    text = (ROOT / "docs" / "strategies.md").read_text()
    (block,) = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    home = homes.hourly
    (home.user_data / "strategies" / "Highs.py").write_text(block)
    specification = home.specification("Highs", profile=None)
    assert len(runner.run(specification).trades) > 3
    assert find_leaks(runner, specification, samples=10).leaks == ()
