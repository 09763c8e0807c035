from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_signals.archive import export_ledger
from proratio_signals.archive_check import ArchiveCheck
from proratio_signals.archive_file import Row, open_archive
from tests.signals.archives import NOW, PROFILE, fill


@pytest.fixture
def row(database: Database, tmp_path: Path) -> Row:
    fill(database, votes=1)
    export_ledger(database, tmp_path / "ledger.parquet")
    with open_archive(tmp_path / "ledger.parquet") as archive:
        return next(archive.batches())[0]


def test_recorded_vote_is_believed_from_the_moment_it_was_recorded(row: Row) -> None:
    profiles = {PROFILE.hash: PROFILE}
    ArchiveCheck(profiles=profiles, now=row["recorded_at"])(row)

    earlier = ArchiveCheck(profiles=profiles, now=row["recorded_at"] - timedelta(microseconds=1))
    with pytest.raises(DataError, match="a vote from the future"):
        earlier(row)


def test_refusal_names_the_vote_on_one_line(row: Row) -> None:
    check = ArchiveCheck(profiles={}, now=NOW)

    with pytest.raises(DataError) as refusal:
        check(row)
    assert str(refusal.value) == (
        "binance BTC/USDT 1h at 2024-01-13 12:00: its profile is not in the file; nothing was "
        "imported"
    )


def test_snapshot_that_is_no_json_is_refused(row: Row) -> None:
    check = ArchiveCheck(profiles={PROFILE.hash: PROFILE}, now=NOW)

    with pytest.raises(DataError, match="nothing was imported"):
        check({**row, "snapshot": "not json"})
