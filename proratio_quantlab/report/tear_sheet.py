"""Everything a single stored run can be judged by, on one page that loads nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

import numpy as np
import plotly.graph_objects as go

from proratio_quantlab.comparison import Comparison
from proratio_quantlab.inference import TradeOrder, shuffle_trades
from proratio_quantlab.report.distribution import distribution_figure
from proratio_quantlab.report.document import render_document, write_document
from proratio_quantlab.report.fan import fan_figure
from proratio_quantlab.report.months import months_figure
from proratio_quantlab.report.regimes import MarketDays, regimes_figure
from proratio_quantlab.report.rolling import WINDOW_DAYS, rolling_figure
from proratio_quantlab.wallet import DailyReturns, returns_by_day

__all__ = ["TearSheet", "write_tear_sheet"]

_HEADLINES = ("profit_frac", "sharpe", "max_drawdown_frac", "trades")


@dataclass(frozen=True)
class TearSheet:
    """One run, its figures and its pictures.

    Parameters
    ----------
    comparison
        The run, without a twin.
    market
        What kind of market each day began in; None leaves that picture out.
    """

    comparison: Comparison
    market: MarketDays | None = None

    @cached_property
    def daily(self) -> DailyReturns:
        """The wallet's daily returns."""
        return returns_by_day(self.comparison.gated.equity, starting_balance=self._balance)

    @cached_property
    def order(self) -> TradeOrder | None:
        """What other orders of the same trades would have done."""
        trades = sorted(self.comparison.gated.trades, key=lambda trade: trade.closed_at)
        profits = np.array([trade.profit_quote for trade in trades], np.float64)
        return shuffle_trades(profits, starting_balance=self._balance)

    @cached_property
    def figures(self) -> Mapping[str, go.Figure]:
        """The pictures by name, in the order of the page."""
        balance, quote = self._balance, self.comparison.quote
        simulated = self.comparison.gated.simulated
        figures = {"fan": fan_figure(self.daily, balance=balance, quote=quote, simulated=simulated)}
        if self.market is not None:
            figures["regimes"] = regimes_figure(
                self.daily, self.market, balance=balance, quote=quote, simulated=simulated
            )
        figures["months"] = months_figure(self.daily, simulated=simulated)
        figures["distribution"] = distribution_figure(self.daily, simulated=simulated)
        if len(self.daily.returns) > WINDOW_DAYS:
            figures["rolling"] = rolling_figure(self.daily, simulated=simulated)
        return figures

    def render(self, *, generated_at: datetime) -> str:
        """Return the page as one HTML document.

        Parameters
        ----------
        generated_at
            The moment printed in the foot, UTC.
        """
        lines = self.comparison.lines
        return render_document(
            "tear_sheet.html",
            figures=self.figures,
            generated_at=generated_at,
            sheet=self,
            comparison=self.comparison,
            gated=self.comparison.gated,
            headlines=[line for line in lines if line.measure.field in _HEADLINES],
            window_days=WINDOW_DAYS,
        )

    @property
    def _balance(self) -> float:
        return self.comparison.gated.specification.starting_balance


def write_tear_sheet(path: Path, sheet: TearSheet, *, generated_at: datetime) -> None:
    """Write the page to `path`, whole or not at all.

    Raises
    ------
    ConfigurationError
        The file cannot be written there.
    """
    write_document(path, sheet.render(generated_at=generated_at), option="--html")
