from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_core.settings import Settings
from proratio_tradehub.backups import rehearsal_record_file
from proratio_tradehub.backups.records import RehearsalRecord
from proratio_tradehub.going_live import Evidence, checklist_of, read_evidence
from proratio_tradehub.installation import Finding, Verdict
from proratio_tradehub.risk import load_risk_profile
from tests.tradehub.reports.made import ACCOUNT, HOUR, NOON, fill
from tests.tradehub.stages.made import built_in

FINDINGS = (
    Finding("disk", Verdict.FAILED, "full"),
    Finding("redis", Verdict.NOTE, "none"),
    Finding("python", Verdict.OK, "3.11"),
)


def read(database: Database, folder: Path, **changes: object) -> Evidence:
    asked = {"since": None, "findings": FINDINGS, "clock": FixedClock(NOON + 4 * HOUR)}
    settings = Settings(PRORATIO_USER_DATA=folder)
    return read_evidence(database, settings, ACCOUNT, **(asked | changes))  # type: ignore[arg-type]


def test_everything_on_record_is_found(database: Database, tmp_path: Path) -> None:
    fill(database)
    record = RehearsalRecord(NOON, "b", NOON, "", 9, "hash", 1.0, NOON)
    rehearsal_record_file(Settings(PRORATIO_USER_DATA=tmp_path)).write(record)
    found = read(database, tmp_path)
    assert (found.trades, found.voted) == (2, 2)
    assert found.presence.interruptions == 3
    assert found.drawdown_frac == pytest.approx(6 / 1_010)
    assert found.limit_frac == load_risk_profile("proratio").max_drawdown_frac
    assert "because of storm" in found.held_back
    assert (found.failing, found.rehearsed_at) == (("disk",), NOON)
    assert [one.strategy for one in found.comparisons] == ["Trend"]


def test_what_came_before_the_stage_does_not_count(database: Database, tmp_path: Path) -> None:
    fill(database)
    found = read(database, tmp_path, since=NOON + timedelta(minutes=90))
    assert found.trades == 1
    assert found.presence.days == 1
    assert found.drawdown_frac == pytest.approx(0.0059406, abs=1e-6)


def test_an_installation_without_anything_is_no_error(database: Database, tmp_path: Path) -> None:
    found = read(database, tmp_path, findings=())
    assert (found.trades, found.sharpe, found.drawdown_frac) == (0, None, None)
    (tmp_path / ".proratio").mkdir()
    (tmp_path / ".proratio" / "rehearsal.json").write_text("{")
    found = read(database, tmp_path, findings=())
    assert found.rehearsed_at is None
    assert not checklist_of(found, built_in().needed, built_in().stages[0]).passed
