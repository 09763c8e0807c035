from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from proratio_core.errors import ConfigurationError, DataError
from proratio_core.health_file import HealthFile


@dataclass(frozen=True)
class Report:
    name: str
    updated_at: datetime


WELL = Report("well", datetime(2024, 6, 1, 12, tzinfo=UTC))


def test_the_last_report_is_there_until_the_process_ends_well(tmp_path: Path) -> None:
    file = HealthFile(tmp_path / "made" / "x.json", Report)
    assert file.read() is None

    file.write(Report("ill", WELL.updated_at))
    file.write(WELL)

    assert file.read() == WELL
    assert list(file.path.parent.iterdir()) == [file.path]
    file.remove()
    file.remove()
    assert file.read() is None


@pytest.mark.parametrize("text", ["", "{", '{"name": 1}', "\x00"])
def test_a_damaged_file_is_named_with_the_remedy(tmp_path: Path, text: str) -> None:
    file = HealthFile(tmp_path / "x.json", Report)
    file.path.write_text(text)
    with pytest.raises(DataError, match=r"x\.json is not readable .* remove it"):
        file.read()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="make its folder writable"):
        HealthFile(tmp_path / "file" / "x.json", Report).write(WELL)
