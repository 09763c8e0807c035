"""The pages of a sweep and of a walk forward, on the SIMULATED market."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from proratio_tradehub.cli.sweep import sweep
from proratio_tradehub.cli.walk_forward import walk_forward
from tests.freqtrade_home import FreqtradeHome

_ON = (
    *("--exchange", "simulated", "--timerange", "20240201-20240401", "--workers", "1"),
    *("--profile", "none", "--param", "fast_candles=8,12", "--param", "slow_candles=30,40"),
)


@pytest.fixture
def home(simulated_home: FreqtradeHome, monkeypatch: pytest.MonkeyPatch) -> FreqtradeHome:
    monkeypatch.chdir(simulated_home.user_data.parent)
    monkeypatch.setenv("DATABASE_URL", simulated_home.database_url)
    monkeypatch.setenv("PRORATIO_USER_DATA", str(simulated_home.user_data))
    return simulated_home


def test_both_commands_write_their_page(home: FreqtradeHome, tmp_path: Path) -> None:
    app = typer.Typer()
    app.command("sweep")(sweep)
    app.command("walk")(walk_forward)
    for words in (("sweep",), ("walk", "--train", "30", "--test", "10")):
        page = tmp_path / f"{words[0]}.html"
        command = [words[0], "AIEnhancedTrend", *words[1:], *_ON, "--report", str(page)]
        done = CliRunner().invoke(app, command)
        assert done.exit_code == 0, done.output
        text = page.read_text()
        assert "SIMULATED" in text
        assert "Plotly" in text
    assert "fast_candles and slow_candles, by sharpe" in (tmp_path / "sweep.html").read_text()
    assert "ungated: Sharpe ratios" in (tmp_path / "walk.html").read_text()
