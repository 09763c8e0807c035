from __future__ import annotations

import pytest

from proratio_core.values import Timeframe
from proratio_quantlab.report.candles import candles_figure, shown_timeframe
from tests.quantlab.made import trade_of
from tests.quantlab.report.test_page import chart_of


@pytest.mark.parametrize(
    ("candles", "timeframe", "expected"),
    [
        (100, "5m", "5m"),
        (1_500, "1h", "1h"),
        (8_784, "1h", "6h"),
        (87_600, "5m", "6h"),
        (60_000, "1h", "1d"),
    ],
)
def test_long_runs_are_drawn_in_a_longer_timeframe(
    candles: int, timeframe: str, expected: str
) -> None:
    assert shown_timeframe(candles, Timeframe(timeframe)) == Timeframe(expected)


def test_only_the_trades_of_the_pair_are_drawn() -> None:
    trades = [trade_of(1.0), trade_of(1.0, pair="ETH/USDT")]

    figure = candles_figure(chart_of(), trades, simulated=False)

    assert "Entry (n = 1)" in {trace.name for trace in figure.data}


def test_won_and_lost_exits_differ_in_shape_and_not_in_colour_alone() -> None:
    figure = candles_figure(chart_of(), [trade_of(1.0), trade_of(-1.0, day=3)], simulated=False)

    shapes = {t.name: t.marker.symbol for t in figure.data if t.name and t.name.startswith("Exit")}
    assert len(set(shapes.values())) == len(shapes) == 2


def test_a_pair_without_votes_or_trades_shows_its_candles() -> None:
    chart = chart_of()
    empty = type(chart)(chart.pair, chart.timeframe, chart.candles, chart.votes[:0], 0.6)

    figure = candles_figure(empty, [], simulated=False)

    assert [trace.type for trace in figure.data] == ["candlestick"]
    assert len(figure.data[0].x) == len(chart.candles)


def test_tags_and_reasons_are_text() -> None:
    trade = trade_of(1.0, enter_tag="<a href='http://x'>", exit_reason="%{x} <b>")

    figure = candles_figure(chart_of(), [trade], simulated=False)

    told = {t.name.split(" (")[0]: t.text[0] for t in figure.data if t.text is not None}
    assert "vote &lt;a href='http://x'&gt;" in told["Entry"]
    assert told["Exit with profit"].endswith("<br>%&#123;x} &lt;b&gt;")
