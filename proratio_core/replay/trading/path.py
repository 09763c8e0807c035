"""The straight lines a recorded price walked between two moments. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from proratio_core.replay.market import RecordedMarket

__all__ = ["Leg", "legs_between"]


@dataclass(frozen=True, slots=True)
class Leg:
    """One straight line of the price.

    Parameters
    ----------
    start_ms, end_ms
        When it begins and ends; equal for a jump between two candles.
    start_price, end_price
        Where.
    volume_per_ms
        What was traded along it, in the base currency.
    """

    start_ms: float
    end_ms: float
    start_price: float
    end_price: float
    volume_per_ms: float

    def crossing_ms(self, price: float, *, falling: bool) -> float | None:
        """Return when the price is at or beyond `price` for the first time; None when never.

        Parameters
        ----------
        price
            The level.
        falling
            True waits for the price to be at or below it, False for at or above.
        """
        sign = -1.0 if falling else 1.0
        start, end = sign * self.start_price, sign * self.end_price
        level = sign * price
        if start >= level:
            return self.start_ms
        if end < level:
            return None
        return self.start_ms + (self.end_ms - self.start_ms) * (level - start) / (end - start)

    def from_ms(self, moment_ms: float) -> Leg:
        """Return the part of the line from `moment_ms` on."""
        if moment_ms <= self.start_ms or self.end_ms == self.start_ms:
            return self
        return Leg(
            moment_ms, self.end_ms, self.price_at(moment_ms), self.end_price, self.volume_per_ms
        )

    def until_ms(self, moment_ms: float) -> Leg:
        """Return the part of the line up to `moment_ms`."""
        if moment_ms >= self.end_ms or self.end_ms == self.start_ms:
            return self
        return Leg(
            self.start_ms, moment_ms, self.start_price, self.price_at(moment_ms), self.volume_per_ms
        )

    def price_at(self, moment_ms: float) -> float:
        """Return the price at a moment of the line."""
        if self.end_ms == self.start_ms:
            return self.end_price
        part = (moment_ms - self.start_ms) / (self.end_ms - self.start_ms)
        return self.start_price + (self.end_price - self.start_price) * part


def legs_between(market: RecordedMarket, after_ms: int, now_ms: int) -> Iterator[Leg]:
    """Yield the lines of the traded price from `after_ms` to `now_ms`, in order.

    They are those the ticker and the candles in progress show, so that an order fills at a price
    somebody could see. Where the next candle opens elsewhere than the last one closed, the jump is
    a line of its own without duration: what waits between the two prices is touched by it, and a
    market order behind it gets the far side. Nothing is traded in a gap.
    """
    last_close: float | None = None
    for start_ms, end_ms, path, volume in market.walks(after_ms, now_ms):
        third = (end_ms - start_ms) / 3
        if last_close is not None and last_close != path[0]:
            yield Leg(start_ms, start_ms, last_close, path[0], 0.0)
        last_close = path[3]
        for index in range(3):
            leg = Leg(
                start_ms + third * index,
                start_ms + third * (index + 1),
                path[index],
                path[index + 1],
                volume / (end_ms - start_ms),
            )
            if leg.end_ms <= after_ms or leg.start_ms >= now_ms:
                continue
            yield leg.from_ms(after_ms).until_ms(now_ms)
