"""The figures of a run as people are shown them: their names, what they mean, their units. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Final

from proratio_quantlab.metrics import Metrics

__all__ = ["MEASURES", "Measure", "Unit", "format_difference", "format_value"]

_MISSING: Final = "–"


class Unit(StrEnum):
    """What a figure is counted in."""

    COUNT = "count"
    FRAC = "frac"
    QUOTE = "quote"
    USD = "usd"
    RATIO = "ratio"
    DAYS = "days"

    @property
    def resolution(self) -> float:
        """The smallest difference that is still shown."""
        shown = {Unit.COUNT: 1.0, Unit.FRAC: 1e-4, Unit.USD: 1e-4, Unit.DAYS: 0.1}
        return shown.get(self, 0.01)


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of `Metrics` as people are shown it.

    Parameters
    ----------
    field
        Its name in `Metrics`.
    label, explanation
        A short name, and one sentence that says what it is.
    unit
        What it is counted in.
    better
        +1 when more is better, -1 when less is, 0 when neither.
    detail
        Whether only full reports show it.
    """

    field: str
    label: str
    explanation: str
    unit: Unit
    better: int = 1
    detail: bool = False

    def of(self, metrics: Metrics) -> float | None:
        """Return this figure; None where the run does not define it."""
        value: float | None = getattr(metrics, self.field)
        return value

    def label_in(self, quote: str) -> str:
        """Return the label, with the currency when the figure is money."""
        currency = {Unit.QUOTE: quote, Unit.USD: "USD"}.get(self.unit)
        return self.label if currency is None else f"{self.label}, {currency}"


_detail = partial(Measure, detail=True)

MEASURES: Final = (
    Measure("trades", "Trades (n)", "Closed trades.", Unit.COUNT, 0),
    Measure("profit_frac", "Profit", "Gain of the wallet over the run.", Unit.FRAC),
    Measure("profit_quote", "Profit", "The same in money.", Unit.QUOTE),
    Measure("max_drawdown_frac", "Max drawdown", "Largest fall from a high.", Unit.FRAC, -1),
    Measure("drawdown_days", "Under water", "Longest time below a high.", Unit.DAYS, -1),
    Measure("sharpe", "Sharpe", "Daily wallet returns, mean / deviation, a year.", Unit.RATIO),
    Measure("sortino", "Sortino", "The same over downside deviation only.", Unit.RATIO),
    Measure("calmar", "Calmar", "Yearly growth / max drawdown.", Unit.RATIO),
    Measure("win_rate_frac", "Win rate", "Trades with a profit after fees.", Unit.FRAC),
    Measure("profit_factor", "Profit factor", "Won / lost money.", Unit.RATIO),
    Measure("expectancy_quote", "Expectancy", "Mean profit of a trade.", Unit.QUOTE),
    Measure("exposure_frac", "Exposure", "Time with a position open.", Unit.FRAC, 0),
    _detail("omega", "Omega", "Daily gains / daily losses.", Unit.RATIO),
    _detail("tail_ratio", "Tail ratio", "Large daily gains / large losses.", Unit.RATIO),
    _detail("var_frac", "Daily VaR 95 %", "Loss that 5 % of the days exceed.", Unit.FRAC, -1),
    _detail("cvar_frac", "Daily CVaR 95 %", "Mean loss of those days.", Unit.FRAC, -1),
    _detail("positive_months_frac", "Good months", "Months the wallet grew in.", Unit.FRAC),
    _detail("expectancy_r", "Expectancy, R", "Mean profit / first stop's loss.", Unit.RATIO),
    Measure("fees_quote", "Fees", "Paid to the exchange, both sides.", Unit.QUOTE, 0),
    Measure("llm_cost_usd", "LLM cost", "Paid for the votes that gated the run.", Unit.USD, 0),
    Measure("profit_after_llm_quote", "Profit less LLM", "Profit less LLM cost.", Unit.QUOTE),
)


def format_value(value: float | None, unit: Unit) -> str:
    """Return a figure with its unit (money goes without: the label names the currency).

    Parameters
    ----------
    value
        In the unit of `Metrics`: fractions, not hundredths. None gives a dash.
    unit
        What it is counted in.

    Examples
    --------
    >>> format_value(0.0512, Unit.FRAC)
    '5.12 %'
    """
    return _format(value, unit, sign="", frac_unit="%")


def format_difference(value: float | None, unit: Unit) -> str:
    """Return a difference with sign and unit; fractions differ in percentage points.

    Examples
    --------
    >>> format_difference(-0.0512, Unit.FRAC)
    '-5.12 pp'
    """
    return _format(value, unit, sign="+", frac_unit="pp")


def _format(value: float | None, unit: Unit, *, sign: str, frac_unit: str) -> str:
    if value is None:
        return _MISSING
    match unit:
        case Unit.COUNT:
            return f"{value:{sign},.0f}"
        case Unit.FRAC:
            return f"{value * 100:{sign},.2f} {frac_unit}"
        case Unit.QUOTE | Unit.RATIO:
            return f"{value:{sign},.2f}"
        case Unit.USD:
            return f"{value:{sign},.4f}"
        case Unit.DAYS:
            return f"{value:{sign},.1f} d"
