"""`proratio sweep` as a person types it, kills it, and types it again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from proratio_core.errors import ConfigurationError, DataError, TransientError
from proratio_tradehub.cli.sweep import sweep
from tests.freqtrade_home import FreqtradeHome

_PRORATIO = Path(sys.executable).with_name("proratio")
_ON = ("--exchange", "simulated", "--timerange", "20240201-20240401", "--profile", "none")
_SPACE = ("--param", "fast_candles=5:40:1")


@pytest.fixture
def home(simulated_home: FreqtradeHome, monkeypatch: pytest.MonkeyPatch) -> FreqtradeHome:
    monkeypatch.chdir(simulated_home.user_data.parent)
    monkeypatch.setenv("DATABASE_URL", simulated_home.database_url)
    monkeypatch.setenv("PRORATIO_USER_DATA", str(simulated_home.user_data))
    return simulated_home


def run(*words: str) -> Result:
    app = typer.Typer()
    app.command()(sweep)
    return CliRunner(env={"COLUMNS": "120"}).invoke(app, words, catch_exceptions=True)


def started(home: FreqtradeHome, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(_PRORATIO), "sweep", "AIEnhancedTrend", *_ON, *words],
        cwd=home.user_data.parent,
        env={**os.environ, "COLUMNS": "120"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finished(home: FreqtradeHome) -> int:
    with home.database.transaction() as cursor:
        cursor.execute("SELECT count(*) FROM backtest_run WHERE strategy = 'AIEnhancedTrend'")
        return int((cursor.fetchone() or (0,))[0])


def wait_for(home: FreqtradeHome, count: int, process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 60
    while finished(home) < count:
        assert time.monotonic() < until
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGINT])
def test_a_sweep_stopped_half_way_goes_on_without_repeating_a_finished_run(
    home: FreqtradeHome, stop: signal.Signals
) -> None:
    with home.database.transaction() as cursor:
        cursor.execute("DELETE FROM backtest_run")
    words = (*_SPACE, "--json", "--workers")
    process = started(home, *words, "2")
    wait_for(home, 5, process)
    os.killpg(process.pid, stop)
    _, errors = process.communicate(timeout=30)
    assert "Traceback" not in errors
    assert process.returncode == (-signal.SIGKILL if stop is signal.SIGKILL else 130)
    time.sleep(0.5)  # a killed worker's transaction ends with its connection
    kept = finished(home)
    with home.database.transaction() as cursor:
        cursor.execute("SELECT max(id) FROM backtest_run")
        (last,) = cursor.fetchone() or (0,)

    again = run("AIEnhancedTrend", *_ON, *words, "1")

    assert again.exit_code == 0, again.output
    document = json.loads(again.stdout)
    assert 5 <= kept < 36
    assert (document["ran"], document["reused"]) == (36 - kept, kept)
    with home.database.transaction() as cursor:
        cursor.execute("SELECT count(*) FROM backtest_run WHERE id <= %s", (last,))
        assert cursor.fetchone() == (kept,)  # none of them was written again


def test_the_table_says_what_was_run_and_how_far_to_believe_it(home: FreqtradeHome) -> None:
    words = ("--param", "fast_candles=8,12", "--param", "slow_candles=30,40,50", "--workers", "1")

    result = run("AIEnhancedTrend", *_ON, *words)

    assert result.exit_code == 0, result.output
    assert "SIMULATED" in result.output
    assert "6 runs" in result.output
    assert "Score: fast_candles down" in result.output.replace("\n", " ")
    assert "Too few points" in result.output  # six are too few to compare
    assert "Deflated Sharpe" in result.output


@pytest.mark.parametrize(
    ("words", "error", "complaint"),
    [
        ((), DataError, "--param"),
        (("--param", "fast_candles"), DataError, "name=a,b,c"),
        (("--param", "fast_candles=5", "--objective", "luck"), DataError, "constrained"),
        (("--param", "fast_candles=5", "--ray", "127.0.0.1:1"), TransientError, "ray start"),
        (("--space", "missing.toml"), DataError, "missing.toml"),
    ],
)
def test_a_wrong_word_is_one_error_with_the_remedy(
    home: FreqtradeHome, words: tuple[str, ...], error: type[Exception], complaint: str
) -> None:
    result = run("AIEnhancedTrend", *_ON, *words)

    assert isinstance(result.exception, error)
    assert complaint in str(result.exception)


def test_an_unknown_parameter_fails_every_run_and_says_which_there_are(
    home: FreqtradeHome,
) -> None:
    result = run("AIEnhancedTrend", *_ON, "--param", "fast=5,6", "--workers", "1")

    assert result.exit_code == 0
    assert "2 failed" in result.output
    assert "there are: fast_candles" in result.output.replace("\n", " ")


def test_an_unknown_strategy_is_named(home: FreqtradeHome) -> None:
    result = run("Nobody", *_ON, "--param", "fast_candles=5")
    assert isinstance(result.exception, ConfigurationError)
