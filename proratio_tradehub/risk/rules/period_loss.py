"""No more entries in a day, week or month that has lost enough."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.rules.base import ROUNDING_FRAC
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Finding, Refusal

__all__ = ["Period", "PeriodLossRule"]


class Period(StrEnum):
    """A span of the calendar, in UTC."""

    DAY = "daily"
    WEEK = "weekly"
    MONTH = "monthly"

    def start_equity_quote(self, state: PortfolioState) -> float:
        """Return the equity with which the current one began, in quote currency."""
        if self is Period.DAY:
            return state.day_start_equity_quote
        if self is Period.WEEK:
            return state.week_start_equity_quote
        return state.month_start_equity_quote


@dataclass(frozen=True, slots=True)
class PeriodLossRule:
    """Refuse until the period ends once it has lost a part of the equity it began with.

    Parameters
    ----------
    period
        Day, week or month.
    max_loss_frac
        The loss, as a fraction of that equity; reaching it is enough.
    """

    period: Period
    max_loss_frac: float

    @property
    def name(self) -> str:
        """What its refusals are counted under, e.g. `daily loss`."""
        return f"{self.period} loss"

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:  # noqa: ARG002
        """Refuse at the limit."""
        loss = 1.0 - state.equity_quote / self.period.start_equity_quote(state)
        if loss < self.max_loss_frac * (1.0 - ROUNDING_FRAC):
            return None
        return Refusal(
            self.name,
            f"equity fell {loss:.2%} since the period began; entries stop at "
            f"{self.max_loss_frac:.2%} until the next one",
            observed=loss,
            limit=self.max_loss_frac,
        )
