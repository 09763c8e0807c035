from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from proratio_core.errors import DataError
from proratio_core.settings import Settings
from proratio_tradehub.paper.health import Health, State, health_path, read_health

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
WELL = Health(
    *("Trend", "PAPER", State.RUNNING, 10, 11, NOW - timedelta(hours=1), NOW),
    last_loop_at=NOW - timedelta(seconds=5),
)


def test_a_bot_that_loops_under_a_supervisor_that_writes_is_well() -> None:
    assert WELL.trouble(NOW) == ""


@pytest.mark.parametrize(
    ("change", "trouble"),
    [
        ({"last_loop_at": None}, "it has made no loop yet"),
        ({"last_loop_at": NOW - timedelta(minutes=6)}, "its last loop was at 2025-03-01 11:54:00"),
        ({"state": State.FAILED, "detail": "no such strategy"}, "failed: no such strategy"),
        ({"state": State.STOPPED}, "stopped"),
        (
            {"updated_at": NOW - timedelta(minutes=1)},
            "its supervisor has not been heard of since 2025-03-01 11:59:00",
        ),
    ],
)
def test_what_is_wrong_is_said(change: dict[str, object], trouble: str) -> None:
    assert replace(WELL, **change).trouble(NOW) == trouble  # type: ignore[arg-type]


def test_a_written_report_is_read_back(tmp_path: Path) -> None:
    settings = Settings(PRORATIO_USER_DATA=tmp_path)
    WELL.write(health_path(settings, "Trend"))

    assert read_health(settings) == (WELL,)
    assert [p.name for p in health_path(settings, "Trend").parent.iterdir()] == ["Trend.json"]


def test_a_report_that_is_none_is_named(tmp_path: Path) -> None:
    settings = Settings(PRORATIO_USER_DATA=tmp_path)
    path = health_path(settings, "Trend")
    path.parent.mkdir(parents=True)
    path.write_text("{")

    with pytest.raises(DataError, match=r"Trend\.json is not readable"):
        read_health(settings)
