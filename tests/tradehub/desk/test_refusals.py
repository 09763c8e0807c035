"""Refusals are counted once a candle, kept with every reason, and never waited for."""

from __future__ import annotations

from proratio_core.clock import to_ms
from proratio_core.database import Database
from proratio_tradehub.desk.refusals import RefusalLedger, RefusalTally, RefusedEntry
from proratio_tradehub.risk import Refusal
from tests.tradehub.desk.made import BTC, ETH, NOW


def refused(pair: str = BTC, *, hour: int = 0, rules: tuple[str, ...] = ("heat",)) -> RefusedEntry:
    reasons = tuple(Refusal(rule, f"too much {rule}", 0.07, 0.06) for rule in rules)
    return RefusedEntry(pair, to_ms(NOW) + hour * 3_600_000, reasons, NOW)


def test_the_first_reason_decides_what_it_is_counted_under() -> None:
    tally = RefusalTally()
    assert tally.count(refused(rules=("heat", "correlation")))
    assert tally.counts == {"heat": 1}


def test_asked_again_in_the_same_candle_it_is_the_same_refusal() -> None:
    tally = RefusalTally()
    assert tally.count(refused())
    assert not tally.count(refused())
    assert tally.count(refused(rules=("spread",)))  # for another reason now
    assert not tally.count(refused())
    assert tally.count(refused(ETH))
    assert tally.count(refused(hour=1))
    assert tally.counts == {"heat": 3, "spread": 1}


def test_the_most_frequent_rule_stands_first() -> None:
    tally = RefusalTally()
    tally.count(refused(rules=("spread",)))
    for hour in range(3):
        tally.count(refused(hour=hour))
    assert list(tally.counts) == ["heat", "spread"]


def test_every_reason_reaches_the_table_and_a_repeated_one_once(database: Database) -> None:
    ledger = RefusalLedger("bot", "Trend")
    ledger.add(refused(rules=("heat", "correlation")))
    ledger.flush(database)
    ledger.add(refused(rules=("heat",)))
    ledger.add(refused(ETH))
    ledger.flush(database)
    ledger.flush(database)
    with database.transaction() as cursor:
        cursor.execute(
            "SELECT account, strategy, symbol, candle_open_time, rule, "
            "jsonb_path_query_array(reasons, '$[*].rule'), refused_at FROM refusal ORDER BY symbol"
        )
        assert cursor.fetchall() == [
            ("bot", "Trend", BTC, NOW, "heat", ["heat", "correlation"], NOW),
            ("bot", "Trend", ETH, NOW, "heat", ["heat"], NOW),
        ]
