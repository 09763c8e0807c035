"""Files others can read, halts that stand, backups that are old; on real files and a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from proratio_core.clock import FixedClock, SystemClock
from proratio_core.database import Database
from proratio_core.settings import Settings
from proratio_tradehub.backups import (
    BackupRecord,
    RehearsalRecord,
    backup_record_file,
    rehearsal_record_file,
)
from proratio_tradehub.findings import Finding, Verdict
from proratio_tradehub.halts import HaltLedger, halt_file
from proratio_tradehub.journal import Journal, Kind, spool_folder
from proratio_tradehub.journal.spool import Spool
from proratio_tradehub.state_checks import (
    check_backups,
    check_halts,
    check_journal,
    check_permissions,
)
from tests.tradehub.halts.made import order
from tests.tradehub.journal.made import ACCOUNT

NOW = datetime(2026, 11, 27, tzinfo=UTC)
CLOCK = FixedClock(NOW)


def _files(folder: Path) -> list[Finding]:
    return list(check_permissions(Settings(PRORATIO_USER_DATA=folder / "u"), folder / ".env"))


def test_secrets_that_others_can_read_fail_each_with_its_remedy(tmp_path: Path) -> None:
    env, config = tmp_path / ".env", tmp_path / "u" / "config.json"
    config.parent.mkdir()
    env.write_text("OPENAI_API_KEY=canary\n")
    config.write_text('{"exchange": {"secret": "canary"}}')
    for path in (env, config):
        path.chmod(0o644)
    found = _files(tmp_path)
    assert [one.verdict for one in found] == [Verdict.FAILED] * 2
    assert [one.remedy for one in found] == [f"chmod 600 {env}", f"chmod 600 {config}"]
    assert "canary" not in str(found)
    for path in (env, config):
        path.chmod(0o600)
    assert [one.verdict for one in _files(tmp_path)] == [Verdict.OK]


def test_files_without_secrets_may_be_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PRORATIO_PROFILE=offline\nOPENAI_API_KEY=\n")
    (tmp_path / ".env").chmod(0o644)
    assert [one.verdict for one in _files(tmp_path)] == [Verdict.OK]


def test_a_folder_everybody_can_write_to_fails(tmp_path: Path) -> None:
    (tmp_path / "u").mkdir()
    (tmp_path / "u").chmod(0o777)
    (finding,) = _files(tmp_path)
    assert finding.verdict is Verdict.FAILED
    assert finding.remedy == f"chmod o-w {tmp_path / 'u'}"


def test_halts_that_stand_are_noted_also_while_the_database_is_away(
    tmp_path: Path, database: Database, database_url: str
) -> None:
    here = Settings(PRORATIO_USER_DATA=tmp_path, DATABASE_URL=database_url)
    assert check_halts(here, CLOCK).verdict is Verdict.OK
    HaltLedger(database).add([order("storm")])
    halted = check_halts(here, CLOCK)
    assert halted.verdict is Verdict.NOTE
    assert halted.detail.startswith("entries are held back: halt by")
    away = Settings(PRORATIO_USER_DATA=tmp_path, DATABASE_URL="postgresql://u@127.0.0.1:1/x")
    assert "no entries until it is known" in check_halts(away, CLOCK).remedy
    halt_file(away).add([order("flood")])
    assert "flood" in check_halts(away, CLOCK).detail


@pytest.mark.parametrize(
    ("made", "proved", "failure", "verdict", "words"),
    [
        (None, None, "", Verdict.OK, "no backup was ever made"),
        (timedelta(hours=3), None, "", Verdict.NOTE, "3.0 hours ago, 5.0 MB, never proved"),
        (timedelta(hours=3), timedelta(days=4), "", Verdict.OK, "last proved 4 days ago"),
        (timedelta(days=3), timedelta(days=4), "", Verdict.NOTE, "last one 3 days ago"),
        (timedelta(hours=3), timedelta(days=40), "", Verdict.NOTE, "last proved 40 days ago"),
        (timedelta(hours=3), timedelta(days=4), "torn", Verdict.FAILED, "rehearsal failed: torn"),
    ],
)
def test_old_and_unproved_backups_are_noted_and_a_failed_proof_fails(
    tmp_path: Path,
    made: timedelta | None,
    proved: timedelta | None,
    failure: str,
    verdict: Verdict,
    words: str,
) -> None:
    settings = Settings(PRORATIO_USER_DATA=tmp_path)
    if made is not None:
        backup_record_file(settings).write(BackupRecord(NOW - made, "b.zip", 5_000_000, 3))
    if proved is not None:
        at = NOW - proved
        rehearsal = RehearsalRecord(at, "b.zip", at, failure, 3, "", 1.0, at)
        rehearsal_record_file(settings).write(rehearsal)
    finding = check_backups(settings, CLOCK)
    assert finding.verdict is verdict
    assert words in finding.detail


def test_a_damaged_record_is_a_note(tmp_path: Path) -> None:
    settings = Settings(PRORATIO_USER_DATA=tmp_path)
    file = backup_record_file(settings)
    file.path.parent.mkdir()
    file.path.write_text("?")
    assert check_backups(settings, CLOCK).verdict is Verdict.NOTE


def _journal(folder: Path, later: timedelta = timedelta(hours=3)) -> list[Finding]:
    settings = Settings(PRORATIO_USER_DATA=folder)
    return list(check_journal(settings, FixedClock(SystemClock().now() + later)))


def test_journal_nobody_ever_wrote_is_not_spoken_of(tmp_path: Path) -> None:
    assert _journal(tmp_path) == []


def test_journal_that_did_not_reach_postgresql_is_told_with_its_age(
    database: Database, tmp_path: Path
) -> None:
    settings = Settings(PRORATIO_USER_DATA=tmp_path)
    journal = Journal(ACCOUNT, "Trend", folder=spool_folder(settings, ACCOUNT))
    for number in range(3):
        journal.note(Kind.INCIDENT, number, at=NOW, document={"what": "x"})
    (just_noted,) = _journal(tmp_path, timedelta(seconds=30))
    (finding,) = _journal(tmp_path)
    assert just_noted.verdict is Verdict.OK
    assert finding.verdict is Verdict.NOTE
    assert "3 lines (0.0 MB)" in finding.detail
    assert "3.0 hours" in finding.detail
    journal.flush(database)
    assert [one.verdict for one in _journal(tmp_path)] == [Verdict.OK]


def test_what_could_not_be_stored_is_told_until_somebody_takes_it_away(tmp_path: Path) -> None:
    folder = spool_folder(Settings(PRORATIO_USER_DATA=tmp_path), ACCOUNT)
    Spool(folder / "refused").add(b"not JSON")
    (finding,) = _journal(tmp_path, timedelta(0))
    assert finding.verdict is Verdict.NOTE
    assert "holds 1 lines" in finding.detail
