"""Rows become few messages, each row once, in a real PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from proratio_core.database import Database
from proratio_signals.ledger import Ledger, Origin
from proratio_signals.opinions import AbstentionKind, Action
from proratio_signals.questions import Question
from proratio_tradehub.alerts.cursor import Position
from proratio_tradehub.alerts.news import DegradedVotes, Refusals
from proratio_tradehub.alerts.stored import (
    begin_incidents,
    begin_refusals,
    begin_votes,
    degraded_votes,
    drift_alarms,
    incidents,
    refusals,
)
from proratio_tradehub.desk.refusals import RefusalLedger
from proratio_tradehub.journal import Kind, record_entries
from proratio_tradehub.marks import Mark
from tests.signals.samples import BTC, close_of, panel_profile, said, silent
from tests.signals.scoring.test_probe_record import DAY, MORNING, probed
from tests.signals.test_ledger import _decision
from tests.tradehub.desk.made import NOW
from tests.tradehub.desk.test_refusals import refused
from tests.tradehub.journal.made import an_entry

PROFILE = panel_profile()
WHOLE = (said(Action.BUY, 0.9), said(Action.BUY, 0.8), said(Action.SELL, 0.3))
MUTE = (silent(), silent(AbstentionKind.REFUSED), silent())


def _record(database: Database, *decisions: object) -> None:
    Ledger(database).record(decisions, PROFILE)  # type: ignore[arg-type]


def test_degraded_live_votes_are_summed_up_and_told_once(database: Database) -> None:
    _record(
        database,
        _decision(300),
        _decision(301, answers=MUTE),
        _decision(302, answers=WHOLE),
        _decision(303, origin=Origin.BACKFILL),
    )
    (news,), position = degraded_votes(database, Position())
    second = timedelta(seconds=2)
    assert news == DegradedVotes(
        Mark.EVERY_BOT,
        since=close_of(300) + second,
        at=close_of(301) + second,
        votes=2,
        without_entry=2,
        absences=(
            ("voter-risk", "REFUSED", 2),
            ("voter-sentiment", "TIMEOUT", 1),
            ("voter-technical", "TIMEOUT", 1),
        ),
        example="no answer",
    )
    assert degraded_votes(database, position) == ((), position)
    _record(database, _decision(304))
    (later,), _ = degraded_votes(database, position)
    assert later.votes == 1


def test_a_vote_whose_transaction_ends_late_is_not_lost(database: Database) -> None:
    _record(database, _decision(300), _decision(301))
    (_, position) = degraded_votes(database, Position())
    early, late = position.told
    behind = Position(late, (late,))  # as if the row with the lower number had not been there yet
    (news,), after = degraded_votes(database, behind)
    assert news.votes == 1
    assert after.told == (early, late)


def test_votes_on_invented_markets_are_told_apart(database: Database) -> None:
    replayed = replace(BTC, exchange="replay")
    elsewhere = replace(_decision(301), question=Question(replayed, close_of(301)))
    _record(database, _decision(300), elsewhere)
    news, _ = degraded_votes(database, Position())
    assert [(one.mark, one.votes) for one in news] == [(Mark.EVERY_BOT, 1), (Mark.SIMULATED, 1)]


def test_refusals_are_counted_by_rule_for_each_account(database: Database) -> None:
    for account, count in (("freqtrade live binance spot", 2), ("bot dry_run binance spot", 1)):
        ledger = RefusalLedger(account, "Trend")
        for hour in range(count):
            ledger.add(refused(hour=hour))
        ledger.add(refused(hour=9, rules=("spread", "heat")))
        ledger.flush(database)
    news, position = refusals(database, Position())
    by_account = {one.account: one for one in news}
    assert by_account["freqtrade live binance spot"] == Refusals(
        Mark.LIVE,
        since=NOW,
        at=NOW,
        account="freqtrade live binance spot",
        by_rule=(("heat", 2), ("spread", 1)),
        example="Trend BTC/USDT: too much spread",
    )
    assert by_account["bot dry_run binance spot"].mark is Mark.PAPER
    assert refusals(database, position) == ((), position)


def test_incidents_are_summed_up_by_account_and_told_once(database: Database) -> None:
    entries = [
        an_entry(
            Kind.INCIDENT, about=str(n), at=NOW + timedelta(minutes=n), document={"what": f"{n}"}
        )
        for n in range(6)
    ]
    live = an_entry(Kind.INCIDENT, account="b live binance spot", document={"what": "x"})
    record_entries(database, [*entries, live, an_entry(Kind.FILL)])
    news, position = incidents(database, Position())
    by_account = {one.account: one for one in news}
    assert (by_account["b live binance spot"].mark, len(news)) == (Mark.LIVE, 2)
    paper = by_account["bot dry_run binance spot"]
    assert (paper.count, paper.since, paper.at) == (6, NOW, NOW + timedelta(minutes=5))
    assert paper.newest == tuple(f"BTC/USDT {n}" for n in range(2, 6))
    assert incidents(database, position) == ((), position)
    assert incidents(database, begin_incidents(database))[0] == ()


def test_a_beginning_is_behind_everything_there_is(database: Database) -> None:
    assert (begin_votes(database), begin_refusals(database)) == (Position(), Position())
    _record(database, _decision(300))
    ledger = RefusalLedger("bot dry_run binance spot", "Trend")
    ledger.add(refused())
    ledger.flush(database)
    assert degraded_votes(database, begin_votes(database))[0] == ()
    assert refusals(database, begin_refusals(database))[0] == ()


def test_a_voter_that_has_turned_raises_the_alarm_and_probes_are_no_votes(
    database: Database,
) -> None:
    for day in (0, 1, 2, 10, 11, 12):
        turned = said(Action.BUY if day < 9 else Action.SELL, 0.9)
        probed(database, said(Action.BUY, 0.9), turned, silent(), day=day)
    (alarm,) = drift_alarms(database, PROFILE, now=MORNING + DAY * 20)
    assert alarm.voter == "voter-risk"
    assert alarm.alarm.startswith("voter-risk: its answers to the frozen probes have changed")
    assert drift_alarms(database, PROFILE, now=MORNING + DAY * 5) == ()
    assert degraded_votes(database, Position())[0] == ()
