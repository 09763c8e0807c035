"""How far was told: rows that appear late are not lost, and the file is there whole or not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.errors import DataError, TransientError
from proratio_tradehub.alerts.cursor import LOOK_BACK_ROWS, Cursor, CursorFile, Position


def test_a_row_that_appears_late_is_still_looked_for_and_a_told_one_is_known() -> None:
    position = Position().after([5, 9])
    assert position == Position(9, (5, 9))
    assert position.above < 7
    assert position.after([7]) == Position(9, (5, 7, 9))
    assert position.after([]) == position


@given(st.lists(st.lists(st.integers(1, 5_000), max_size=20), max_size=20))
def test_a_position_never_goes_back_and_stays_small(rounds: list[list[int]]) -> None:
    position = Position()
    for rows in rounds:
        later = position.after(rows)
        assert later.last >= position.last
        assert set(later.told) <= {*position.told, *rows}
        assert all(row in later.told for row in rows if row > later.above)
        position = later
    assert len(position.told) <= LOOK_BACK_ROWS


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    file = CursorFile(tmp_path / "state" / "alerts.json")
    assert file.read() is None
    cursor = Cursor(frozenset("ab"), Position(9, (5, 9)), None, frozenset({"gemini"}))
    file.write(cursor)
    assert file.read() == cursor


@pytest.mark.parametrize("content", [b"", b"{", b'{"unknown": 1}', b"\xff"])
def test_a_damaged_file_is_an_error_with_the_remedy(tmp_path: Path, content: bytes) -> None:
    file = CursorFile(tmp_path / "alerts.json")
    file.path.write_bytes(content)
    with pytest.raises(DataError, match="remove it"):
        file.read()


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    with pytest.raises(TransientError, match="cannot be written"):
        CursorFile(tmp_path / "state" / "alerts.json").write(Cursor())
