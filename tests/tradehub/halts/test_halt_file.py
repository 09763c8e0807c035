"""The file is there whole or not at all, and one that is not readable halts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from proratio_core.errors import DataError, TransientError
from proratio_tradehub.halts.halt_file import HaltFile
from tests.tradehub.halts.made import order


@pytest.fixture
def file(tmp_path: Path) -> HaltFile:
    return HaltFile(tmp_path / "state" / "halts.json")


def test_orders_come_back_as_they_were_added_each_once(file: HaltFile) -> None:
    assert file.read() == ()
    assert file.signature() is None
    file.add([order("a")])
    file.add([order("a"), order("b", lifts=("a",))])
    assert file.read() == (order("a"), order("b", lifts=("a",)))


def test_writing_changes_the_signature_and_reading_does_not(file: HaltFile) -> None:
    file.add([order("a")])
    before = file.signature()
    file.read()
    file.add([order("a")])  # nothing new
    assert file.signature() == before
    file.add([order("b")])
    assert file.signature() != before


def damage_flip(path: Path) -> None:
    path.write_text(path.read_text().replace("because of a", "because of b"))


def damage_cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def damage_empty(path: Path) -> None:
    path.write_bytes(b"")


def damage_zeros(path: Path) -> None:
    path.write_bytes(b"\0" * 100)


def damage_other(path: Path) -> None:
    path.write_text('{"sha256": "", "events": [], "more": 1}')


def damage_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    "damage",
    [damage_flip, damage_cut, damage_empty, damage_zeros, damage_other, damage_folder],
)
def test_damaged_file_is_an_error_and_adding_leaves_it_alone(
    file: HaltFile, damage: Callable[[Path], None]
) -> None:
    file.add([order("a")])
    damage(file.path)
    with pytest.raises(DataError, match=r"is not readable .* which halts"):
        file.read()
    with pytest.raises(DataError):
        file.add([order("b")])


def test_renewing_keeps_the_damaged_file_for_inspection(file: HaltFile) -> None:
    file.add([order("a")])
    assert file.renew([order("b")]) is None  # it is readable
    file.path.write_text("x")
    kept = file.renew([order("b")])
    file.path.write_text("y")
    again = file.renew([order("c")])
    assert kept is not None
    assert again is not None
    assert (kept.read_text(), again.read_text()) == ("x", "y")
    assert file.read() == (order("c"),)


def test_unwritable_folder_is_said_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    with pytest.raises(TransientError, match="make its folder writable"):
        HaltFile(tmp_path / "state" / "halts.json").add([order("a")])


_WRITER = """
import sys, time
from pathlib import Path
from proratio_tradehub.halts.halt_file import HaltFile
from tests.tradehub.halts.made import order
file = HaltFile(Path(sys.argv[1]))
for number in range(10_000):
    file.add([order(f"{sys.argv[2]}-{number}")])
    print(number, flush=True)
    time.sleep(0.002)
"""


def test_kill_at_any_moment_loses_no_order_that_was_acknowledged(file: HaltFile) -> None:
    acknowledged: dict[str, int] = {}
    for attempt in range(3):
        writers = [
            subprocess.Popen(
                [sys.executable, "-c", _WRITER, str(file.path), f"{attempt}{side}"],
                stdout=subprocess.PIPE,
                cwd=Path(__file__).parents[3],
            )
            for side in "ab"  # two processes at once
        ]
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"0\n"
        time.sleep(0.03 + 0.017 * attempt)
        for side, writer in zip("ab", writers, strict=True):
            os.kill(writer.pid, signal.SIGKILL)
            rest = writer.communicate()[0].split()
            acknowledged[f"{attempt}{side}"] = int(rest[-1]) if rest else 0
    kept = {event.id for event in file.read()}
    promised = {f"{who}-{n}" for who, last in acknowledged.items() for n in range(last + 1)}
    assert promised <= kept
    assert len(promised) >= 6
