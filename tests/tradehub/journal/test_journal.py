"""An entry is told once, waits where no crash takes it, and is stored once."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from proratio_core.database import Database
from proratio_core.errors import TransientError
from proratio_core.settings import Settings
from proratio_tradehub.journal import Journal, Kind, read_entries
from proratio_tradehub.journal import journal as module
from proratio_tradehub.journal.journal import spool_folder
from tests.tradehub.journal.made import ACCOUNT, NOW, SIGNAL
from tests.tradehub.journal.test_writing import HOSTILE

_BOT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from proratio_core.database import Database
from proratio_tradehub.journal import Journal, Kind
journal = Journal("bot dry_run binance spot", "Trend", folder=Path(sys.argv[1]))
database = Database(sys.argv[2])
number = int(sys.argv[3])
while True:
    journal.note(Kind.FILL, number, at=datetime.now(UTC), document={"number": number})
    print(number, flush=True)
    number += 1
    if number % 7 == 0:
        journal.flush(database)
"""


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(ACCOUNT, "Trend", folder=tmp_path / "j")


@pytest.fixture
def away() -> Database:
    return Database("postgresql://x@127.0.0.1:1/x")


def note(journal: Journal, number: int, **more: Any) -> bool:
    return journal.note(Kind.FILL, number, at=NOW, document={"number": number}, **more)


def numbers(database: Database) -> list[int]:
    return [entry.document["number"] for entry in read_entries(database)]


def test_entry_carries_what_was_noted_and_the_log_has_the_same_event(
    journal: Journal, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    assert note(journal, 1, symbol="BTC/USDT", signal_id=SIGNAL, trade_id=7, order_id="42")
    journal.flush(database)
    (entry,) = read_entries(database)
    assert (entry.account, entry.strategy, entry.kind) == (ACCOUNT, "Trend", Kind.FILL)
    assert (entry.symbol, entry.signal_id) == ("BTC/USDT", SIGNAL)
    assert (entry.trade_id, entry.order_id, entry.at) == (7, "42", NOW)
    (line,) = [json.loads(record.getMessage()) for record in caplog.records]
    assert (line["event_id"], line["kind"]) == (entry.event_id, "fill")


def test_event_that_is_noted_again_is_one_entry(journal: Journal, database: Database) -> None:
    for _ in range(3):
        note(journal, 1)
        journal.flush(database)
    note(Journal(ACCOUNT, "Trend", folder=journal._spool._folder.parent), 1)  # after a restart
    journal.close()
    journal.flush(database)
    assert numbers(database) == [1]


def test_entries_wait_while_postgresql_is_away(
    journal: Journal, database: Database, away: Database
) -> None:
    for number in range(3):
        note(journal, number)
        with pytest.raises(TransientError):
            journal.flush(away)
    journal.flush(database)
    assert numbers(database) == [0, 1, 2]
    journal.flush(database)
    assert numbers(database) == [0, 1, 2]


def test_process_killed_again_and_again_loses_no_entry_and_doubles_none(
    tmp_path: Path, database: Database
) -> None:
    next_number = 0
    for _ in range(3):
        command = [sys.executable, "-c", _BOT, tmp_path / "j", database.url, str(next_number)]
        bot = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert bot.stdout is not None
        for _ in range(40):
            told = int(bot.stdout.readline())
        os.kill(bot.pid, signal.SIGKILL)
        rest = bot.communicate()[0].splitlines()
        next_number = int(rest[-1] if rest else told) + 1
    Journal(ACCOUNT, "Trend", folder=tmp_path / "j").flush(database)
    stored = sorted(numbers(database))
    assert stored in (list(range(next_number)), list(range(next_number + 1)))  # noted, not told


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_reaches_the_table(journal: Journal, database: Database, text: str) -> None:
    journal.note(Kind.INCIDENT, text, at=NOW, symbol=text, document={"what": text})
    journal.flush(database)
    (entry,) = read_entries(database)
    assert entry.document["what"] == entry.symbol


def test_line_that_nobody_can_read_is_set_aside(journal: Journal, database: Database) -> None:
    note(journal, 1)
    journal._spool.add(b'{"event_id": "torn')
    note(journal, 2)
    journal.flush(database)
    assert numbers(database) == [1, 2]
    journal._refused.close()
    (file,) = (journal._refused._folder).iterdir()
    assert file.read_bytes() == b'{"event_id": "torn\n'


def test_entry_that_the_database_refuses_is_set_aside(journal: Journal, database: Database) -> None:
    note(journal, 1)
    note(journal, 2, trade_id=2**70)  # no bigint
    note(journal, 3)
    journal.flush(database)
    assert numbers(database) == [1, 3]
    assert note(journal, 2)  # the same event: told once
    journal.flush(database)
    assert numbers(database) == [1, 3]


def test_without_a_file_the_newest_are_kept_in_memory_and_the_loss_is_on_record(
    tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_IN_MEMORY", 3)
    (tmp_path / "j").write_text("no folder")
    journal = Journal(ACCOUNT, "Trend", folder=tmp_path / "j")
    assert [note(journal, number) for number in range(5)] == [False] * 5
    journal.flush(database)
    journal.flush(database)
    entries = read_entries(database)
    assert [entry.document.get("number") for entry in entries] == [2, 3, 4, None]
    assert entries[-1].document["count"] == 2


def test_folder_is_the_accounts_own() -> None:
    settings = Settings(PRORATIO_USER_DATA="u")
    assert spool_folder(settings, ACCOUNT).name == "bot-dry-run-binance-spot"
    assert spool_folder(settings, "../../etc x").parent == spool_folder(settings, "a").parent
