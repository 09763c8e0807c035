"""What is stored is told at least once, in order of its gravity, and never in a flood."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_core.errors import DataError, ProratioError, TransientError
from proratio_signals.ledger import Ledger
from proratio_signals.opinions import Action as Vote
from proratio_signals.profile import load_profile
from proratio_tradehub.alerts.cursor import CursorFile
from proratio_tradehub.alerts.watch import QUIET_S, AlertWatch
from proratio_tradehub.desk import RiskReport
from proratio_tradehub.halts import Action, HaltFile, HaltLedger
from proratio_tradehub.journal import AccountTrade, Kind, record_entries, record_trades
from tests.signals.samples import panel_profile, said, silent
from tests.signals.scoring.test_probe_record import DAY, MORNING, probed
from tests.signals.test_ledger import _decision
from tests.tradehub.alerts.made import NOON, ScriptedChannel
from tests.tradehub.alerts.test_silence import HELD, report
from tests.tradehub.halts.made import order
from tests.tradehub.journal.made import a_trade, an_entry

AWAY = TransientError("PostgreSQL did not answer")


@dataclass
class Desk:
    folder: Path
    channel: ScriptedChannel
    clock: FixedClock

    @property
    def halts(self) -> HaltFile:
        return HaltFile(self.folder / "halts.json")

    def watch(self, **options: object) -> AlertWatch:
        return AlertWatch(
            self.channel,
            CursorFile(self.folder / "alerts.json"),
            halt_file=self.halts,
            **{"profile": load_profile("offline"), "clock": self.clock, **options},
        )

    @property
    def titles(self) -> list[str]:
        return [message.title.partition(":")[0] for message in self.channel.sent]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, ScriptedChannel(), FixedClock(NOON))


def _trade(number: int, **changes: Any) -> AccountTrade:
    return a_trade(entry_order_id=f"order-{number}", trade_id=number, opened_at=NOON, **changes)


def _vote(database: Database, index: int) -> None:
    Ledger(database).record([_decision(index)], panel_profile())


def test_it_begins_with_what_holds_and_tells_nothing_that_is_over(
    desk: Desk, database: Database
) -> None:
    lift = order("lift", Action.RESUME, minute=1, lifts=("old",))
    HaltLedger(database).add([order("old"), lift, order("holds", Action.REDUCE_ONLY, minute=2)])
    _vote(database, 300)
    watch = desk.watch()
    for _ in range(3):
        watch.round(database)
    assert desk.titles == ["⛔ REDUCE-ONLY"]
    assert "because of holds" in desk.channel.sent[0].text
    assert "because of old" not in desk.channel.sent[0].text


def test_a_halt_is_told_at_once_and_once_also_after_a_restart(
    desk: Desk, database: Database
) -> None:
    desk.watch().round(database)
    HaltLedger(database).add([order("in-postgresql")])
    desk.halts.add([order("in-the-file", minute=1)])
    desk.watch().round(database)
    desk.watch().round(database)
    assert desk.titles == ["⛔ HALT"]
    assert "in-postgresql" in desk.channel.sent[0].text
    assert "in-the-file" in desk.channel.sent[0].text


def test_what_was_not_accepted_is_told_again(desk: Desk, database: Database) -> None:
    desk.watch().round(database)
    desk.halts.add([order("x")])
    _vote(database, 300)
    desk.channel.always = AWAY
    for _ in range(3):
        with pytest.raises(TransientError):
            desk.watch().round(database)
    desk.channel.always = None
    desk.watch().round(database)
    assert desk.titles == ["⛔ HALT", "⚠ Degraded consensus"]


def test_after_an_outage_a_thousand_votes_are_one_message(desk: Desk, database: Database) -> None:
    watch = desk.watch()
    watch.round(database)
    Ledger(database).record([_decision(index) for index in range(270, 370)], panel_profile())
    watch.round(database)
    assert desk.titles == ["⚠ Degraded consensus"]
    assert "100 live votes" in desk.channel.sent[0].text


def test_summaries_are_a_quarter_of_an_hour_apart(desk: Desk, database: Database) -> None:
    watch = desk.watch()
    watch.round(database)
    for index in (300, 301, 302):
        _vote(database, index)
        watch.round(database)
    assert len(desk.channel.sent) == 1
    desk.clock.sleep(QUIET_S)
    watch.round(database)
    assert [text.splitlines()[2][:12] for text in (m.text for m in desk.channel.sent)] == [
        "1 live votes",
        "2 live votes",
    ]


def test_a_database_that_is_away_is_told_once_and_halts_of_the_file_still_are(
    desk: Desk, database: Database
) -> None:
    watch = desk.watch()
    for _ in range(3):
        watch.round(AWAY)
    assert desk.titles == ["⚠ Failure in the database"]
    desk.halts.add([order("x")])
    watch.round(AWAY)
    assert desk.titles[1:] == ["⛔ HALT"]
    watch.round(database)
    watch.round(AWAY)
    assert desk.titles[2:] == ["⚠ Failure in the database"]


def test_a_voter_that_has_changed_is_told_once_while_it_lasts(
    desk: Desk, database: Database
) -> None:
    for day in (0, 1, 2, 10, 11, 12):
        turned = said(Vote.BUY if day < 9 else Vote.SELL, 0.9)
        probed(database, said(Vote.BUY, 0.9), turned, silent(), day=day)
    desk.clock.time = MORNING + DAY * 13
    watch = desk.watch(profile=panel_profile())
    watch.round(database)
    for _ in range(2):
        watch.round(database)
        desk.clock.sleep(QUIET_S)
    desk.watch(profile=panel_profile()).round(database)
    assert desk.titles == ["⚠ A voter has changed"]


def test_of_a_message_that_is_refused_the_title_is_told_and_others_go_on(
    desk: Desk, database: Database
) -> None:
    desk.watch().round(database)
    desk.halts.add([order("x")])
    desk.channel.failures.append(DataError("Telegram refuses this message: a rule of its own"))
    for _ in range(2):
        desk.watch().round(database)
    assert desk.titles == ["⚠ Failure in a message that was refused"]
    assert "⛔ HALT: no entries until a person resumes" in desk.channel.sent[0].text


def test_trades_are_told_at_once_and_one_by_one_as_they_are_accepted(
    desk: Desk, database: Database
) -> None:
    for _ in range(2):
        desk.watch().round(database)
    record_trades(database, [_trade(1), _trade(2)])
    desk.watch().round(database)
    assert desk.titles == ["Entered long BTC/USDT", "Entered long BTC/USDT"]
    desk.watch().round(database)
    assert len(desk.channel.sent) == 2


def test_of_two_trades_the_one_that_was_accepted_is_not_told_again(
    desk: Desk, database: Database
) -> None:
    for _ in range(2):
        desk.watch().round(database)
    record_trades(database, [_trade(1), _trade(2, symbol="ETH/USDT")])
    desk.channel.limit = 1
    with pytest.raises(TransientError):
        desk.watch().round(database)
    desk.channel.limit = None
    desk.watch().round(database)
    assert desk.titles == ["Entered long BTC/USDT", "Entered long ETH/USDT"]


def test_the_day_is_told_after_midnight_and_incidents_within_the_quarter(
    desk: Desk, database: Database
) -> None:
    watch = desk.watch()
    for _ in range(2):
        watch.round(database)
    record_trades(database, [_trade(1)])
    record_entries(database, [an_entry(Kind.INCIDENT, at=NOON, document={"what": "lost"})])
    watch.round(database)
    desk.clock.time = NOON + timedelta(hours=13)
    watch.round(database)
    assert desk.titles == [
        "Entered long BTC/USDT",
        "⚠ 1 incident in trading",
        "Day 2024-06-01",
    ]


def test_a_silent_bot_is_told_also_while_the_database_is_away(desk: Desk) -> None:
    bots = [report(timedelta(seconds=5), HELD)]
    watch = desk.watch(reports=lambda: bots)
    watch.round(AWAY)
    desk.clock.sleep(600)
    for _ in range(2):
        watch.round(AWAY)
    bots[:] = [report(timedelta(minutes=-10))]
    watch.round(AWAY)
    assert desk.titles[1:] == ["⚠ A bot is silent", "▶ A bot reports again"]


def test_reports_that_cannot_be_read_end_nothing(desk: Desk, database: Database) -> None:
    def damaged() -> tuple[RiskReport, ...]:
        raise DataError("the risk report is not readable")

    desk.halts.add([order("x")])
    desk.watch(reports=damaged).round(database)
    assert desk.titles == ["⛔ HALT"]


def test_a_channel_gets_only_what_it_takes_and_the_rest_counts_as_told(
    desk: Desk, database: Database
) -> None:
    watch = desk.watch()
    watch.round(database)
    desk.channel.takes = lambda news: False  # type: ignore[method-assign]
    desk.halts.add([order("x")])
    watch.round(database)
    del desk.channel.takes
    watch.round(database)
    assert desk.channel.sent == []


@pytest.mark.parametrize("error", [AWAY, DataError("refused")])
def test_a_failure_of_the_channel_reaches_the_caller(
    desk: Desk, database: Database, error: ProratioError
) -> None:
    desk.halts.add([order("x")])
    desk.channel.always = error
    with pytest.raises(type(error)):
        desk.watch().round(database)
