from __future__ import annotations

import pytest

from proratio_tradehub.reports.tally import tallies, tally
from tests.tradehub.reports.made import a_closed, an_open

TRADES = (a_closed(1), a_closed(2, profit=-4.0, symbol="ETH/USDT"), an_open(3))


def test_closed_trades_add_up_after_fees() -> None:
    total = tally("all", TRADES)
    assert (total.closed, total.won, total.won_frac) == (2, 1, 0.5)
    assert total.profit_quote == pytest.approx(5.79)
    assert total.fees_quote == pytest.approx(0.42)
    assert total.profit_frac == pytest.approx((0.0979 - 0.04) / 2)


def test_nothing_has_no_mean() -> None:
    nothing = tally("none", ())
    assert (nothing.closed, nothing.won_frac, nothing.profit_frac) == (0, None, None)


def test_groups_come_by_name() -> None:
    groups = tallies(TRADES, lambda one: one.symbol)
    assert [(one.name, one.closed) for one in groups] == [("BTC/USDT", 1), ("ETH/USDT", 1)]
