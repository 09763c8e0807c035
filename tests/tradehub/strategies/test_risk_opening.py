"""Which desk a strategy gets."""

from __future__ import annotations

import gc
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from freqtrade.enums import RunMode, TradingMode

from proratio_core.clock import SystemClock
from proratio_core.errors import ConfigurationError
from proratio_tradehub.strategies import RuleStrategy
from proratio_tradehub.strategies.risk_layer import LiveRisk, SimulatedRisk
from proratio_tradehub.strategies.risk_opening import open_risk
from proratio_tradehub.strategies.rules import EmaCrossRule
from tests.tradehub.strategies.hosts import host, trade_database


class Trend(RuleStrategy):
    rule = EmaCrossRule()
    timeframe = "1h"
    stoploss = -0.05
    minimal_roi: dict[str, float] = {"0": 0.1}  # noqa: RUF012  # Freqtrade's form


def strategy_in(folder: Path, runmode: RunMode, **section: Any) -> Trend:
    strategy = Trend(
        {
            "runmode": runmode,
            "user_data_dir": folder,
            "exchange": {"name": "binance"},
            "bot_name": "mine",
            "stake_currency": "USDT",
            "trading_mode": TradingMode.SPOT,
            "proratio": section,
        }
    )
    host(strategy)
    return strategy


def test_backtest_gets_a_simulated_desk_of_the_configured_profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    risk = open_risk(strategy_in(tmp_path, RunMode.BACKTEST, risk="conservative-spot"))
    assert isinstance(risk, SimulatedRisk)
    assert risk.desk.engine.profile.name == "conservative-spot"
    assert risk.candles.window_candles == risk.desk.engine.profile.correlation_candles
    assert not (tmp_path / ".proratio").exists()  # nothing outside hears of it


def test_profile_is_the_settings_own_where_the_configuration_names_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PRORATIO_RISK_PROFILE", "autonomous")
    assert open_risk(strategy_in(tmp_path, RunMode.BACKTEST)).desk.engine.profile.name == (
        "autonomous"
    )


def test_users_own_profile_tightens_a_built_in_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "risk").mkdir()
    (tmp_path / "risk" / "mine.toml").write_text('base = "proratio"\nmax_positions = 1\n')
    risk = open_risk(strategy_in(tmp_path, RunMode.BACKTEST, risk="mine"))
    assert risk.desk.engine.profile.max_positions == 1
    (tmp_path / "risk" / "mine.toml").write_text('base = "proratio"\nmax_positions = 9\n')
    with pytest.raises(ConfigurationError):
        open_risk(strategy_in(tmp_path, RunMode.BACKTEST, risk="mine"))


def test_trading_gets_a_desk_that_lasts_and_ends_with_the_strategy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    with trade_database():
        strategy = strategy_in(tmp_path, RunMode.DRY_RUN, source="replay")
        risk = open_risk(strategy)
        assert isinstance(risk, LiveRisk)
        assert risk._names == ("mine dry_run replay spot", "Trend")
        del strategy
        risk._rounds.join(20)
        assert not risk._rounds._thread.is_alive()


def test_each_hour_of_trading_frees_garbage_between_two_loops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    hours = 0
    monkeypatch.setattr(SystemClock, "monotonic", lambda _: time.monotonic() + hours * 3_600.0)
    searched: list[str] = []

    def note(phase: str, about: dict[str, int]) -> None:
        if about["generation"] == 2:
            searched.append(phase)

    with trade_database():
        risk = open_risk(strategy_in(tmp_path, RunMode.DRY_RUN))
        assert isinstance(risk, LiveRisk)
        gc.callbacks.append(note)
        try:
            found = []
            for hours in (0, 1, 1, 2):  # noqa: B007  # the clock reads it
                searched.clear()
                risk.observe(datetime.now(UTC))
                found.append(searched == ["start", "stop"])
        finally:
            gc.callbacks.remove(note)
            gc.unfreeze()
            risk.close()
            risk._rounds.join(20)
    assert found == [False, True, False, True]


@pytest.mark.parametrize(
    ("runmode", "is_gated"), [(RunMode.LIVE, True), (RunMode.DRY_RUN, False)], ids=str
)
def test_only_real_money_needs_a_stage(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    database_url: str,
    runmode: RunMode,
    is_gated: bool,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    with trade_database():
        risk = open_risk(strategy_in(tmp_path, runmode))
        assert isinstance(risk, LiveRisk)
        assert ("no stage allows" in risk.desk.standing().unknown) is is_gated
        assert ("stage" in [rule.name for rule in risk.desk.engine._rules]) is is_gated
        assert (risk._gate is not None) is is_gated
        risk.close()
        risk._rounds.join(20)
