from __future__ import annotations

import os
from pathlib import Path

import pytest

from proratio_core.atomic_file import replacing


def test_new_file_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "made" / "file"
    for text in ("old", "new"):
        with replacing(path) as partial:
            partial.write_text(text)

    assert path.read_text() == "new"
    assert list(path.parent.iterdir()) == [path]


def test_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def write_half() -> None:
        with replacing(path) as partial:
            partial.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_part_of_a_dead_process_is_removed_and_that_of_a_living_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "file"
    dead, living = tmp_path / ".file.999999999.part", tmp_path / f".file.{os.getppid()}.part"
    dead.touch()
    living.touch()

    with replacing(path) as partial:
        partial.write_text("new")

    assert sorted(tmp_path.iterdir()) == [living, path]
