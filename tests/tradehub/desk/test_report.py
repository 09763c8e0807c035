"""The file that says how a bot stands with its limits."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from proratio_core.errors import DataError
from proratio_core.settings import Settings
from proratio_tradehub.desk.report import (
    Headroom,
    RiskReport,
    headroom_of,
    positions_of,
    read_reports,
    report_path,
)
from proratio_tradehub.risk import load_risk_profile
from tests.tradehub.desk.made import NOW
from tests.tradehub.risk.made import a_position, a_state

REPORT = RiskReport(
    *("bot dry_run binance spot", "Trend", "proratio", "ab" * 32, 17, NOW, "", 9_900.0),
    headroom=(Headroom("drawdown", 0.01, 0.10, "frac"),),
    refused={"heat": 2},
)


def test_report_comes_back_as_it_was_written_each_account_its_own(tmp_path: Path) -> None:
    settings = Settings(PRORATIO_USER_DATA=tmp_path)
    assert read_reports(settings) == ()
    REPORT.write(report_path(settings, REPORT.account))
    REPORT.write(report_path(settings, REPORT.account))
    assert read_reports(settings) == (REPORT,)
    assert report_path(settings, REPORT.account).name == "bot-dry-run-binance-spot.json"


def test_report_is_fresh_for_half_a_minute() -> None:
    assert REPORT.is_fresh(NOW + timedelta(seconds=29))
    assert not REPORT.is_fresh(NOW + timedelta(seconds=30))


def test_damaged_report_names_the_file_and_the_remedy(tmp_path: Path) -> None:
    settings = Settings(PRORATIO_USER_DATA=tmp_path)
    path = report_path(settings, "bot")
    path.parent.mkdir(parents=True)
    path.write_text("{")
    with pytest.raises(DataError, match=r"bot\.json is not readable .* remove it"):
        read_reports(settings)


def test_headroom_is_what_each_limit_leaves() -> None:
    state = a_state(
        equity_quote=95_000.0,
        day_start_equity_quote=96_000.0,
        week_start_equity_quote=94_000.0,
        positions=(a_position(),),
        entries_today=3,
    )
    room = {line.limit: line for line in headroom_of(state, load_risk_profile("autonomous"))}
    assert room["drawdown"].used == pytest.approx(0.05)
    assert room["drawdown"].left == pytest.approx(0.20)
    assert room["loss today"].used == pytest.approx(1 - 95 / 96)
    assert room["loss this week"].used == 0.0
    assert room["positions"].used == 1.0
    assert room["heat"].used == pytest.approx(a_position().planned_loss_quote / 95_000.0)
    assert room["entries today"].left == 17.0
    assert Headroom("x", 2.0, 1.0, "count").left == 0.0


def test_positions_are_reported_with_what_they_would_lose() -> None:
    (held,) = positions_of(a_state(positions=(a_position(),)))
    assert (held.pair, held.side, held.value_quote) == ("ETH/USDT", "long", 2_100.0)
    assert held.planned_loss_quote == pytest.approx(a_position().planned_loss_quote)
