"""The witness and the audit notice what they are there for; they know nothing of the program."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from proratio_core.candles import CandleStore
from proratio_core.candles.frame import open_times_ms
from proratio_core.clock import to_ms
from proratio_core.database import Database
from proratio_core.replay import Fault, FaultKind, RecordedMarket
from proratio_core.replay.trading import OrderKind, Side, Trader
from proratio_core.replay.trading.orders import Ticket
from proratio_core.values import SIMULATED, SeriesKey, Timeframe
from proratio_tradehub.halts import Action, HaltEvent, HaltLedger
from tests.live_session import CREDENTIALS
from tests.soak.audit import audit_candles, audit_halts
from tests.soak.market import BEGIN, simulated_market
from tests.soak.report import Breach
from tests.soak.witness import Witness

NOW_MS = to_ms(BEGIN)


@pytest.fixture
def markets() -> list[RecordedMarket]:
    return simulated_market(1, 3)


@pytest.fixture
def trader(markets: list[RecordedMarket]) -> Trader:
    return Trader.open(markets, CREDENTIALS, {"USDT": 10_000.0})


@pytest.fixture
def found() -> list[Breach]:
    return []


@pytest.fixture
def dealt() -> list[Fault]:
    return []


@pytest.fixture
def intents(tmp_path: Path) -> Path:
    file = tmp_path / "account.jsonl"
    file.write_text('{"name":"pr1","intent":{}}\n{"name":"pr2","intent":{}}\n')
    return file


@pytest.fixture
def witness(
    trader: Trader,
    markets: list[RecordedMarket],
    intents: Path,
    dealt: list[Fault],
    found: list[Breach],
) -> Witness:
    return Witness(trader, markets, intents.parent, dealt, lambda what, _: found.append(what))


def buy(market: RecordedMarket, name: str) -> Ticket:
    return Ticket(market.pair, Side.BUY, OrderKind.MARKET, 0.01, client_id=name)


def test_an_order_with_its_intent_is_no_breach_and_one_without_is(
    trader: Trader, markets: list[RecordedMarket], witness: Witness, found: list[Breach]
) -> None:
    trader.venue.place(buy(markets[0], "pr1"), NOW_MS)
    assert found == []
    trader.venue.place(buy(markets[1], "pr9"), NOW_MS)
    assert found == [Breach.INTENT]


def test_a_second_entry_into_a_position_and_a_name_used_again_are_breaches(
    trader: Trader, markets: list[RecordedMarket], witness: Witness, found: list[Breach]
) -> None:
    trader.venue.place(buy(markets[0], "pr1"), NOW_MS)
    trader.venue.place(buy(markets[0], "pr2"), NOW_MS)
    assert found == [Breach.TWICE]
    trader.venue.place(buy(markets[1], "pr2"), NOW_MS)
    assert found == [Breach.TWICE, Breach.TWICE]


def test_entries_under_a_halt_and_without_a_database_are_breaches(
    trader: Trader, markets: list[RecordedMarket], witness: Witness, found: list[Breach]
) -> None:
    witness.held_back = {Breach.HALTED, Breach.BLIND}
    trader.venue.place(buy(markets[0], "pr1"), NOW_MS)
    assert sorted(found) == sorted([Breach.HALTED, Breach.BLIND])


def test_a_position_without_a_stop_is_a_breach_when_the_exchange_answered_twice_already(
    trader: Trader, markets: list[RecordedMarket], witness: Witness, found: list[Breach]
) -> None:
    trader.venue.place(buy(markets[0], "pr1"), NOW_MS)
    for loop in range(2):
        witness.after_loop(NOW_MS + loop * 600_000)
    assert found == []
    for loop in range(2, 12):
        witness.after_loop(NOW_MS + loop * 600_000)
    assert found == [Breach.NAKED]


@pytest.mark.parametrize(
    ("kind", "loops"), [(FaultKind.BAN, 6), (FaultKind.RESET, 6), (FaultKind.HOLED, 2)]
)
def test_loops_in_which_the_exchange_does_not_answer_are_excused_and_not_for_ever(
    trader: Trader,
    markets: list[RecordedMarket],
    witness: Witness,
    dealt: list[Fault],
    found: list[Breach],
    kind: FaultKind,
    loops: int,
) -> None:
    trader.venue.place(buy(markets[0], "pr1"), NOW_MS)
    for loop in range(loops):
        dealt.append(Fault(kind))
        witness.after_loop(NOW_MS + loop * 600_000)
    assert found == []
    dealt.append(Fault(kind))
    witness.after_loop(NOW_MS + loops * 600_000)
    assert found == [Breach.NAKED]


def test_an_entry_while_a_recorded_halt_stood_is_found_by_the_times(
    trader: Trader, markets: list[RecordedMarket], witness: Witness, database: Database
) -> None:
    event = HaltEvent.now(Action.HALT, reason="-", by="-", at=BEGIN + timedelta(hours=1))
    HaltLedger(database).add([event])
    trader.venue.place(buy(markets[0], "pr1"), NOW_MS)
    assert list(audit_halts(database.url, trader)) == []
    trader.venue.place(buy(markets[1], "pr2"), NOW_MS + 7_200_000)
    assert [what for what, _ in audit_halts(database.url, trader)] == [Breach.HALTED]


def test_candles_are_compared_one_by_one(database: Database, markets: list[RecordedMarket]) -> None:
    (frame,) = markets[0].candles.values()
    key, until_ms = SeriesKey(SIMULATED, markets[0].pair, Timeframe.H1), NOW_MS + 86_400_000
    due = frame[open_times_ms(frame) + Timeframe.H1.ms <= until_ms]
    CandleStore(database).write(key, due.drop(due.index[len(due) // 2]))
    lacking = list(audit_candles(database.url, markets[:1], until_ms=until_ms))
    assert [what for what, _ in lacking] == [Breach.CANDLES]
    CandleStore(database).write(key, due)
    assert not list(audit_candles(database.url, markets[:1], until_ms=until_ms))
