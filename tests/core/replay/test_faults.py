"""Scripts of faults: in order, reproducible, and watching the bans."""

from __future__ import annotations

import pytest

from proratio_core.replay import Fault, FaultKind, FaultScript
from proratio_core.replay.faults import Traffic, spoil_rows

ROWS = list(range(9))


def test_faults_are_dealt_in_order_to_requests_for_rows_only() -> None:
    reset, empty = Fault(FaultKind.RESET), Fault(FaultKind.EMPTY)
    script = FaultScript([reset, None])
    script.add(empty)
    assert script.next(0.0, Traffic.OTHER) is None
    assert [script.next(0.0, Traffic.ROWS) for _ in range(4)] == [reset, None, empty, None]
    assert script.dealt == [reset, empty]


def test_a_ban_holds_for_everything_and_counts_who_ignores_it() -> None:
    script = FaultScript([Fault(FaultKind.BAN, seconds=10)])
    script.next(100.0, Traffic.ROWS)
    during = script.next(104.0, Traffic.OTHER)
    assert during == Fault(FaultKind.BAN, seconds=6.0)
    assert script.early_requests == 1
    assert script.next(110.0, Traffic.OTHER) is None


def test_what_waits_can_be_forgotten() -> None:
    script = FaultScript([Fault(FaultKind.RESET), Fault(FaultKind.RESET)])
    script.add_for_orders(Fault(FaultKind.RESET))
    assert script.next(0.0, Traffic.ROWS) is not None
    script.forget()
    assert script.next(1.0, Traffic.ROWS) is None
    assert script.next(1.0, Traffic.ORDERS) is None


def test_the_same_seed_gives_the_same_script() -> None:
    def dealt(seed: int) -> list[Fault | None]:
        script = FaultScript.seeded(seed, requests=200, fault_frac=0.5)
        return [script.next(1_000.0 * n, Traffic.ROWS) for n in range(200)]

    assert dealt(1) == dealt(1)
    assert dealt(1) != dealt(2)
    assert 60 < sum(fault is not None for fault in dealt(1)) < 140


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (FaultKind.EMPTY, []),
        (FaultKind.TRUNCATED, [0, 1, 2, 3, 4]),
        (FaultKind.HOLED, [0, 1, 2, 6, 7, 8]),
        (FaultKind.RESET, ROWS),
    ],
)
def test_rows_are_lost_as_the_fault_says(kind: FaultKind, expected: list[int]) -> None:
    assert spoil_rows(ROWS, kind) == expected


def test_doubled_and_shuffled_rows_lose_nothing() -> None:
    assert sorted(spoil_rows(ROWS, FaultKind.UNORDERED)) == ROWS
    assert spoil_rows(ROWS, FaultKind.UNORDERED) != ROWS
    assert sorted(spoil_rows(ROWS, FaultKind.DUPLICATED)) == sorted(ROWS * 2)
