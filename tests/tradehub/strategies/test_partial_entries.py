"""An entry filled in part gets its stop soon: the rest is taken back, by a real Freqtrade."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from proratio_core.replay import Fault, FaultKind
from proratio_core.replay.trading import Order, OrderStatus, Side
from proratio_tradehub.strategies.partial_entries import PartialEntries
from tests.live_session import LiveSession, five_minutes, live_session

NOW = datetime(2025, 3, 1, tzinfo=UTC)
BTC = five_minutes("BTC/USDT")


def waiting(name: str, *, filled: float) -> SimpleNamespace:
    return SimpleNamespace(order_id=name, safe_filled=filled)


def test_nothing_filled_is_never_overdue_and_a_part_is_after_a_minute() -> None:
    partial = PartialEntries()
    assert not partial.is_overdue(waiting("1", filled=0.0), NOW)
    assert not partial.is_overdue(waiting("1", filled=0.1), NOW + timedelta(hours=1))
    assert not partial.is_overdue(
        waiting("1", filled=0.2), NOW + timedelta(hours=1, seconds=59)
    )  # counted from the first part
    assert partial.is_overdue(waiting("1", filled=0.3), NOW + timedelta(hours=1, seconds=60))
    assert not partial.is_overdue(waiting("2", filled=0.1), NOW + timedelta(hours=1, seconds=60))


def test_orders_of_earlier_days_are_forgotten() -> None:
    partial = PartialEntries()
    for day in range(100):
        partial.is_overdue(waiting(str(day), filled=0.1), NOW + timedelta(days=day))
    assert len(partial._since) == 1


def entry_and_stops(session: LiveSession) -> tuple[Order, list[Order]]:
    (bought,) = (order for order in session.placed() if order.ticket.side is Side.BUY)
    stops = [o for o in session.placed() if o.ticket.side is Side.SELL and o.status.is_open]
    return bought, stops


@pytest.mark.slow
@pytest.mark.parametrize("is_banned", [False, True], ids=["answered", "the stop meets a 429"])
def test_a_part_is_held_without_a_stop_for_little_more_than_a_minute(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, is_banned: bool
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    waits = {"entry": 25, "exit": 25, "exit_timeout_count": 0, "unit": "minutes"}
    same = {"price_side": "same", "use_order_book": True}
    with live_session(
        *(tmp_path, [BTC]),
        participation_frac=1e-4,
        entry_pricing=same,
        exit_pricing=same,
        unfilledtimeout=waits,
    ) as session:
        session.start()
        session.loop(2)
        session.let(enter=False)
        while not entry_and_stops(session)[0].filled:
            session.loop()
        began_s = session.now()
        if is_banned:
            refused = Fault(FaultKind.RATE_LIMIT, seconds=30, order_type="STOP_LOSS_LIMIT")
            session.server.faults.add_for_orders(refused)
        while not entry_and_stops(session)[1]:
            session.loop()
            assert session.now() - began_s < 200.0, "no stop"
        bought, (stop,) = entry_and_stops(session)
        assert session.now() - began_s < (140.0 if is_banned else 80.0)
        assert bought.status is OrderStatus.CANCELED
        assert 0.0 < bought.filled < bought.ticket.amount
        (trade,) = session.trades()
        assert stop.ticket.amount == pytest.approx(trade.amount)
        assert session.server.faults.early_requests == 0
