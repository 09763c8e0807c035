"""What commands start from, on a real database."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from pathlib import Path

import pytest

from proratio_core.candles import CandleStore
from proratio_core.errors import ConfigurationError
from proratio_tradehub.cli.session import open_session, print_json, progress_bar, stage_lines


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_session_opens_the_migrated_database(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    with open_session() as session:
        assert CandleStore(session.database).series() == ()
        assert session.clock.now().tzinfo is UTC
        assert session.settings.profile == "offline"


def test_a_session_refuses_a_misspelt_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRORATIO_PROFIL", "offline")
    with pytest.raises(ConfigurationError, match="did you mean PRORATIO_PROFILE"), open_session():
        pass


def test_json_is_one_line_that_parses_back(capsys: pytest.CaptureFixture[str]) -> None:
    long = "[bold] :smile: " + "x" * 500
    print_json({"text": long, "time": datetime(2024, 1, 1, tzinfo=UTC), "path": Path("a/b")})
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert json.loads(out) == {"text": long, "time": "2024-01-01 00:00:00+00:00", "path": "a/b"}


def test_json_refuses_what_no_reader_accepts() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        print_json({"ratio": math.inf})


def test_progress_goes_to_standard_error_and_leaves_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with progress_bar() as progress:
        progress.advance(progress.add_task("importing", total=1))
    assert capsys.readouterr().out == ""


def test_progress_for_programs_is_a_line_for_each_percent(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with stage_lines() as tell:
        for part in (0.0, 0.401, 0.404, 1.0):
            tell("Backtesting", part)
    lines = capsys.readouterr().err.splitlines()
    assert [json.loads(line)["percent"] for line in lines] == [0, 40, 100]
    assert json.loads(lines[0])["stage"] == "Backtesting"
