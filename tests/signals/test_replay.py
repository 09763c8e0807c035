from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_signals.archive import export_ledger, import_ledger
from proratio_signals.archive_file import Row, open_archive, vote_bytes
from proratio_signals.opinions import Opinion
from proratio_signals.replay import ballots_of, replayed
from tests.signals.archives import NOW, PROFILE, fill


@pytest.fixture
def rows(database: Database, tmp_path: Path) -> list[Row]:
    fill(database)
    export_ledger(database, tmp_path / "ledger.parquet")
    with open_archive(tmp_path / "ledger.parquet") as archive:
        return [row for batch in archive.batches() for row in batch]


def test_imported_ballots_come_to_byte_identical_votes(
    elsewhere: Database, tmp_path: Path, rows: list[Row]
) -> None:
    stated = hashlib.sha256(b"".join(map(vote_bytes, rows))).hexdigest()
    import_ledger(elsewhere, tmp_path / "ledger.parquet", now=NOW)
    contents = export_ledger(elsewhere, tmp_path / "again.parquet")
    with open_archive(tmp_path / "again.parquet") as archive:
        lines = [replayed(row, PROFILE) for batch in archive.batches() for row in batch]

    assert len(lines) == 12
    assert hashlib.sha256(b"".join(lines)).hexdigest() == stated == contents.votes_sha256


def test_vote_changes_with_its_ballots(rows: list[Row]) -> None:
    row = rows[3]
    first, *rest = row["ballots"]
    other = {**row, "ballots": [{**first, "confidence": 0.1}, *rest]}

    assert replayed(row, PROFILE) == vote_bytes(row)
    assert replayed(other, PROFILE) != vote_bytes(row)


def test_ballots_come_in_the_order_of_the_profile(rows: list[Row]) -> None:
    ballots = ballots_of(rows[3], PROFILE)

    assert [ballot.voter for ballot in ballots] == list(PROFILE.voters)
    assert all(isinstance(ballot.answer.result, Opinion) for ballot in ballots)


def test_a_ballot_twice_is_refused(rows: list[Row]) -> None:
    row = {**rows[3], "ballots": [*rows[3]["ballots"], rows[3]["ballots"][0]]}

    with pytest.raises(DataError, match="has the voters"):
        ballots_of(row, PROFILE)
