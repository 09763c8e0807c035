"""`proratio export` as a person types it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from proratio_core.database import Database
from proratio_core.errors import ConfigurationError
from proratio_tradehub.cli.export import export, moment_of
from proratio_tradehub.journal import record_trades
from tests.tradehub.journal.made import HOUR, NOW, a_trade, closed


@pytest.fixture(autouse=True)
def _stored(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path)
    old = a_trade(entry_order_id="2", trade_id=2, opened_at=NOW - 48 * HOUR, **closed())
    record_trades(database, [a_trade(), old])


def run(*words: str) -> Result:
    app = typer.Typer()
    app.command()(export)
    return CliRunner().invoke(app, words, catch_exceptions=True)


def test_a_table_becomes_a_file_and_says_how_long_it_is() -> None:
    result = run("trades", "-o", "deep/trades.csv", "--since", "2024-03-14")
    assert result.exit_code == 0, result.output
    assert result.stdout == "1 rows of trades: deep/trades.csv\n"
    header, row = Path("deep/trades.csv").read_text().splitlines()
    assert header.startswith("account,trade_id,strategy")
    assert row.startswith(
        "bot dry_run binance spot,1,Trend,BTC/USDT,long,True,2024-03-14T12:00:05Z"
    )


def test_what_cannot_be_written_is_refused_before_anything_is_read() -> None:
    assert isinstance(run("trades", "-o", "trades.xlsx").exception, ConfigurationError)
    assert isinstance(run("trade", "-o", "trades.csv").exception, ConfigurationError)
    assert run("trades", "-o", "a.csv", "--since", "yesterday").exit_code == 2
    assert not list(Path().glob("*.csv"))


def test_a_moment_without_a_zone_is_utc() -> None:
    assert moment_of(datetime(2024, 1, 1)) == datetime(2024, 1, 1, tzinfo=UTC)  # noqa: DTZ001
    assert moment_of(None) is None
