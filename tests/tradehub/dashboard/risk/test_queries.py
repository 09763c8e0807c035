"""What the page Risk reads."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec

from proratio_core.database import Database
from proratio_tradehub.dashboard.risk.queries import read_orders, read_refused, read_rule_counts
from proratio_tradehub.halts import Action, HaltEvent, HaltLedger, halt_file
from proratio_tradehub.risk import Refusal
from tests.tradehub.dashboard.drawing import NOW, a_house
from tests.tradehub.dashboard.now.made import ACCOUNT


def _refuse(database: Database, rule: str, *, days_ago: int, document: str = "") -> None:
    at = NOW - timedelta(days=days_ago)
    reasons = [Refusal(rule, f"{rule} says no"), Refusal("market", "closed")]
    with database.transaction() as cursor:
        cursor.execute(
            "INSERT INTO refusal (account, strategy, symbol, candle_open_time, rule, reasons, "
            "refused_at) VALUES (%s, 'Trend', 'BTC/USDT', %s, %s, %s, %s)",
            (ACCOUNT, at, rule, document or msgspec.json.encode(reasons).decode(), at),
        )


def test_refusals_are_counted_by_rule_within_the_span(database: Database) -> None:
    for rule, days in (("spread", 1), ("spread", 2), ("heat", 3), ("heat", 40)):
        _refuse(database, rule, days_ago=days)
    since = NOW - timedelta(days=30)
    assert read_rule_counts(database, ACCOUNT, since=since) == (("spread", 2), ("heat", 1))
    assert read_rule_counts(database, "freqtrade live kraken spot", since=since) == ()


def test_newest_refusals_have_every_reason(database: Database) -> None:
    for days in (3, 1, 2):
        _refuse(database, "spread", days_ago=days)
    first, second = read_refused(database, ACCOUNT, since=NOW - timedelta(days=9), most=2)
    assert (first.at, second.at) == (NOW - timedelta(days=1), NOW - timedelta(days=2))
    assert first.reasons == (("spread", "spread says no"), ("market", "closed"))


def test_reasons_that_are_no_list_are_shown_as_they_are(database: Database) -> None:
    _refuse(database, "spread", days_ago=1, document='["torn", {"rule": "heat"}]')
    (one,) = read_refused(database, ACCOUNT, since=NOW - timedelta(days=9), most=2)
    assert one.reasons == (("", "torn"), ("heat", ""))


def test_orders_of_both_places_are_one_history(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    old = HaltEvent.now(Action.HALT, reason="a", by="me", at=NOW - timedelta(hours=2))
    new = HaltEvent.now(Action.REDUCE_ONLY, reason="b", by="me", at=NOW)
    HaltLedger(database).add([old])
    with a_house(database_url, tmp_path) as house:
        halt_file(house.settings).add([new, old])
        assert read_orders(house) == (new, old)


def test_orders_are_known_by_the_file_alone(tmp_path: Path) -> None:
    halt = HaltEvent.now(Action.HALT, reason="a", by="me", at=NOW)
    with a_house("postgresql://127.0.0.1:9/x", tmp_path) as house:
        halt_file(house.settings).add([halt])
        assert read_orders(house) == (halt,)
