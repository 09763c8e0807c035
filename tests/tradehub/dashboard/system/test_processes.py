"""How processes are, by the files they rewrite."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from proratio_core.settings import Settings
from proratio_core.streaming.health import StreamHealth, stream_health_file
from proratio_signals.health import Condition, Health, health_file
from proratio_tradehub.backups import BackupRecord, backup_record_file
from proratio_tradehub.dashboard.now.figures import Light
from proratio_tradehub.dashboard.system.processes import ProcessLine, process_lines
from proratio_tradehub.desk import report_path
from proratio_tradehub.paper import Health as PaperHealth
from proratio_tradehub.paper import State
from proratio_tradehub.paper.health import health_path
from tests.tradehub.dashboard.drawing import NOW
from tests.tradehub.dashboard.now.made import ACCOUNT, a_report


def _lines(settings: Settings, now: datetime = NOW) -> dict[str, ProcessLine]:
    return {line.name: line for line in process_lines(settings, now)}


def _supervise(settings: Settings, **changes: Any) -> None:
    """Report as the supervisor of a bot does."""
    values = {
        "strategy": "Trend", "mark": "PAPER", "state": State.RUNNING, "supervisor_pid": 1,
        "bot_pid": 2, "started_at": NOW, "updated_at": NOW, "last_loop_at": NOW,
    }  # fmt: skip
    PaperHealth(**(values | changes)).write(health_path(settings, "Trend"))


def test_what_never_reported_is_not_started_and_a_backup_is_missed(tmp_path: Path) -> None:
    lines = _lines(Settings(PRORATIO_USER_DATA=tmp_path))
    assert [lines[name].light for name in ("Bot", "Signals", "Stream", "Alerts")] == [
        Light.ABSENT
    ] * 4
    assert lines["Backup"].light is Light.LIMITED


def test_every_process_that_reports_is_running_then_silent(tmp_path: Path) -> None:
    settings = Settings(PRORATIO_USER_DATA=tmp_path)
    a_report().write(report_path(settings, ACCOUNT))
    _supervise(settings, restarts=2)
    condition = Condition.READY
    health_file(settings, "offline").write(Health("offline", "x", 7, condition, "", NOW, NOW))
    stream_health_file(settings, "binance").write(StreamHealth("binance", 8, NOW, NOW, 0, ()))
    backup_record_file(settings).write(BackupRecord(NOW, "a.tar", 5_000_000, 10))
    names = (f"Bot {ACCOUNT}", "Supervisor of Trend", "Signals", "Stream binance", "Backup")
    now, later = _lines(settings), _lines(settings, NOW + timedelta(days=3))
    assert {now[name].light for name in names} == {Light.RUNNING}
    assert {later[name].light for name in names} == {Light.SILENT}
    assert "2 restarts" in now["Supervisor of Trend"].detail


def test_process_that_works_in_part_says_why(tmp_path: Path) -> None:
    settings = Settings(PRORATIO_USER_DATA=tmp_path)
    a_report(held_back="the clock is off").write(report_path(settings, ACCOUNT))
    _supervise(settings, state=State.WAITING, detail="killed by signal 9")
    lines = _lines(settings)
    assert lines[f"Bot {ACCOUNT}"].light is Light.LIMITED
    assert "the clock is off" in lines[f"Bot {ACCOUNT}"].detail
    assert lines["Supervisor of Trend"].light is Light.LIMITED
    assert "killed by signal 9" in lines["Supervisor of Trend"].detail


def test_file_of_nonsense_hides_no_other_process(tmp_path: Path) -> None:
    settings = Settings(PRORATIO_USER_DATA=tmp_path)
    health_path(settings, "Trend").parent.mkdir(parents=True)
    health_path(settings, "Trend").write_text("{}")
    report_path(settings, ACCOUNT).parent.mkdir()
    report_path(settings, ACCOUNT).write_text("{")
    lines = _lines(settings)
    assert "is not readable" in lines["Bot"].detail
    assert "is not readable" in lines["Supervisor"].detail
    assert lines["Signals"].light is Light.ABSENT


def test_watch_of_alerts_is_known_by_when_it_last_told(tmp_path: Path) -> None:
    settings = Settings(PRORATIO_USER_DATA=tmp_path)
    settings.state_dir.mkdir(parents=True)
    told = settings.state_dir / "alerts-mail.json"
    told.write_text("{}")
    at_s = (NOW - timedelta(hours=2)).timestamp()
    os.utime(told, (at_s, at_s))
    line = _lines(settings)["Alerts"]
    assert (line.light, line.detail) == (
        Light.NOTED,
        "alerts-mail: something was last told 2 h ago",
    )


def test_bot_that_makes_no_loops_is_not_well(tmp_path: Path) -> None:
    settings = Settings(PRORATIO_USER_DATA=tmp_path)
    for last in (None, NOW - timedelta(minutes=6)):
        _supervise(settings, last_loop_at=last)
        assert _lines(settings)["Supervisor of Trend"].light is Light.LIMITED
