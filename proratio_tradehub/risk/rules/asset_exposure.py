"""How much of the account one asset may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.rules.room import stake_within
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Finding

__all__ = ["AssetExposureRule"]


@dataclass(frozen=True, slots=True)
class AssetExposureRule:
    """Cap the notional value in one asset, summed over its spot pairs and perpetuals.

    Both sides count as they are: a hedge has a counterparty, a margin and a stop of its own.

    Parameters
    ----------
    max_exposure_frac
        The sum, as a fraction of equity.
    """

    name: ClassVar[str] = "asset exposure"
    max_exposure_frac: float

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:
        """Cap the stake, or refuse when the asset is full."""
        asset = intent.asset
        held = sum([p.notional_quote for p in state.positions if p.asset == asset])
        return stake_within(
            intent,
            rule=self.name,
            used_quote=held,
            limit_quote=self.max_exposure_frac * state.equity_quote,
            per_stake_frac=intent.leverage,
        )
