"""How far was told: rows that appear late are not lost, and the file is there whole or not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.errors import DataError, TransientError
from proratio_tradehub.alerts.cursor import (
    LOOK_BACK,
    LOOK_BACK_ROWS,
    Begun,
    Cursor,
    CursorFile,
    Moments,
    Position,
)
from tests.tradehub.alerts.made import NOON


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


def test_a_file_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    file = CursorFile(tmp_path / "alerts.json")
    file.path.write_bytes(b'{"orders":["a"],"votes":{"last":3},"refusals":null}')
    assert file.read() == Cursor(frozenset("a"), Position(3))


def test_what_happened_near_the_latest_is_known_by_name() -> None:
    moments = Moments.at(NOON)
    assert not moments.lacks("early", NOON - timedelta(seconds=1))
    assert not moments.lacks("open", None)
    later = moments.after("a", NOON + timedelta(hours=30))
    assert later.since == NOON + timedelta(hours=6)
    assert (later.lacks("a", later.last), later.lacks("b", later.last)) == (False, True)
    assert later.after("b", NOON + timedelta(hours=60)).told.keys() == {"b"}


@given(st.lists(st.integers(0, 500), max_size=60))
def test_moments_never_go_back_and_forget_nothing_near(hours: list[int]) -> None:
    moments = Moments.at(NOON)
    for number, hour in enumerate(hours):
        at = NOON + timedelta(hours=hour)
        was_told = not moments.lacks(str(number), at)
        later = moments.after(str(number), at)
        assert later.last >= moments.last
        assert was_told or not later.lacks(str(number), at)
        moments = later
    assert all(when >= moments.last - LOOK_BACK for when in moments.told.values())


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    file = CursorFile(tmp_path / "state" / "alerts.json")
    assert file.read() is None
    begun = Begun(
        NOON,
        opened={"a bot": Moments.at(NOON).after("BTC/USDT 1", NOON)},
        days={"a bot": NOON.date()},
        silent=frozenset({"a bot"}),
    )
    cursor = Cursor(frozenset("ab"), Position(9, (5, 9)), None, frozenset({"gemini"}), None, begun)
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
