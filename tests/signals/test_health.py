from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from proratio_core.settings import Settings
from proratio_signals.health import Condition, Health, health_file

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
HEALTH = Health("consensus", "ab" * 32, 17, Condition.READY, "", NOW, NOW, 3, 1, 2)


def test_report_comes_back_as_it_was_written_from_the_profile_s_own_file(tmp_path: Path) -> None:
    file = health_file(Settings(PRORATIO_USER_DATA=tmp_path), "consensus")
    assert file.read() is None
    file.write(HEALTH)
    later = replace(HEALTH, condition=Condition.DEGRADED, detail="nobody answers")
    file.write(later)
    assert file.read() == later
    assert file.path == tmp_path / ".proratio" / "signals-consensus.json"


def test_report_is_fresh_for_a_quarter_of_a_minute() -> None:
    assert HEALTH.is_fresh(NOW + timedelta(seconds=14))
    assert not HEALTH.is_fresh(NOW + timedelta(seconds=15))


def test_one_line_says_everything() -> None:
    degraded = replace(HEALTH, condition=Condition.DEGRADED, detail="nobody answers")
    assert str(HEALTH) == "consensus: ready, 3 answered, 1 failed, 2 under way"
    assert str(degraded).startswith("consensus: degraded (nobody answers), 3 answered")
