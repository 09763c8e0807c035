from __future__ import annotations

from datetime import timedelta

import msgspec

from proratio_tradehub.alerts.cursor import Begun
from proratio_tradehub.alerts.news import Silence, Urgency
from proratio_tradehub.alerts.silence import SILENT_AFTER, hushed, silences
from proratio_tradehub.desk import RiskReport
from proratio_tradehub.desk.report import HeldPosition
from proratio_tradehub.marks import Mark
from tests.tradehub.alerts.made import NOON

ACCOUNT = "freqtrade live binance spot"
HELD = HeldPosition("BTC/USDT", "long", 100.0, 2.0, 95.0)


def report(age: timedelta, *positions: HeldPosition, account: str = ACCOUNT) -> RiskReport:
    return RiskReport(
        *(account, "Trend", "proratio", "hash", 1, NOON - age, "", 1_000.0, (), positions)
    )


STALE, FRESH = SILENT_AFTER + timedelta(seconds=1), timedelta(seconds=5)


def test_a_bot_that_reports_no_more_is_told_once_and_so_is_its_return() -> None:
    (silent,), begun = silences([report(STALE, HELD)], Begun(NOON), now=NOON)
    assert silent == Silence(Mark.LIVE, NOON, ACCOUNT, NOON - STALE, 1)
    assert silent.urgency is Urgency.CRITICAL
    assert silences([report(STALE, HELD)], begun, now=NOON) == ((), begun)
    (back,), after = silences([report(FRESH)], begun, now=NOON)
    assert (back.is_over, back.urgency) == (True, Urgency.INFORMATION)
    assert after == Begun(NOON)


def test_holding_nothing_it_is_less_urgent() -> None:
    (silent,), _ = silences([report(STALE)], Begun(NOON), now=NOON)
    assert silent.urgency is Urgency.WARNING


def test_who_is_silent_already_at_the_beginning_is_not_told() -> None:
    reports = [report(STALE), report(FRESH, account="b dry_run binance spot")]
    begun = Begun(NOON, silent=hushed(reports, now=NOON))
    assert silences(reports, begun, now=NOON) == ((), begun)


def test_a_report_that_was_removed_is_forgotten_without_a_word() -> None:
    begun = Begun(NOON, silent=frozenset({ACCOUNT}))
    news, after = silences([], begun, now=NOON)
    assert (news, after) == ((), msgspec.structs.replace(begun, silent=frozenset()))
