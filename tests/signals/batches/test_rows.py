from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_signals.batches.rows import BatchRows, Wish, batches_under_way
from proratio_signals.calls import UNANSWERED, Call, Settlement
from proratio_signals.caps import Caps
from proratio_signals.reservations import InBatch, Paid, Reservations, Reserved

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
SAID = '{"abstention": "REFUSED", "detail": "no", "served_model": "m", "latency_s": 1.0}'


def rows_of(database: Database, *, cap_usd: float = 1.0, day: int = 0) -> BatchRows:
    clock = FixedClock(NOW + timedelta(days=day))
    return BatchRows(database, Caps(cap_usd), profile_hash="p", clock=clock)


def wish(key: str, *, voter: str = "chatgpt", usd: float = 0.1) -> Wish:
    return Wish(Call(key, "openai", "m", worst_case_usd=usd, lease_s=0.0), voter)


def charges(database: Database) -> list[tuple[str, float, float | None, str | None]]:
    with database.transaction() as cursor:
        cursor.execute(
            "SELECT call_key, reserved_usd, settled_usd, outcome FROM spending ORDER BY id"
        )
        return [tuple(row) for row in cursor.fetchall()]


def test_wishes_become_a_batch_a_voter_with_their_money_reserved(database: Database) -> None:
    prepared = rows_of(database).prepare([wish("a"), wish("b", voter="claude"), wish("c")])

    assert {batch.voter: keys for batch, keys in prepared.batches.items()} == {
        "chatgpt": ("a", "c"),
        "claude": ("b",),
    }
    assert {batch.calls for batch in prepared.batches} == {1, 2}
    assert all(batch.sent_at is None and batch.remote_id is None for batch in prepared.batches)
    assert [row[1:3] for row in charges(database)] == [(0.1, None)] * 3
    assert set(batches_under_way(database, "p")) == set(prepared.batches)
    assert batches_under_way(database, "q") == ()


def test_money_goes_as_far_as_it_goes_in_the_order_of_the_wishes(database: Database) -> None:
    rows = rows_of(database, cap_usd=0.25)

    prepared = rows.prepare([wish("a"), wish("b"), wish("c", usd=0.2), wish("d", usd=0.01)])

    assert list(prepared.batches.values()) == [("a", "b")]
    assert prepared.refused is not None
    assert "0.25 USD has 0.05 left, the call could cost 0.2000" in prepared.refused.detail


def test_a_call_is_in_one_batch_at_a_time_also_for_who_asks_directly(database: Database) -> None:
    rows = rows_of(database)
    rows.prepare([wish("a")])

    assert rows.prepare([wish("a")]).found == {"a": InBatch()}
    live = Reservations(
        database, Caps(1.0), profile_hash="p", clock=FixedClock(NOW + timedelta(days=9))
    )
    assert live.commit([wish("a").call]) == [InBatch()]


def test_each_write_is_found_again(database: Database) -> None:
    rows = rows_of(database)
    (batch,) = rows.prepare([wish("a")]).batches

    rows.sending(batch)
    (sending,) = rows.open()
    rows.sent(batch, "batch_77")
    (sent,) = rows.open()

    assert (sending.sent_at, sending.remote_id) == (NOW, None)
    assert (sent.sent_at, sent.remote_id, sent.day) == (NOW, "batch_77", NOW.date())


def test_a_name_for_a_batch_that_was_never_sent_is_refused(database: Database) -> None:
    rows = rows_of(database)
    (batch,) = rows.prepare([wish("a")]).batches

    with pytest.raises(DataError, match="ck_batch_sent"):
        rows.sent(batch, "batch_77")


def test_a_result_is_kept_once(database: Database) -> None:
    rows = rows_of(database)
    (batch,) = rows.prepare([wish("a"), wish("b")]).batches
    number, reserved_usd = rows.unsettled(batch)["a"]

    rows.settle([Settlement(number, 0.02, "REFUSED", 10, 5, SAID)])
    rows.settle([Settlement(number, 0.09, "OPINION", 10, 5, SAID)])

    assert reserved_usd == 0.1
    assert rows.unsettled(batch).keys() == {"b"}
    assert charges(database)[0] == ("a", 0.1, 0.02, "REFUSED")


@pytest.mark.parametrize(
    ("charged", "usd", "outcome"), [(True, 0.1, "MISSING"), (False, 0, UNANSWERED)]
)
def test_an_ended_batch_leaves_nothing_reserved(
    database: Database, charged: bool, usd: float, outcome: str
) -> None:
    rows = rows_of(database)
    (batch,) = rows.prepare([wish("a"), wish("b")]).batches
    number, _ = rows.unsettled(batch)["a"]
    rows.settle([Settlement(number, 0.02, "OPINION", 10, 5, SAID)])

    assert rows.end(batch, charged=charged, detail="it completed") == 1

    assert rows.open() == ()
    assert [row[2:] for row in charges(database)] == [(0.02, "OPINION"), (usd, outcome)]


def test_what_was_not_carried_out_can_be_asked_again_and_what_was_paid_for_not(
    database: Database,
) -> None:
    rows = rows_of(database)
    (batch,) = rows.prepare([wish("a"), wish("b")]).batches
    number, _ = rows.unsettled(batch)["a"]
    opinion = (
        '{"opinion": {"action": "BUY", "confidence": 0.9, "expected_return_frac": 0.01, '
        '"horizon_candles": 3, "reasoning": "r", "factors": [], "risks": []}, '
        '"served_model": "m", "latency_s": 20.0}'
    )
    rows.settle([Settlement(number, 0.02, "OPINION", 10, 5, opinion)])
    rows.end(batch, charged=False, detail="it expired")

    again = rows.prepare([wish("a"), wish("b")])

    assert isinstance(again.found["a"], Paid)
    assert list(again.batches.values()) == [("b",)]
    assert rows.latest(["a", "b"])["b"].attempt == 2


def test_a_days_batches_do_not_count_tomorrow(database: Database) -> None:
    rows_of(database, cap_usd=0.1).prepare([wish("a")])

    live = Reservations(
        database, Caps(0.1), profile_hash="p", clock=FixedClock(NOW + timedelta(days=1))
    )

    assert isinstance(live.commit([wish("b").call])[0], Reserved)
