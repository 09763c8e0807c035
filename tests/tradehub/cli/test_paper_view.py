from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from rich.console import Console

from proratio_tradehub.cli.paper_view import (
    health_document,
    outcome_document,
    print_health,
    print_outcome,
    session_progress,
)
from proratio_tradehub.cli.session import print_json
from proratio_tradehub.paper import Outcome, Progress
from tests.tradehub.paper.test_causes import trade
from tests.tradehub.paper.test_comparison import agreement
from tests.tradehub.paper.test_health import NOW, WELL
from tests.tradehub.paper.test_plan import PLAN

SAME = trade(0, 5, 100.0, "roi")
OUTCOME = Outcome(
    PLAN,
    (SAME,),
    PLAN.end,
    loops=2_880,
    wall_s=100.0,
    cpu_s=50.0,
    start_quote=1_000.0,
    refusals={"correlation": 3},
    voters="offline (RULE-BASED voters)",
    interrupted=True,
)
BESIDE = agreement([SAME, trade(10, 15, 100.0, "roi")], [SAME])


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    return " ".join(capsys.readouterr().out.split())


def test_an_outcome_is_marked_and_says_how_it_agrees(capsys: pytest.CaptureFixture[str]) -> None:
    print_outcome(Console(width=160), OUTCOME, BESIDE)

    text = printed(capsys)
    assert "SIMULATED Trend on recorded candles of binance" in text
    assert "1,728 x real time (2,880 loops in 100.0 s" in text
    assert OUTCOME.hash in text
    assert "entries │ 1 (50.0%) │ 2" in text
    assert "3 correlation" in text
    assert "entries gated by │ offline (RULE-BASED voters)" in text
    assert "1 pair on 5m candles" in text
    assert "on paper only" in text
    assert "stopped by Ctrl-C" in text


def test_the_document_has_every_trade_and_every_difference(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_json(outcome_document(OUTCOME, BESIDE))

    told = json.loads(capsys.readouterr().out)
    assert (told["mark"], told["sha256"], told["speed"]) == ("SIMULATED", OUTCOME.hash, 1_728.0)
    assert told["voters"] == "offline (RULE-BASED voters)"
    assert told["backtest"]["entries"] == 2
    assert len(told["backtest"]["differences"]) == len(BESIDE.lines)
    assert len(told["trades"]) == 1


def test_progress_shows_the_virtual_date_and_the_trades(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "160")
    with session_progress(PLAN) as report:
        report(Progress(PLAN.start + timedelta(days=1), 3, 1, 1_010.0))
        report(Progress(PLAN.end, 4, 0, None))

    told = capsys.readouterr().err
    assert "SIMULATED" in told
    assert "2025-03-03 00:00" in told
    assert "4 trades closed, 0 open" in told


def test_health_is_a_row_for_each_bot(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "140")
    print_health([WELL, replace(WELL, strategy="[b]", last_loop_at=None)], NOW)

    text = printed(capsys)
    assert "PAPER Trend │ running │ 11 │ 0 │ 5 s ago │ yes" in text
    assert "PAPER [b] │ running │ 11 │ 0 │ none │ no: it has made no loop yet" in text
    assert health_document(WELL, NOW)["well"] is True


def test_no_name_of_a_bot_is_cut(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")

    print_health([replace(WELL, strategy="SimpleTestStrategy")], NOW)

    out = capsys.readouterr().out
    assert "…" not in out
    names = [line.split("│")[1].strip() for line in out.splitlines() if line.startswith("│")]
    assert "".join(names).replace(" ", "") == "PAPERSimpleTestStrategy"
