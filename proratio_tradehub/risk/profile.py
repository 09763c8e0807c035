"""Every limit of one way to trade, as one frozen document whose hash goes with every result."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, field_serializer, model_validator

from proratio_core.values import Market
from proratio_tradehub.risk.limits import (
    Direction,
    LeverageLadder,
    LimitDocument,
    LossFrac,
    Sizing,
)

__all__ = ["RiskProfile"]

_LOWER, _HIGHER, _FEWER, _FIXED = Direction
_OptionalLossFrac = Annotated[float | None, _LOWER, Field(gt=0, lt=1)]


class RiskProfile(LimitDocument):
    """Every limit of one way to trade; None means that this profile does not limit it.

    Losses, heat and exposure are fractions of equity, open positions marked to market.

    Parameters
    ----------
    name, description
        What the user calls it, and what it is for.
    markets
        Where it may trade.
    max_planned_loss_frac
        Loss at the stop of all that is held in one pair, fees and slippage included.
    max_drawdown_frac
        Fall of equity below its peak at which trading halts.
    reduced_drawdown_frac, reduced_size_frac
        Fall from which every stake is multiplied by the second number.
    max_daily_loss_frac, max_weekly_loss_frac, max_monthly_loss_frac
        Fall of equity since the UTC day, the ISO week and the month began.
    max_positions
        Pairs held at once.
    max_heat_frac
        Loss of all positions at their stops together.
    max_asset_exposure_frac
        Notional value in one asset, over all its pairs and both sides.
    max_correlation, correlation_candles
        Correlation with anything held, signed by the sides, over at least so many returns.
    min_reward_risk
        Distance to the target over distance to the stop.
    min_profit_to_costs
        Expected profit over the costs of entering and leaving; it has to be above.
    max_entries_per_day, min_seconds_between_entries
        How often it may enter.
    max_volatility_ratio, volatility_candles
        Volatility of the last so many returns over that of the window before them.
    max_volume_frac, min_day_volume_quote
        Notional value over the pair's volume of 24 hours, and that volume.
    max_spread_frac
        Spread over the mid price.
    max_data_age_candles
        Age of the last closed candle, in candles.
    max_clock_skew_s
        Difference between this machine's clock and the exchange's.
    allow_degraded
        Whether a consensus that lacks a voter may open a position.
    max_leverage, ladder
        Notional value over own money, and what profits have to earn of it.
    max_stop_distance_frac
        Distance of the stop from the price.
    sizing
        How large an entry may be.
    """

    name: Annotated[str, _FIXED, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
    description: Annotated[str, _FIXED, Field(min_length=1, max_length=200)]
    markets: Annotated[frozenset[Market], _FEWER, Field(min_length=1)]
    max_planned_loss_frac: LossFrac
    max_drawdown_frac: LossFrac
    reduced_drawdown_frac: _OptionalLossFrac = None
    reduced_size_frac: LossFrac = 0.5
    max_daily_loss_frac: _OptionalLossFrac = None
    max_weekly_loss_frac: _OptionalLossFrac = None
    max_monthly_loss_frac: _OptionalLossFrac = None
    max_positions: Annotated[int, _LOWER, Field(ge=1, le=100)]
    max_heat_frac: LossFrac
    max_asset_exposure_frac: Annotated[float, _LOWER, Field(gt=0, le=125)]
    max_correlation: Annotated[float | None, _LOWER, Field(ge=0, lt=1)] = None
    correlation_candles: Annotated[int, _HIGHER, Field(ge=48, le=2_000)] = 96
    min_reward_risk: Annotated[float | None, _HIGHER, Field(gt=0, le=100)] = None
    min_profit_to_costs: Annotated[float, _HIGHER, Field(ge=1, le=100)] = 1.0
    max_entries_per_day: Annotated[int | None, _LOWER, Field(ge=1, le=10_000)] = None
    min_seconds_between_entries: Annotated[float | None, _HIGHER, Field(gt=0, le=86_400)] = None
    max_volatility_ratio: Annotated[float | None, _LOWER, Field(gt=1, le=100)] = None
    volatility_candles: Annotated[int, _FIXED, Field(ge=6, le=500)] = 12
    max_volume_frac: Annotated[float, _LOWER, Field(gt=0, le=1)]
    min_day_volume_quote: Annotated[float, _HIGHER, Field(ge=0)]
    max_spread_frac: Annotated[float, _LOWER, Field(gt=0, le=0.1)]
    max_data_age_candles: Annotated[float, _LOWER, Field(ge=1, le=10)] = 1.5
    max_clock_skew_s: Annotated[float, _LOWER, Field(gt=0, le=60)] = 5.0
    allow_degraded: Annotated[bool, _FEWER] = False
    max_leverage: Annotated[float, _LOWER, Field(ge=1, le=125)] = 1.0
    ladder: Annotated[LeverageLadder | None, _LOWER] = None
    max_stop_distance_frac: LossFrac
    sizing: Sizing

    @model_validator(mode="after")
    def _check_contradictions(self) -> Self:
        _check_losses(self)
        _check_size(self)
        _check_leverage(self)
        return self

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON of everything that can change a verdict, hexadecimal."""
        document = self.model_dump(mode="json", exclude={"description"})
        canonical = json.dumps(document, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    @field_serializer("markets")
    def _sorted(self, markets: frozenset[Market]) -> list[str]:
        return sorted(markets)


def _check_losses(profile: RiskProfile) -> None:
    """Raise unless each loss fits into those that are meant to be larger."""
    _check_rising(profile, "max_planned_loss_frac", "max_heat_frac", "max_drawdown_frac")
    _check_rising(
        profile,
        "max_planned_loss_frac",
        "max_daily_loss_frac",
        "max_weekly_loss_frac",
        "max_monthly_loss_frac",
        "max_drawdown_frac",
    )
    _check_rising(profile, "reduced_drawdown_frac", "max_drawdown_frac")
    if profile.reduced_drawdown_frac == profile.max_drawdown_frac:
        raise ValueError("reduced_drawdown_frac must be below max_drawdown_frac, which halts")


def _check_size(profile: RiskProfile) -> None:
    """Raise unless an asset may hold what an entry may stake."""
    if profile.sizing.stake_frac > profile.max_asset_exposure_frac:
        raise ValueError(
            f"sizing.stake_frac ({profile.sizing.stake_frac:g}) is more than one asset may hold "
            f"(max_asset_exposure_frac {profile.max_asset_exposure_frac:g}); lower the stake"
        )


def _check_leverage(profile: RiskProfile) -> None:
    """Raise unless there is a market for the leverage, and the ladder stays below its cap."""
    if profile.max_leverage > 1.0 and Market.PERPETUAL not in profile.markets:
        raise ValueError(
            f"max_leverage is {profile.max_leverage:g} and spot has none; write 1, or allow "
            "perpetual in markets"
        )
    highest = 1.0 if profile.ladder is None else profile.ladder.steps[-1].leverage
    if highest > profile.max_leverage:
        raise ValueError(
            f"the ladder ends at {highest:g}x, above max_leverage {profile.max_leverage:g}; "
            "shorten the ladder"
        )


def _check_rising(profile: RiskProfile, *names: str) -> None:
    """Raise unless each limit that is set is at least as large as the one before it."""
    limits = [(name, getattr(profile, name)) for name in names]
    for (lesser, low), (greater, high) in pairwise((n, v) for n, v in limits if v is not None):
        if low > high:
            raise ValueError(
                f"{lesser} ({low:g}) is above {greater} ({high:g}), which makes it meaningless; "
                f"lower {lesser}"
            )
