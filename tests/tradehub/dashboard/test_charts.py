"""Figures: one look, and the line at which trading halts."""

from __future__ import annotations

from datetime import timedelta

from proratio_tradehub.dashboard.charts import equity_figure, figure_page
from proratio_tradehub.dashboard.equity import curve_of
from tests.tradehub.dashboard.drawing import NOW

CURVE = curve_of([(NOW, 100.0), (NOW + timedelta(hours=1), 95.0)])


def test_drawdown_is_drawn_against_the_limit() -> None:
    figure = equity_figure(CURVE, quote="USDT", limit_frac=0.1, simulated=False)
    equity, drawdown = figure.data
    assert list(equity.y) == [100.0, 95.0]
    assert round(drawdown.y[1], 9) == -5.0
    texts = [annotation.text for annotation in figure.layout.annotations]
    assert texts == ["halts at −10%"]


def test_simulated_account_has_the_watermark_and_no_limit_no_line() -> None:
    figure = equity_figure(CURVE, quote="USDT", limit_frac=None, simulated=True)
    assert [annotation.text for annotation in figure.layout.annotations] == ["SIMULATED"]


def test_touch_scrolls_the_page_and_not_the_figure() -> None:
    figure = equity_figure(CURVE, quote="USDT", limit_frac=None, simulated=False)
    assert figure.layout.dragmode is False
    assert figure.layout.yaxis.fixedrange


def test_a_figure_as_a_page_loads_nothing_and_the_figure_stays_as_it_is() -> None:
    figure = equity_figure(CURVE, quote="USDT", limit_frac=0.1, simulated=True)
    page = figure_page(figure).decode()
    assert "SIMULATED" in page
    assert 'src="http' not in page
    assert figure.layout.xaxis.fixedrange


def test_name_of_a_currency_is_text() -> None:
    figure = equity_figure(CURVE, quote="<b>X", limit_frac=None, simulated=False)
    assert figure.data[0].hovertemplate == "%{y:,.2f} &lt;b&gt;X<extra></extra>"
