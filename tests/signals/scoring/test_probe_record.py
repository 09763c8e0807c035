from __future__ import annotations

from datetime import date, timedelta

from proratio_core.database import Database
from proratio_signals.ledger import Decision, Ledger, Origin
from proratio_signals.opinions import Action, Answer, Ballot
from proratio_signals.probes import probe_snapshots
from proratio_signals.profile import Profile
from proratio_signals.questions import Question
from proratio_signals.scoring.probe_record import due_probes, read_drift
from proratio_signals.vote import tally
from tests.signals.recording import record
from tests.signals.samples import STRICT, close_of, panel_profile, said, silent

PROFILE = panel_profile()
BUY, SELL = said(Action.BUY, 0.9), said(Action.SELL, 0.9)
MORNING = close_of(0).replace(hour=1)
DAY = timedelta(days=1)


def probed(
    database: Database, *said_by_seat: Answer, day: int, profile: Profile = PROFILE, count: int = 8
) -> None:
    decisions = []
    for probe in probe_snapshots()[:count]:
        cast = [
            Ballot(voter, answer, f"{probe.hash} {voter.name}")
            for voter, answer in zip(profile.voters, said_by_seat, strict=True)
        ]
        consensus = tally(cast, threshold=0.6, quorum=STRICT)
        question = Question(probe.key, probe.as_of)
        at = MORNING + DAY * day
        decisions.append(Decision(question, probe, consensus, Origin.LIVE, at))
    Ledger(database).record(decisions, profile)


def test_a_probe_is_due_once_a_day_for_each_profile(database: Database) -> None:
    probes = probe_snapshots()
    probed(database, BUY, BUY, BUY, day=0, count=3)

    assert due_probes(database, PROFILE, probes, on=MORNING.date()) == probes[3:]
    assert due_probes(database, PROFILE, probes, on=date(2024, 1, 2)) == probes
    stricter = panel_profile(threshold=0.7)
    assert due_probes(database, stricter, probes, on=MORNING.date()) == probes


def test_drift_is_read_for_a_moment_from_probes_alone(database: Database) -> None:
    for day in range(3):
        probed(database, BUY, BUY, silent(), day=day)
    for day in range(10, 13):
        probed(database, BUY, SELL, BUY, day=day)
    record(database, 300, SELL, SELL, SELL, profile=PROFILE)

    steady, turned, fresh = read_drift(database, PROFILE, until=MORNING + DAY * 20)
    before = read_drift(database, PROFILE, until=MORNING + DAY * 9)

    assert (steady.voter, steady.earlier, steady.recent) == ("voter-technical", 24, 24)
    assert steady.p_value == 1.0
    assert turned.p_value is not None
    assert turned.p_value < 0.001
    assert (fresh.voter, fresh.earlier, fresh.p_value) == ("voter-sentiment", 0, None)
    assert [(drift.earlier, drift.recent) for drift in before] == [(0, 24), (0, 24)]
