"""An account's report and its halts, as samples."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from proratio_core.errors import DataError
from proratio_tradehub.desk import Headroom, RiskReport
from proratio_tradehub.desk.report import HeldPosition
from proratio_tradehub.halts import Action, HaltEvent, HaltFile
from proratio_tradehub.metrics.accounts import account_samples, halt_samples, report_samples

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ACCOUNT = "freqtrade dry_run binance spot"
REPORT = RiskReport(
    ACCOUNT,
    "Mine",
    "proratio",
    "ab",
    7,
    NOW,
    "halt by anna",
    9_500.0,
    headroom=(
        Headroom("drawdown", 0.05, 0.1, "frac"),
        Headroom("positions", 2.0, 3.0, "count"),
        Headroom("heat", 0.5, 0.0, "frac"),
    ),
    positions=(
        HeldPosition("BTC/USDT", "long", 500.0, 10.0, 90.0),
        HeldPosition("ETH/USDT", "long", 100.0, 10.0, None),
    ),
    refused={"spread": 4},
)


def test_a_report_tells_equity_room_positions_and_refusals() -> None:
    told = {(name, labels[1:]): value for name, labels, value in account_samples(REPORT)}
    assert told["proratio_account_info", ("PAPER", "Mine", "proratio")] == 1.0
    assert told["proratio_account_equity_quote", ()] == 9_500.0
    assert told["proratio_account_drawdown_ratio", ()] == 0.05
    assert told["proratio_account_headroom_ratio", ("drawdown",)] == 0.5
    assert told["proratio_account_limit_used_ratio", ("positions",)] == pytest.approx(2 / 3)
    assert told["proratio_account_headroom_ratio", ("heat",)] == 0.0
    assert told["proratio_account_positions", ()] == 2.0
    assert told["proratio_account_positions_without_stop", ()] == 1.0
    assert told["proratio_account_position_value_quote", ("BTC/USDT", "long")] == 500.0
    assert told["proratio_account_entries_held_back", ()] == 1.0
    assert told["proratio_account_entries_refused_total", ("spread",)] == 4.0
    assert told["proratio_account_report_timestamp_seconds", ()] == NOW.timestamp()


def test_equity_that_is_not_known_is_not_told() -> None:
    names = [name for name, *_ in account_samples(replace(REPORT, equity_quote=None))]
    assert "proratio_account_equity_quote" not in names


def test_a_bot_before_its_first_report_tells_nothing_and_a_damaged_one_is_an_error(
    tmp_path: Path,
) -> None:
    path = tmp_path / "report.json"
    assert list(report_samples(path)) == []
    REPORT.write(path)
    assert list(report_samples(path)) == list(account_samples(REPORT))
    path.write_text("?")
    with pytest.raises(DataError):
        list(report_samples(path))


def test_halts_tell_the_mode_and_what_cannot_be_read_halts(tmp_path: Path) -> None:
    file = HaltFile(tmp_path / "halts.json")
    assert _mode(file) == ("trading", 0.0)
    file.add([HaltEvent("a", Action.REDUCE_ONLY, "storm", "anna", NOW)])
    assert _mode(file) == ("reduce-only", 1.0)
    file.path.write_text("?")
    assert _mode(file) == ("halted", 1.0)


def _mode(file: HaltFile) -> tuple[str, float]:
    told = {(name, labels): value for name, labels, value in halt_samples(file.read)}
    (mode,) = [labels[0] for (name, labels), value in told.items() if labels and value]
    return mode, told["proratio_halts", ()]
