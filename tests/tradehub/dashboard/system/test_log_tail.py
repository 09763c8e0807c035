"""The end of a log: what is grave in it, and no secret."""

from __future__ import annotations

import os
from pathlib import Path

from proratio_core.settings import Settings
from proratio_tradehub.dashboard.system.log_tail import read_log_tail

CANARY = "sk-canary-7f3a9"


def _settings(folder: Path) -> Settings:
    return Settings(PRORATIO_USER_DATA=folder, OPENAI_API_KEY=CANARY)


def test_grave_lines_of_the_newest_file_come_newest_first(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "old.log").write_text("ERROR old\n")
    os.utime(logs / "old.log", (1, 1))
    json_line = '{"level": "error", "event": "third"}'
    lines = ["INFO fine", "WARNING first", f"ERROR key {CANARY}", json_line, "x" * 10]
    (logs / "new.log").write_text("\n".join(lines))
    tail = read_log_tail(_settings(tmp_path), most=2)
    assert tail is not None
    assert tail.name == "new.log"
    assert tail.lines == (json_line, "ERROR key ***")


def test_without_a_log_there_is_no_tail(tmp_path: Path) -> None:
    assert read_log_tail(_settings(tmp_path), most=2) is None


def test_password_in_an_address_is_masked(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "a.log").write_text(f"ERROR http://me:{CANARY}@host http://me:other@host")
    tail = read_log_tail(_settings(tmp_path), most=2)
    assert tail is not None
    assert tail.lines == ("ERROR http://me:***@host http://me:***@host",)
