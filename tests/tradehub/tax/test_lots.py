"""Which coins a sale takes, by each method; nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proratio_tradehub.tax.lots import Method, match_lots
from proratio_tradehub.tax.movements import Movement
from tests.tradehub.journal.made import ACCOUNT, NOW

DAY = timedelta(days=1)


def moved(day: int, amount: str, value: str, asset: str = "BTC") -> Movement:
    return Movement(
        account=ACCOUNT,
        asset=asset,
        quote="USDT",
        at=NOW + day * DAY,
        amount=Decimal(amount),
        value_quote=Decimal(value),
        trade_id=day,
    )


# The example of the US revenue service's Publication 550 in shape: three purchases at different
# prices, then a sale of one and a half of them.
BOUGHT = (moved(0, "1", "100"), moved(1, "1", "140"), moved(2, "1", "120"))
SALE = moved(3, "-1.5", "195")


@pytest.mark.parametrize(
    ("method", "costs", "left"),
    [
        (Method.FIFO, ["100", "70"], ["70", "120"]),
        (Method.LIFO, ["120", "70"], ["100", "70"]),
        (Method.HIFO, ["140", "60"], ["100", "60"]),
    ],
)
def test_a_sale_takes_the_oldest_the_newest_or_the_dearest(
    method: Method, costs: list[str], left: list[str]
) -> None:
    realised, lots, unmatched = match_lots((SALE, *BOUGHT), method)
    assert [one.cost_quote for one in realised] == [Decimal(cost) for cost in costs]
    assert sum(one.proceeds_quote for one in realised) == 195
    assert [lot.cost_quote for lot in lots] == [Decimal(cost) for cost in left]
    assert not unmatched


@pytest.mark.parametrize("method", list(Method))
def test_nothing_that_was_bought_later_is_sold(method: Method) -> None:
    realised, lots, _ = match_lots([BOUGHT[0], moved(1, "-1", "90"), moved(2, "1", "500")], method)
    assert [one.cost_quote for one in realised] == [100]
    assert [lot.cost_quote for lot in lots] == [500]


def test_coins_nobody_bought_are_named_and_not_counted() -> None:
    realised, lots, (missing,) = match_lots([BOUGHT[0], moved(1, "-3", "360")], Method.FIFO)
    assert missing.amount == 2
    assert realised[0].proceeds_quote == 120
    assert not lots


def test_coins_of_another_kind_are_never_taken() -> None:
    _, lots, (missing,) = match_lots([BOUGHT[0], moved(1, "-1", "9", "ETH")], Method.FIFO)
    assert missing.movement.asset == "ETH"
    assert len(lots) == 1


_AMOUNTS = st.integers(-50, 50).filter(bool)


@given(st.lists(st.tuples(_AMOUNTS, st.integers(1, 10_000)), max_size=20), st.sampled_from(Method))
@settings(max_examples=60)
def test_every_coin_and_every_cent_is_somewhere(
    steps: Sequence[tuple[int, int]], method: Method
) -> None:
    movements = [moved(day, str(step[0]), str(step[1])) for day, step in enumerate(steps)]
    realised, lots, unmatched = match_lots(movements, method)
    bought = [one for one in movements if one.amount > 0]
    sold = [one for one in movements if one.amount < 0]
    taken = sum(one.amount for one in realised)
    assert taken + sum(lot.amount for lot in lots) == sum(one.amount for one in bought)
    assert taken + sum(one.amount for one in unmatched) == -sum(one.amount for one in sold)
    costs = sum(one.cost_quote for one in realised) + sum(lot.cost_quote for lot in lots)
    assert costs == pytest.approx(sum(one.value_quote for one in bought), abs=Decimal("1e-20"))
    assert all(one.acquired_at <= one.disposed_at for one in realised)
