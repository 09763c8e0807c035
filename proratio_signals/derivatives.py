"""What was known about a perpetual besides its candles: funding and open interest. Pure.

Nothing here is guessed: a figure that was not known at the moment, or is too old, is absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from typing import Final, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from proratio_core.candles.frame import open_times_ms
from proratio_core.clock import to_ms
from proratio_signals.facts import SIGNIFICANT_DIGITS

__all__ = ["Derivatives", "DerivativesHistory"]

_HOUR_MS: Final = 3_600_000
_DAY_MS: Final = 24 * _HOUR_MS
_MEAN_MS: Final = 7 * _DAY_MS
_FUNDING_STALE_MS: Final = 9 * _HOUR_MS
"""No perpetual market settles less often than every eight hours; an hour for a late one."""
_GRACE_MS: Final = 30_000
"""A figure is taken as known so long after its moment: it has to be fetched and stored first."""
_INTEREST_STALE_MS: Final = 10 * 60_000
_RECENT_ROWS: Final = 12
"""How many figures back a trading process may have lagged, for whoever checks what it saw."""


@dataclass(frozen=True, slots=True)
class Derivatives:
    """Facts about a perpetual; None where one is not known.

    Parameters
    ----------
    funding_rate_frac, funding_mean_7d_frac
        What longs paid shorts at the last settlement, and on average over seven days of them, as a
        fraction of the position.
    hours_to_funding
        Hours until the next settlement.
    open_interest_base
        Contracts open, in units of the base currency.
    open_interest_change_24h_frac
        Its change over a day, as a fraction.
    """

    funding_rate_frac: float | None = None
    funding_mean_7d_frac: float | None = None
    hours_to_funding: float | None = None
    open_interest_base: float | None = None
    open_interest_change_24h_frac: float | None = None

    @property
    def facts(self) -> Mapping[str, float]:
        """What is known, by name."""
        named = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: value for name, value in named if value is not None}

    @property
    def encoded(self) -> bytes:
        """Every value as eight bytes, NaN where it is not known."""
        values = [np.nan if value is None else value for value in astuple(self)]
        return np.array(values, "<f8").tobytes()

    @classmethod
    def decoded(cls, raw: bytes) -> Self:
        """Return what `encoded` gave."""
        values = np.frombuffer(raw, "<f8").tolist()
        return cls(*(None if np.isnan(value) else value for value in values))

    @classmethod
    def of_facts(cls, facts: Mapping[str, float]) -> Self:
        """Return what a snapshot's facts say of a perpetual."""
        return cls(**{field.name: facts.get(field.name) for field in fields(cls)})

    @property
    def funding(self) -> tuple[float | None, ...]:
        """The part that settlements give."""
        return (self.funding_rate_frac, self.funding_mean_7d_frac, self.hours_to_funding)

    @property
    def interest(self) -> tuple[float | None, ...]:
        """The part that open interest gives."""
        return (self.open_interest_base, self.open_interest_change_24h_frac)


class DerivativesHistory:
    """Settled funding rates and open interest of one perpetual, cut at any moment.

    Parameters
    ----------
    funding
        Columns `date` (settlements, ascending) and `funding_rate`.
    open_interest
        Columns `date` (moments, ascending) and `open_interest` (base currency).
    """

    def __init__(self, funding: pd.DataFrame, open_interest: pd.DataFrame) -> None:
        self._settled_ms = open_times_ms(funding)
        self._rates = funding["funding_rate"].to_numpy(np.float64)
        self._seen_ms = open_times_ms(open_interest)
        self._amounts = open_interest["open_interest"].to_numpy(np.float64)

    def at(self, as_of: datetime) -> Derivatives | None:
        """Return what was known at a moment; None where that is nothing.

        A settlement at the very moment is not: whoever decides then may not have seen it. Open
        interest counts from half a minute after its own moment on.
        """
        now_ms = to_ms(as_of)
        funding = self._funding(now_ms, _before(self._settled_ms, now_ms))
        seen = _before(self._seen_ms, now_ms - _GRACE_MS + 1)
        known = Derivatives(*funding, *self._interest(now_ms, seen))
        return known if known.facts else None

    def could_show(self, shown: Derivatives, as_of: datetime) -> bool:
        """Return whether a process may have seen this at a moment: it may lag, and never lead."""
        now_ms = to_ms(as_of)
        settled = _before(self._settled_ms, now_ms)
        seen = _before(self._seen_ms, now_ms + 1)
        fundings = (self._funding(now_ms, settled - lag) for lag in range(2))
        interests = (self._interest(now_ms, seen - lag) for lag in range(_RECENT_ROWS))
        return any(_is_part(shown.funding, known) for known in fundings) and any(
            _is_part(shown.interest, known) for known in interests
        )

    def _funding(self, now_ms: int, count: int) -> tuple[float | None, float | None, float | None]:
        """Return rate, mean and hours to the next one, from the first `count` settlements."""
        if count < 1 or now_ms - self._settled_ms[count - 1] > _FUNDING_STALE_MS:
            return None, None, None
        times, rates = self._settled_ms[:count], self._rates[:count]
        return _rounded(rates[-1]), _mean(times, rates, now_ms), _hours_left(times, now_ms)

    def _interest(self, now_ms: int, count: int) -> tuple[float | None, float | None]:
        """Return amount and change over a day, from the first `count` figures."""
        if count < 1 or now_ms - self._seen_ms[count - 1] > _INTEREST_STALE_MS:
            return None, None
        amount, day_ago_ms = float(self._amounts[count - 1]), self._seen_ms[count - 1] - _DAY_MS
        then = _before(self._seen_ms, int(day_ago_ms) + 1) - 1
        is_there = then >= 0 and day_ago_ms - self._seen_ms[then] <= _INTEREST_STALE_MS
        if not (is_there and self._amounts[then] > 0.0):
            return _rounded(amount), None
        return _rounded(amount), _rounded(amount / float(self._amounts[then]) - 1.0)


def _mean(
    times: npt.NDArray[np.int64], rates: npt.NDArray[np.float64], now_ms: int
) -> float | None:
    """Return the mean of seven days; None where the settlements do not reach back so far."""
    if times[0] > now_ms - _MEAN_MS + _FUNDING_STALE_MS:
        return None
    return _rounded(float(rates[times >= now_ms - _MEAN_MS].mean()))


def _hours_left(times: npt.NDArray[np.int64], now_ms: int) -> float | None:
    """Return the hours to the next settlement, if they go on as the last two were apart."""
    if len(times) < 2:
        return None
    left_ms = int(2 * times[-1] - times[-2]) - now_ms
    return _rounded(left_ms / _HOUR_MS) if 0 <= left_ms <= _FUNDING_STALE_MS else None


def _is_part(shown: tuple[float | None, ...], known: tuple[float | None, ...]) -> bool:
    """Return whether everything shown was known."""
    return all(one is None or one == other for one, other in zip(shown, known, strict=True))


def _before(times_ms: npt.NDArray[np.int64], moment_ms: int) -> int:
    return int(np.searchsorted(times_ms, moment_ms, side="left"))


def _rounded(value: float) -> float:
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}") + 0.0  # never -0.0
