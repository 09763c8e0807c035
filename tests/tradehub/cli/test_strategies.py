"""`proratio strategies` as a person types it."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner, Result

from proratio_core.errors import ConfigurationError
from proratio_tradehub.cli.strategies import strategies
from proratio_tradehub.strategies.rules import CATALOGUE, tunables


def run(*words: str) -> Result:
    app = typer.Typer()
    app.command()(strategies)
    return CliRunner(env={"COLUMNS": "100"}).invoke(app, words)


def test_every_strategy_of_the_library_is_listed_with_where_it_trades() -> None:
    lines = [" ".join(line.replace("│", " ").split()) for line in run().stdout.splitlines()]
    for name in CATALOGUE:
        assert any(line.startswith(f"{name} ") for line in lines), name
    assert "Scalping spot 5m 1.5 h rising, turbulent" in lines
    assert "FundingCarry perpetual 1h 24 h ranging, rising, turbulent" in lines


def test_one_strategy_is_shown_with_its_failure_and_its_parameters() -> None:
    text = " ".join(run("Momentum").stdout.replace("│", " ").split())
    assert text.startswith("Momentum: Buys what rose over a day and over three, in a strong trend.")
    assert "Fails when a rise ends at once" in text
    assert "short_candles 24 12 48 entries" in text


@pytest.mark.parametrize("name", CATALOGUE)
def test_programs_read_the_same(name: str) -> None:
    document = json.loads(run(name, "--json").stdout)
    card = CATALOGUE[name]
    assert list(document) == [name]
    assert document[name]["regimes"] == sorted(card.regimes)
    assert set(document[name]["parameters"]) == set(tunables(card.rule))


def test_unknown_strategy_is_refused_with_those_there_are() -> None:
    result = run("Momentun")
    assert isinstance(result.exception, ConfigurationError)
    assert "there are: AIEnhancedTrend, BollingerBounce" in str(result.exception)
