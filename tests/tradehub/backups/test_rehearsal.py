"""A rehearsal on real candles and votes, in a throw-away PostgreSQL: the same answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.clock import SystemClock
from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_tradehub.backups.archive import open_archive
from proratio_tradehub.backups.making import make_backup
from proratio_tradehub.backups.records import rehearsal_record_file
from proratio_tradehub.backups.rehearsal import VOTES, compare_answers, ledger_sha256, rehearse
from tests.tradehub.backups.installations import (
    CLOCK,
    fill_ledger,
    furnish,
    store_real_candles,
)


@pytest.mark.market_data
def test_a_rehearsed_backup_gives_the_same_verify_and_the_same_ledger(
    database: Database, tmp_path: Path, market_data: Path
) -> None:
    settings = furnish(tmp_path / "u")
    store_real_candles(database, market_data)
    fill_ledger(database)
    made = make_backup(settings, database, tmp_path / "b.zip", clock=CLOCK)

    found = rehearse(settings, database, made.path, clock=SystemClock())

    assert (found.is_store_same, found.is_ledger_same) == (True, True)
    assert found.series == 2
    assert found.candles > 10_000
    assert found.record.rows == made.manifest.rows
    assert found.record.ledger_sha256 == ledger_sha256(database) != ""
    assert rehearsal_record_file(settings).read() == found.record
    assert found.record.succeeded_at == found.record.at


def test_other_answers_are_a_failure_only_while_the_rows_are_those_of_then(
    database: Database, tmp_path: Path
) -> None:
    settings = furnish(tmp_path / "u")
    fill_ledger(database)
    made = make_backup(settings, database, tmp_path / "b.zip", clock=CLOCK)
    with open_archive(made.path) as archive:
        assert compare_answers(database, archive, VOTES, is_same=True) is True
        assert compare_answers(database, archive, VOTES, is_same=False) is False
        fill_ledger(database, votes=6)
        assert compare_answers(database, archive, VOTES, is_same=False) is None


def test_a_failed_rehearsal_is_on_record_and_the_last_success_stays(
    database: Database, tmp_path: Path
) -> None:
    settings = furnish(tmp_path / "u")
    (tmp_path / "b.zip").write_bytes(b"PK")
    with pytest.raises(DataError, match="is not a backup"):
        rehearse(settings, database, tmp_path / "b.zip", clock=CLOCK)
    record = rehearsal_record_file(settings).read()
    assert record is not None
    assert "is not a backup" in record.failure
    assert record.succeeded_at is None


def test_an_empty_ledger_has_no_hash(database: Database) -> None:
    assert ledger_sha256(database) == ""
