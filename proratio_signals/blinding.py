"""The same question without what a model could recognise the market by: symbol, dates, scale.

A language model has read what happened after most of the candles it is asked about. Asked blind, it
sees the same shapes and facts, but not of what, not when, and at no price that was ever printed:

- the pair is ASSET/CASH, the judged moment is hidden;
- prices are in units of which the judged close has 100, volumes in units of their recent mean;
- everything else a prompt says is a ratio already, and stays as it is.

Two markets whose candles differ only by name, time and scale are asked the same, to the last of six
digits. How much better a panel does open than blind on the same candles is its memorisation
premium. The timeframe, and whether the pair is a perpetual, stay visible: the task depends on them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from proratio_core.values import Pair, SeriesKey
from proratio_signals.facts import SIGNIFICANT_DIGITS
from proratio_signals.snapshot import Moment, Shown

__all__ = ["BLIND_CLOSE", "BlindSnapshot", "HiddenMoment", "Mask", "blind", "mask_of"]

BLIND_CLOSE: Final = 100.0
"""What the judged candle closes at, seen blind."""

_BASE: Final = "ASSET"
_QUOTE: Final = "CASH"
_RATIOS: Final = ("_frac", "_ratio", "_atr")
_INDICES: Final = ("rsi_14", "adx_14", "hours_to_funding")
"""Facts without a scale, besides those whose names end like a ratio; any other fact is a price."""
_AMOUNTS: Final = ("open_interest_base",)
"""Facts in units of the base currency, scaled as volumes are."""


@dataclass(frozen=True, slots=True)
class HiddenMoment:
    """Stands where a template writes a date."""

    def strftime(self, _format: str, /) -> str:
        """Return the same word for every moment and format."""
        return "(hidden)"


@dataclass(frozen=True, slots=True)
class Mask:
    """What was hidden, to read a blind answer by.

    Parameters
    ----------
    pair
        The market.
    as_of
        Close time of the judged candle.
    price_unit
        Price of one blind unit, in the quote currency.
    volume_unit
        Volume of one blind unit, in the base currency.
    """

    pair: Pair
    as_of: Moment
    price_unit: float
    volume_unit: float

    def price(self, shown: float) -> float:
        """Return the price in the quote currency that was shown as `shown`."""
        return shown * self.price_unit

    def reveal(self, text: str) -> str:
        """Return a blind answer's text with the names of the market put back.

        Numbers stay: a text does not say which of them are prices (`price` converts one).
        """
        names = {_BASE: self.pair.base, _QUOTE: self.pair.quote}
        return re.sub(rf"\b({_BASE}|{_QUOTE})\b", lambda found: names[found[1]], text)


@dataclass(frozen=True, eq=False)
class BlindSnapshot:
    """What blind voters are shown; `mask` is never part of a prompt."""

    key: SeriesKey
    as_of: HiddenMoment
    facts: Mapping[str, float]
    recent: Sequence[Sequence[float]]
    mask: Mask


def blind(shown: Shown) -> BlindSnapshot:
    """Return `shown` without symbol, date and scale."""
    mask = mask_of(shown)
    return BlindSnapshot(
        key=replace(shown.key, pair=_masked(shown.key.pair)),
        as_of=HiddenMoment(),
        facts=MappingProxyType(
            {
                name: value if _is_relative(name) else _scaled(value, _unit(name, mask))
                for name, value in shown.facts.items()
            }
        ),
        recent=tuple(
            (*(_scaled(price, mask.price_unit) for price in prices), _scaled(v, mask.volume_unit))
            for *prices, v in shown.recent
        ),
        mask=mask,
    )


def mask_of(shown: Shown) -> Mask:
    """Return what `blind` hides of `shown`."""
    volumes = [row[-1] for row in shown.recent]
    mean_volume = sum(volumes) / len(volumes)
    return Mask(
        pair=shown.key.pair,
        as_of=shown.as_of,
        price_unit=shown.facts["close"] / BLIND_CLOSE,
        volume_unit=mean_volume or 1.0,
    )


def _masked(pair: Pair) -> Pair:
    names = {pair.base: _BASE, pair.quote: _QUOTE}
    return Pair(_BASE, _QUOTE, None if pair.settle is None else names.get(pair.settle, _QUOTE))


def _is_relative(name: str) -> bool:
    return name.endswith(_RATIOS) or name in _INDICES


def _unit(name: str, mask: Mask) -> float:
    return mask.volume_unit if name in _AMOUNTS else mask.price_unit


def _scaled(value: float, unit: float) -> float:
    return float(f"{value / unit:.{SIGNIFICANT_DIGITS}g}")
