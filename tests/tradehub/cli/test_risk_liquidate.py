"""`proratio risk liquidate`: shown first, done with the token."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from proratio_core.errors import RiskError, TransientError
from proratio_core.settings import Settings
from proratio_tradehub.cli.risk import app
from proratio_tradehub.desk import RiskReport, report_path
from proratio_tradehub.desk.report import HeldPosition
from tests.tradehub.halts.fake_bot import LOGIN, fake_bot, trade_of

Invoke = Callable[..., Result]


@pytest.fixture
def invoke(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Invoke:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("FREQTRADE__API_SERVER__USERNAME", LOGIN[0])
    monkeypatch.setenv("FREQTRADE__API_SERVER__PASSWORD", LOGIN[1])
    monkeypatch.setenv("PRORATIO_BOT_URL", "http://127.0.0.1:1")

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, words)

    return run


def token_in(text: str) -> str:
    found = re.search(r"--confirm (\w+)", text)
    assert found
    return found.group(1)


def test_first_step_closes_nothing_and_the_second_halts_and_closes(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_bot(trade_of(1, "BTC/USDT"), trade_of(2, "ETH/USDT")) as bot:
        monkeypatch.setenv("PRORATIO_BOT_URL", bot.url)
        shown = invoke("liquidate").output
        assert "would close trade 1: long 2 BTC/USDT, worth 220.00" in shown
        assert bot.closed == []
        assert "nothing is halted" in invoke("status").output
        done = invoke("liquidate", "--confirm", token_in(shown), "--reason", "a storm")
        assert done.exit_code == 0, done.output
        assert "closed trade 2: long 2 ETH/USDT" in done.output
        assert [number for number, _ in bot.closed] == [1, 2]
        assert "nothing, this only halts" not in invoke("liquidate").output
    assert "a storm: closed BTC/USDT, ETH/USDT" in " ".join(invoke("history").output.split())


def test_token_is_good_once(invoke: Invoke) -> None:
    with fake_bot() as bot, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PRORATIO_BOT_URL", bot.url)
        shown = invoke("liquidate").output
        assert "the bot holds nothing" in shown
        assert invoke("liquidate", "--confirm", token_in(shown)).exit_code == 0
        again = invoke("liquidate", "--confirm", token_in(shown))
    assert isinstance(again.exception, RiskError)


def test_what_another_bot_of_the_installation_holds_is_named_in_both_steps(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    for account, pair in (("mine live binance spot", "BTC/USDT"), ("other live", "ETH/USDT:USDT")):
        report = RiskReport(
            *(account, "Trend", "proratio", "ab" * 32, 17, datetime.now(UTC), "", 1e4),
            positions=(HeldPosition(pair, "long", 2_100.0, 203.8, 1_900.0),),
        )
        report.write(report_path(Settings(), account))
    with fake_bot(trade_of(1, "BTC/USDT")) as bot:
        monkeypatch.setenv("PRORATIO_BOT_URL", bot.url)
        shown = invoke("liquidate").output
        done = invoke("liquidate", "--confirm", token_in(shown)).output
    for said in (shown, done):
        (line,) = [line for line in said.splitlines() if "NOT CLOSED BY THIS" in line]
        assert "long ETH/USDT:USDT, worth 2,100.00, which other live reported at" in line


def test_damaged_report_keeps_nobody_from_closing(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = report_path(Settings(), "mine live binance spot")
    path.parent.mkdir(parents=True)
    path.write_text("{torn")
    with fake_bot(trade_of(1, "BTC/USDT")) as bot:
        monkeypatch.setenv("PRORATIO_BOT_URL", bot.url)
        shown = invoke("liquidate").output
        assert "what other bots hold is not known" in shown
        assert invoke("liquidate", "--confirm", token_in(shown)).exit_code == 0
        assert [number for number, _ in bot.closed] == [1]


def test_bot_away_halts_says_what_is_open_and_what_to_do(invoke: Invoke) -> None:
    held = HeldPosition("ETH/USDT", "long", 2_100.0, 203.8, 1_900.0)
    report = RiskReport(
        *("bot live binance spot", "Trend", "proratio", "ab" * 32, 17, datetime.now(UTC), "", 1e4),
        positions=(held,),
    )
    report.write(report_path(Settings(), report.account))
    shown = " ".join(invoke("liquidate").output.split())
    assert "no bot answers at http://127.0.0.1:1" in shown
    assert "long ETH/USDT, worth 2,100.00, stop at 1900" in shown
    done = invoke("liquidate", "--confirm", token_in(shown))
    assert isinstance(done.exception, TransientError)
    assert "Close what is open at the exchange by hand" in str(done.exception)
    assert "long ETH/USDT, worth 2,100.00" in " ".join(done.output.split())
    assert "Entries are held back: halted." in invoke("status").output
