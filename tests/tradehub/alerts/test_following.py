"""Round after round: a failure is waited out, a stop is heeded."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from proratio_core.clock import SystemClock
from proratio_core.database import Database
from proratio_core.errors import DataError, TransientError
from proratio_core.settings import Settings
from proratio_signals.profile import load_profile
from proratio_tradehub.alerts.channel import Channel
from proratio_tradehub.alerts.cursor import CursorFile
from proratio_tradehub.alerts.following import follow, follow_all, follow_once
from proratio_tradehub.alerts.sender import Patience
from proratio_tradehub.alerts.telegram import TelegramChannel
from proratio_tradehub.alerts.watch import AlertWatch
from proratio_tradehub.halts import HaltFile, HaltLedger
from proratio_tradehub.journal import Kind, record_entries
from tests.tradehub.alerts.made import ScriptedChannel, eventually
from tests.tradehub.halts.made import order
from tests.tradehub.journal.made import an_entry
from tests.wire.fake_telegram import CHAT_ID, TOKEN, FakeTelegram, Fault


def _watch(folder: Path, channel: Channel, name: str = "alerts") -> AlertWatch:
    return AlertWatch(
        channel,
        CursorFile(folder / f"{name}.json"),
        halt_file=HaltFile(folder / "halts.json"),
        profile=load_profile("offline"),
        clock=SystemClock(),
    )


def test_a_failure_is_waited_out_and_a_stop_heeded(
    tmp_path: Path, database: Database, database_url: str
) -> None:
    channel, stop = (
        ScriptedChannel(TransientError("away"), TransientError("away")),
        threading.Event(),
    )
    HaltLedger(database).add([order("x")])
    thread = threading.Thread(
        target=follow,
        args=(_watch(tmp_path, channel), Settings(DATABASE_URL=database_url)),
        kwargs={"stop": stop, "interval_s": 0.02, "patience": Patience(0.01, 0.01, 0.01)},
    )
    thread.start()
    eventually(lambda: len(channel.sent) == 1)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert channel.attempts == 3


def test_one_round_tells_what_there_is(
    tmp_path: Path, database: Database, database_url: str
) -> None:
    HaltLedger(database).add([order("x")])
    channel = ScriptedChannel()
    follow_once(_watch(tmp_path, channel), Settings(DATABASE_URL=database_url))
    assert len(channel.sent) == 1


def test_a_database_that_cannot_be_opened_keeps_no_halt_from_being_told(tmp_path: Path) -> None:
    HaltFile(tmp_path / "halts.json").add([order("x")])
    channel = ScriptedChannel()
    nowhere = Settings(DATABASE_URL="postgresql://x@127.0.0.1:1/x")
    follow_once(_watch(tmp_path, channel), nowhere)
    assert [message.title[:6] for message in channel.sent] == ["⛔ HALT", "⚠ Fail"]


def test_a_damaged_cursor_ends_it_with_the_remedy(tmp_path: Path, database_url: str) -> None:
    (tmp_path / "alerts.json").write_text("{")
    with pytest.raises(DataError, match="remove it"):
        follow(
            _watch(tmp_path, ScriptedChannel()),
            Settings(DATABASE_URL=database_url),
            stop=threading.Event(),
            interval_s=0.01,
        )


def test_a_channel_that_hangs_holds_up_no_other_and_what_ends_one_ends_all(
    tmp_path: Path, database: Database, database_url: str
) -> None:
    HaltLedger(database).add([order("x")])
    hung, free, stop = ScriptedChannel(), ScriptedChannel(), threading.Event()
    hung.always = TransientError("away")
    (tmp_path / "third.json").write_text("{}")
    watches = [
        _watch(tmp_path, hung, "first"),
        _watch(tmp_path, free, "second"),
        _watch(tmp_path, ScriptedChannel(), "third"),
    ]
    failures: list[Exception] = []

    def run() -> None:
        try:
            settings = Settings(DATABASE_URL=database_url)
            follow_all(watches, settings, stop=stop, interval_s=0.02)
        except DataError as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    eventually(lambda: len(free.sent) == 1 and hung.attempts)
    assert not failures

    def is_over() -> bool:
        (tmp_path / "third.json").write_text("{")  # again: a round under way replaces it
        return not thread.is_alive()

    eventually(is_over)
    assert [str(error).endswith("from then on") for error in failures] == [True]


def test_an_error_nobody_expected_ends_the_process_and_is_not_swallowed(
    tmp_path: Path, database: Database, database_url: str
) -> None:
    HaltLedger(database).add([order("x")])
    watch = _watch(tmp_path, ScriptedChannel(RuntimeError("a fault")))
    with pytest.raises(RuntimeError, match="a fault"):
        follow_all(
            [watch], Settings(DATABASE_URL=database_url), stop=threading.Event(), interval_s=0.02
        )


def test_while_telegram_answers_nothing_rows_wait_in_postgresql_and_then_are_one_message(
    tmp_path: Path, database: Database, database_url: str
) -> None:
    with FakeTelegram() as fake:
        channel = TelegramChannel(SecretStr(TOKEN), CHAT_ID, url=fake.url, timeout_s=0.2)
        watch, stop = _watch(tmp_path, channel), threading.Event()
        for _ in range(2):
            watch.round(database)
        fake.always = Fault.SILENT
        record_entries(
            database,
            [an_entry(Kind.INCIDENT, about=str(n), at=datetime.now(UTC)) for n in range(500)],
        )
        thread = threading.Thread(
            target=follow,
            args=(watch, Settings(DATABASE_URL=database_url)),
            kwargs={"stop": stop, "interval_s": 0.05, "patience": Patience(0.05, 0.05, 0.05)},
        )
        thread.start()
        eventually(lambda: len(fake.calls) >= 3, limit_s=20)
        assert fake.sent == []
        fake.always = None
        eventually(lambda: fake.sent, limit_s=20)
        stop.set()
        thread.join(10)
        channel.close()
    assert len(fake.sent) == 1
    assert "500 incidents in trading" in fake.sent[0].html
