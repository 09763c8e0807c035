"""Rows wait for a database that is away, the newest of them, and are written once and in order."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from proratio_tradehub.desk.waiting_rows import MOST_WAITING, WaitingRows


def test_rows_are_written_once_and_in_order() -> None:
    rows: WaitingRows[int] = WaitingRows()
    written: list[int] = []
    for row in (1, 2):
        rows.add(row)
    rows.flush(written.extend)
    rows.add(3)
    rows.flush(written.extend)

    def unwanted(_: Sequence[int]) -> None:
        raise AssertionError("nothing waits")

    rows.flush(unwanted)
    assert written == [1, 2, 3]


def test_what_could_not_be_written_waits_before_what_came_meanwhile() -> None:
    rows: WaitingRows[int] = WaitingRows()
    rows.add(1)

    def refuse(_: Sequence[int]) -> None:
        rows.add(2)
        raise OSError("away")

    with pytest.raises(OSError, match="away"):
        rows.flush(refuse)
    rows.add(3)
    written: list[int] = []
    rows.flush(written.extend)
    assert written == [1, 2, 3]


def test_the_newest_are_kept_whether_or_not_anybody_tries_to_write() -> None:
    rows: WaitingRows[int] = WaitingRows()
    for row in range(MOST_WAITING + 5):
        rows.add(row)
    assert len(rows) == MOST_WAITING

    def refuse(_: Sequence[int]) -> None:
        for row in range(MOST_WAITING + 5, MOST_WAITING + 8):
            rows.add(row)
        raise OSError("away")

    with pytest.raises(OSError, match="away"):
        rows.flush(refuse)
    written: list[int] = []
    rows.flush(written.extend)
    assert written == list(range(8, MOST_WAITING + 8))


def test_nothing_is_lost_between_two_threads() -> None:
    rows: WaitingRows[int] = WaitingRows()
    written: list[int] = []
    adding = threading.Thread(target=lambda: [rows.add(row) for row in range(MOST_WAITING)])
    adding.start()
    while adding.is_alive():
        rows.flush(written.extend)
    rows.flush(written.extend)
    assert written == list(range(MOST_WAITING))
