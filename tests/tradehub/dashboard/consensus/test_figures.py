"""What a vote comes to, and what each voter added to it."""

from __future__ import annotations

import pytest

from proratio_signals.opinions import Action
from proratio_tradehub.dashboard.consensus.figures import shares_of
from tests.tradehub.dashboard.consensus.made import BENCH, a_ballot, a_sheet

SHEET = a_sheet(
    a_ballot("one", 0.4, Action.SELL),
    a_ballot("two", 0.35, Action.BUY),
    a_ballot("three", 0.25, None),
)


def test_who_abstains_adds_nothing() -> None:
    shares = shares_of(SHEET)
    assert [(action, name) for action, name, _ in shares] == [
        (Action.BUY, "two"),
        (Action.SELL, "one"),
    ]
    assert [share for *_, share in shares] == pytest.approx([0.28, 0.32])


def test_cost_is_the_sum_of_what_is_known() -> None:
    assert SHEET.cost_usd == pytest.approx(0.008)
    assert a_sheet(a_ballot("one", 1.0, None)).cost_usd is None
    assert SHEET.took_s == 4.0
    assert BENCH.title == "BTC/USDT 1h · consensus"
