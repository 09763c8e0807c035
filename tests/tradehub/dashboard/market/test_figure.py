"""Every mark says what it is to whoever clicks on it."""

from __future__ import annotations

from typing import Any

import pytest

from proratio_tradehub.dashboard.market.figure import book_figure, market_figure
from tests.tradehub.dashboard.market.made import BOOK, a_deal, a_pane


def traces(*deals: Any) -> dict[str, Any]:
    figure = market_figure(a_pane(*deals), simulated=False)
    return {trace.name: trace for trace in figure.data if trace.name}


def test_marks_carry_the_trade_and_the_vote_behind_them() -> None:
    drawn = traces()
    assert [list(data) for data in drawn["Entry long"].customdata] == [["deal", 0]]
    assert [list(data) for data in drawn["Exit ▲"].customdata] == [["deal", 0]]
    assert [list(data) for data in drawn["Vote BUY"].customdata] == [["vote", 7]]
    assert drawn["Vote HOLD"].text[0] == "degraded"
    assert list(drawn["Stop"].y) == [95.0, 95.0, None]


def test_a_loss_has_another_shape_and_an_open_trade_no_exit() -> None:
    drawn = traces(a_deal(profit_quote=-1.0, profit_frac=-0.01), a_deal(close_rate=None))
    assert drawn["Exit ▼"].marker.symbol == "x"
    assert "Exit ▲" not in drawn
    assert "▼ −1.00%" in drawn["Exit ▼"].text[0]


def test_a_short_points_down_and_no_stop_draws_no_line() -> None:
    drawn = traces(a_deal(side="short", stop_price=None))
    assert drawn["Entry short"].marker.symbol == "triangle-down"
    assert "Stop" not in drawn


def test_an_older_entry_does_not_stretch_the_span() -> None:
    pane = a_pane(a_deal(opened_at=a_deal().opened_at.replace(year=2020)))
    low, _ = market_figure(pane, simulated=True).layout.xaxis.range
    assert low.year == 2023


def test_depth_adds_up_from_the_best_price() -> None:
    bids, asks = book_figure(BOOK, simulated=False).data
    assert list(bids.y) == [1.0, 3.0]
    assert list(asks.y) == pytest.approx([3.0, 3.5])


def test_reason_of_somebody_else_is_text_and_short() -> None:
    drawn = traces(a_deal(reason="<a href='http://x'>y</a> %{z} " + "W" * 400))
    (told,) = drawn["Exit ▲"].text
    assert "&lt;a href='http://x'&gt;y&lt;/a&gt; %&#123;z}" in told
    assert "<" not in told
    assert told.endswith("W…")
    assert len(told) < 120
