"""What was added is taken, by whoever is left to take it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from proratio_core.clock import SystemClock
from proratio_core.errors import TransientError
from proratio_tradehub.journal.spool import Backlog, Spool

_WRITER = """
import sys
from pathlib import Path
from proratio_tradehub.journal.spool import Spool
spool = Spool(Path(sys.argv[1]))
number = 0
while True:
    spool.add(b"%d" % number)
    number += 1
    if number % 100 == 0:
        print(number, flush=True)
"""


def all_of(spool: Spool) -> list[bytes]:
    return [line for lines in spool.take() for line in lines]


def test_lines_are_taken_once_in_their_sequence(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "s")
    assert all_of(spool) == []
    for number in range(1_234):
        spool.add(b"%d" % number, synced=number == 0)
    assert all_of(spool) == [b"%d" % number for number in range(1_234)]
    spool.add(b"more")
    assert all_of(spool) == [b"more"]
    assert list((tmp_path / "s").iterdir()) == []


def test_what_could_not_be_stored_is_taken_again(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    for number in range(600):
        spool.add(b"%d" % number)
    lines = spool.take()
    assert len(next(lines)) == 500
    lines.close()  # type: ignore[attr-defined]  # whoever took them failed
    assert len(all_of(spool)) == 600


def test_line_of_a_killed_process_is_taken_and_that_of_a_living_one_is_left(
    tmp_path: Path,
) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, tmp_path], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    for _ in range(5):
        seen = int(writer.stdout.readline())
    spool = Spool(tmp_path)
    assert all_of(spool) == []
    os.kill(writer.pid, signal.SIGKILL)
    writer.communicate()
    lines = all_of(spool)
    assert len(lines) >= seen
    assert lines == [b"%d" % number for number in range(len(lines))]


def test_threads_that_add_and_take_at_once_lose_nothing(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    with ThreadPoolExecutor(3) as pool:
        adding = [
            pool.submit(lambda half: [spool.add(b"%d" % (2 * n + half)) for n in range(500)], half)
            for half in (0, 1)
        ]
        taken = []
        while not all(one.done() for one in adding):
            taken += all_of(spool)
    taken += all_of(spool)
    assert sorted(map(int, taken)) == list(range(1_000))


def test_full_file_and_a_folder_that_cannot_be_written_say_so(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "s", limit_bytes=20)
    spool.add(b"0123456789")
    with pytest.raises(TransientError, match="hold 11 bytes, the most they may"):
        spool.add(b"0123456789")
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(TransientError, match="cannot be written"):
        Spool(tmp_path / "file").add(b"x")


def test_backlog_counts_what_waits_also_what_is_being_written(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "s")
    assert spool.backlog() == Backlog(0, 0, None)
    before = SystemClock().now()
    spool.add(b"one")
    spool.close()
    spool.add(b"second")
    found = Spool(tmp_path / "s").backlog()
    assert (found.lines, found.size_bytes) == (2, len(b"one\nsecond\n"))
    assert found.since is not None
    assert timedelta() <= found.since - before + timedelta(milliseconds=1) < timedelta(minutes=1)
    all_of(spool)
    assert spool.backlog() == Backlog(0, 0, None)
