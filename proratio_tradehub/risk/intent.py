"""One entry that a strategy would like to make, with everything its risk depends on."""

from __future__ import annotations

import msgspec

from proratio_core.errors import RiskError
from proratio_core.values import Market, Pair
from proratio_tradehub.risk.checks import (
    check_finite,
    check_fraction,
    check_not_negative,
    check_positive,
)
from proratio_tradehub.risk.planning import distance_frac, loss_of_stake_frac
from proratio_tradehub.risk.positions import asset_of
from proratio_tradehub.risk.scored import ScoredHistory
from proratio_tradehub.risk.sides import Side

__all__ = ["EntryIntent"]


class EntryIntent(msgspec.Struct, frozen=True, kw_only=True):
    """A proposed entry.

    Parameters
    ----------
    pair, side
        What would be entered.
    price
        Expected entry price, in quote currency.
    stop_price
        Where it would be closed at a loss; None is refused by every profile.
    target_price
        Where it would be closed at a profit; None when only a return is expected.
    expected_return_frac
        Move of the price in its favour that is expected, as a fraction; only without a target.
    stake_quote
        The most own money it could use; the profile's sizing and its limits shrink it.
    leverage
        Notional value over own money; 1 on spot.
    confidence
        How sure the consensus is, 0 to 1; a rule alone has no doubts.
    fee_frac, slippage_frac
        Costs of one side, as fractions of its notional value; slippage includes half the spread.
    spread_frac
        Best ask less best bid over the mid price; an assumption in backtests.
    day_volume_quote
        Traded in the pair over the last 24 hours, in quote currency.
    data_age_s
        Seconds since the last known candle closed.
    candle_s
        Length of a candle in seconds.
    is_degraded
        Whether the consensus behind it lacks a voter.
    history
        What entries like it came to, for sizing by Kelly; None when nothing was scored.
    min_stake_quote
        Least own money with which the market accepts such an entry; 0 when it does not say.

    Raises
    ------
    RiskError
        A number is not finite or outside its range, or the side cannot be traded on this market.
    """

    pair: Pair
    side: Side
    price: float
    stop_price: float | None
    target_price: float | None = None
    expected_return_frac: float | None = None
    stake_quote: float
    leverage: float = 1.0
    confidence: float = 1.0
    fee_frac: float
    slippage_frac: float
    spread_frac: float
    day_volume_quote: float
    data_age_s: float
    candle_s: float
    is_degraded: bool = False
    history: ScoredHistory | None = None
    min_stake_quote: float = 0.0
    planned_loss_frac: float | None = None
    """What the stake loses at the stop, fees and slippage of both sides included; None without.

    A fraction of the own money, so leverage multiplies it: 1 is the whole stake. Several rules ask,
    so it is reckoned once, whatever was given for it.
    """

    def __post_init__(self) -> None:
        if not isinstance(self.pair, Pair) or not isinstance(self.side, Side):
            raise RiskError(f"entry into {self.pair!r}, {self.side!r}; expected Pair and Side")
        if self.pair.market is Market.SPOT and (self.side is Side.SHORT or self.leverage != 1.0):
            raise RiskError(
                f"{self.pair} is a spot pair; it can only be bought and without leverage, "
                f"got {self.side} {self.leverage!r}x; name the perpetual instead"
            )
        check_positive("price", self.price)
        check_positive("stake_quote", self.stake_quote)
        check_positive("leverage", self.leverage)
        check_positive("candle_s", self.candle_s)
        check_fraction("confidence", self.confidence)
        check_not_negative("fee_frac", self.fee_frac)
        check_not_negative("slippage_frac", self.slippage_frac)
        check_not_negative("spread_frac", self.spread_frac)
        check_not_negative("day_volume_quote", self.day_volume_quote)
        check_not_negative("min_stake_quote", self.min_stake_quote)
        check_finite("data_age_s", self.data_age_s)
        self._check_optional()
        msgspec.structs.force_setattr(self, "planned_loss_frac", self._planned_loss_frac())

    @property
    def asset(self) -> str:
        """The asset this entry exposes to."""
        return asset_of(self.pair)

    @property
    def stop_distance_frac(self) -> float | None:
        """How far the price may move against the entry; None without a stop, <= 0 if misplaced."""
        if self.stop_price is None:
            return None
        return distance_frac(self.side, self.price, self.stop_price)

    @property
    def reward_frac(self) -> float | None:
        """The move hoped for, from the target or else the expected return; None if unknown."""
        if self.target_price is not None:
            return -distance_frac(self.side, self.price, self.target_price)
        return self.expected_return_frac

    @property
    def round_trip_cost_frac(self) -> float:
        """Fee and slippage of entering and leaving at about the same price, of the notional."""
        return 2.0 * (self.fee_frac + self.slippage_frac)

    def _planned_loss_frac(self) -> float | None:
        if self.stop_price is None:
            return None
        return loss_of_stake_frac(
            self.side,
            self.price,
            self.stop_price,
            cost_frac=self.fee_frac + self.slippage_frac,
            leverage=self.leverage,
        )

    def _check_optional(self) -> None:
        if self.stop_price is not None:
            check_positive("stop_price", self.stop_price)
        if self.target_price is not None:
            check_positive("target_price", self.target_price)
        if self.expected_return_frac is not None:
            check_finite("expected_return_frac", self.expected_return_frac)
        if not isinstance(self.is_degraded, bool):
            raise RiskError(f"is_degraded is {self.is_degraded!r}; expected True or False")
        if self.history is not None and not isinstance(self.history, ScoredHistory):
            raise RiskError(f"history is {self.history!r}; expected ScoredHistory or None")
