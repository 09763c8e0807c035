"""The record of actions: kept on the disk, read back from its end, whatever else stands in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.clock import FixedClock
from proratio_core.errors import TransientError
from proratio_core.settings import Settings
from proratio_tradehub.dashboard.access.deeds import DeedFile, deed_file
from tests.tradehub.dashboard.drawing import NOW


def test_newest_deeds_are_read_first(tmp_path: Path) -> None:
    file = deed_file(Settings(PRORATIO_USER_DATA=tmp_path), FixedClock(NOW))
    assert file.newest(3) == ()
    for number in range(4):
        file.record(by="me", action="Halt", detail=f"reason {number}\nand a second line")
    found = file.newest(2)
    assert [deed.detail[:8] for deed in found] == ["reason 3", "reason 2"]
    assert (found[0].by, found[0].at) == ("me", NOW)


def test_line_that_is_no_deed_hides_no_other(tmp_path: Path) -> None:
    file = DeedFile(tmp_path / "actions.jsonl", clock=FixedClock(NOW))
    file.record(by="me", action="Halt", detail="one")
    with file.path.open("a") as lines:
        lines.write("nonsense\n")
    file.record(by="me", action="Halt", detail="two")
    assert [deed.detail for deed in file.newest(5)] == ["two", "one"]


def test_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    file = DeedFile(tmp_path / "taken" / "actions.jsonl", clock=FixedClock(NOW))
    with pytest.raises(TransientError, match="cannot be written"):
        file.record(by="me", action="Halt", detail="one")
    assert "cannot be written" in file.note(by="me", action="Halt", detail="one")


def test_what_nothing_waits_for_is_noted_as_well(tmp_path: Path) -> None:
    file = DeedFile(tmp_path / "actions.jsonl", clock=FixedClock(NOW))
    assert file.note(by="me", action="Halt", detail="one") == ""
    assert [deed.detail for deed in file.newest(5)] == ["one"]
