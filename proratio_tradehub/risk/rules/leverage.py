"""Leverage has a cap, and where a profile has a ladder, profits have to earn it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.limits import LeverageLadder
from proratio_tradehub.risk.rules.base import ROUNDING_FRAC
from proratio_tradehub.risk.rules.room import stake_within
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Cap, Finding, Refusal

__all__ = ["LeverageRule"]


@dataclass(frozen=True, slots=True)
class LeverageRule:
    """Refuse more leverage than is allowed, and cap what leveraged positions stake and risk.

    Without a ladder the cap is all there is. With one, leverage starts at 1; each step of realised
    profit unlocks more, own money in leveraged positions is at most a part of that profit, and so
    is what they may lose at their stops.

    Parameters
    ----------
    max_leverage
        Notional value over own money.
    ladder
        What profits unlock; None when leverage need not be earned.
    """

    name: ClassVar[str] = "leverage"
    max_leverage: float
    ladder: LeverageLadder | None = None

    def allowed(self, state: PortfolioState) -> float:
        """Return the leverage an entry may have now."""
        if self.ladder is None:
            return self.max_leverage
        profit_frac = state.realised_profit_quote / state.start_equity_quote
        unlocked = (s.leverage for s in self.ladder.steps if s.profit_frac <= profit_frac)
        return min(self.max_leverage, max(unlocked, default=1.0))

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:
        """Refuse leverage that is not allowed; cap the stake by the profits it is paid from."""
        allowed = self.allowed(state)
        if intent.leverage > allowed * (1.0 + ROUNDING_FRAC):
            return Refusal(
                self.name,
                f"{intent.leverage:g}x was asked for; at most {allowed:g}x now",
                observed=intent.leverage,
                limit=allowed,
            )
        if self.ladder is None or intent.leverage <= 1.0:
            return None
        return self._within_profit(state, intent, ladder=self.ladder)

    def _within_profit(
        self, state: PortfolioState, intent: EntryIntent, *, ladder: LeverageLadder
    ) -> Finding:
        leveraged = [position for position in state.positions if position.leverage > 1.0]
        staked = stake_within(
            intent,
            rule=self.name,
            used_quote=sum(position.stake_quote for position in leveraged),
            limit_quote=ladder.profit_staked_frac * state.realised_profit_quote,
            per_stake_frac=1.0,
        )
        at_risk = stake_within(
            intent,
            rule=self.name,
            used_quote=sum(position.planned_loss_quote for position in leveraged),
            limit_quote=ladder.profit_at_risk_frac * state.realised_profit_quote,
            per_stake_frac=intent.planned_loss_frac,
        )
        return _stricter(staked, at_risk)


def _stricter(one: Finding, other: Finding) -> Finding:
    """Return the finding that leaves less: a refusal, else the smaller cap, else either."""
    for finding in (one, other):
        if isinstance(finding, Refusal):
            return finding
    if isinstance(one, Cap) and isinstance(other, Cap):
        return min(one, other, key=lambda cap: cap.stake_quote)
    return one or other
