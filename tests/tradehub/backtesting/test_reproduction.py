"""A ledger travels: another machine gives the same trades from it, and asks nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from proratio_core.candles import CandleStore
from proratio_core.candles.simulation import store_scenario
from proratio_core.clock import SystemClock
from proratio_core.database import Database
from proratio_core.settings import Settings
from proratio_core.values import Timerange
from proratio_signals.archive import export_ledger, import_ledger
from proratio_tradehub.backtesting import Backtester, BacktestRequest, Outcome
from tests.freqtrade_home import FreqtradeHome
from tests.wire.fake_providers import FakeProviders, opinion_text

MODELS = ("gpt-6.1-terra", "claude-sonnet-5-5", "gemini-3.8-flash")


@pytest.fixture
def fake() -> Iterator[FakeProviders]:
    """Yield providers that agree strongly on two of three candles, weakly on the rest."""
    with FakeProviders() as fake:
        for model in MODELS:
            fake.script(
                model, *(opinion_text(confidence=0.9 if n % 3 else 0.3) for n in range(200))
            )
        yield fake


def _backtest(home: FreqtradeHome, settings: Settings, database: Database) -> Outcome:
    request = BacktestRequest(
        strategy="AIEnhancedTrend",
        exchange=home.exchange,
        pairs=home.pairs,
        timeframe=home.timeframe,
        timerange=Timerange.parse("20240201-20240501"),
        profile="consensus",
        fresh=True,
    )
    with Backtester(settings, database, clock=SystemClock()) as backtester:
        return backtester.run(request)


def test_imported_ledger_gives_the_same_trades_without_a_key_or_a_call(
    installed: FreqtradeHome,
    elsewhere: Database,
    elsewhere_url: str,
    fake: FakeProviders,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paid = _backtest(
        installed,
        fake.settings(installed.user_data, DATABASE_URL=installed.database_url),
        installed.database,
    )
    calls = fake.count()
    file = tmp_path / "ledger.parquet"
    export_ledger(installed.database, file, profile_hash=paid.profile.hash if paid.profile else "")

    stored = Timerange.parse("20240101-20240602")
    store_scenario(CandleStore(elsewhere), installed.pairs, [installed.timeframe], timerange=stored)
    imported = import_ledger(elsewhere, file, now=SystemClock().now())
    monkeypatch.setenv("DATABASE_URL", elsewhere_url)  # what the strategy itself reads
    again = _backtest(installed, Settings(PRORATIO_USER_DATA=installed.user_data), elsewhere)

    assert paid.backfilled is not None
    assert again.backfilled is not None
    assert calls == 3 * paid.backfilled.asked == 3 * imported.added > 0
    assert fake.count() == calls
    assert (again.backfilled.asked, again.backfilled.answered_before) == (0, imported.added)
    here, there = paid.comparison.gated, again.comparison.gated
    assert len(here.trades) > 0
    assert there.trades == here.trades
    assert there.run_hash == here.run_hash
