"""The SIMULATED market: seeded, correlated, and by default without any drift to be lucky in.

Returns follow a common and an own source of noise, with a volatility that clusters, regimes that
scale it, and jumps. Every candle's log return has the mean -v/2 for its variance v, and every jump
likewise, so the expected price ratio over any span is exactly 1: no strategy earns by being long,
short or trend-following. Only a preset that says so (`trending`, or a crash) breaks this.

The high and the low of a candle are the extremes of a Brownian bridge between its open and its
close, so the geometry is right by construction.

Source: P. Glasserman, *Monte Carlo Methods in Financial Engineering* (2003), 3.1 (the bridge) and
6.4 (its maximum); S. Taylor, *Modelling Financial Time Series* (1986), for log-normal volatility.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from proratio_core.candles.frame import make_frame
from proratio_core.clock import to_ms
from proratio_core.errors import DataError
from proratio_core.values import Pair, Timeframe

__all__ = ["DRIFTLESS", "TRENDING", "Asset", "Crash", "Regime", "assets_of", "generate"]

_Floats = npt.NDArray[np.float64]

_DAY_MINUTES: Final = 1440
_CLUSTER_HALF_LIFE_DAYS: Final = 1.0
_CLUSTER_SPREAD: Final = 0.35
"""Standard deviation of the log volatility around its regime."""
_JUMPS_PER_DAY: Final = 0.05
_JUMP_SPREAD: Final = 0.03
"""Standard deviation of a jump's log return."""


@dataclass(frozen=True, slots=True)
class Asset:
    """What is traded in a scenario.

    Parameters
    ----------
    pair
        Its name.
    start_price
        The first open, in quote currency.
    price_tick
        Every price is a multiple of it.
    volatility_frac
        Standard deviation of a day's log return in the normal regime.
    turnover
        Typical volume of a day, in quote currency.
    """

    pair: Pair
    start_price: float
    price_tick: float
    volatility_frac: float
    turnover: float = 50_000_000.0


@dataclass(frozen=True, slots=True)
class Regime:
    """A state of the whole market.

    Parameters
    ----------
    volatility_factor
        Multiplies every asset's volatility.
    mean_days
        How long it lasts on average; the lengths are exponential.
    drift_frac
        Mean log return of a day beyond the driftless one; 0 flatters nobody.
    """

    volatility_factor: float
    mean_days: float
    drift_frac: float = 0.0


@dataclass(frozen=True, slots=True)
class Crash:
    """A fall the scenario is sure to hold.

    Parameters
    ----------
    at
        When it begins, UTC.
    drop_frac
        How far below its path the price stands at the bottom, 0 to 1.
    fall
        From the beginning to the bottom.
    recovered_frac
        The part of the fall that is regained over four times as long.
    """

    at: datetime
    drop_frac: float = 0.35
    fall: timedelta = timedelta(hours=6)
    recovered_frac: float = 0.5

    def __post_init__(self) -> None:
        if not (0 < self.drop_frac < 1 and 0 <= self.recovered_frac <= 1):
            raise DataError(
                f"a crash of {self.drop_frac} with {self.recovered_frac} regained is not possible; "
                "both are fractions, the drop between 0 and 1 exclusive"
            )


DRIFTLESS: Final = (Regime(0.6, 12), Regime(1.0, 20), Regime(1.8, 5))
"""Calm, normal and turbulent; none of them rises or falls on average."""

TRENDING: Final = (Regime(0.7, 15, 0.004), Regime(1.0, 12), Regime(1.4, 10, -0.006))
"""Bull, range and bear: made for trend followers, so never the default."""

_KNOWN: Final[Mapping[str, tuple[float, float, float]]] = {
    "BTC": (42_000.0, 0.01, 0.025),
    "ETH": (2_300.0, 0.01, 0.032),
    "BNB": (310.0, 0.1, 0.030),
    "SOL": (100.0, 0.01, 0.048),
    "XRP": (0.62, 0.0001, 0.040),
    "ADA": (0.59, 0.0001, 0.042),
    "DOGE": (0.09, 0.00001, 0.048),
}
"""Start price, tick and daily volatility, of the size these assets had at the start of 2024."""


def assets_of(pairs: Iterable[Pair]) -> tuple[Asset, ...]:
    """Return a plausible asset for each pair; the same pair always gets the same one."""
    return tuple(_asset(pair) for pair in pairs)


def generate(
    assets: Sequence[Asset],
    timeframe: Timeframe,
    *,
    start: datetime,
    candles: int,
    seed: int,
    regimes: Sequence[Regime] = DRIFTLESS,
    correlation: float = 0.6,
    crash: Crash | None = None,
) -> dict[Pair, pd.DataFrame]:
    """Return a market that never was, one candle frame per asset.

    Parameters
    ----------
    assets
        What is traded; see `assets_of`.
    timeframe
        Length of a candle; longer ones come from `resampling.resample`.
    start
        Open time of the first candle, UTC, on the timeframe's grid.
    candles
        How many per asset.
    seed
        The same arguments and seed give the same market, bit for bit.
    regimes
        States the market wanders through.
    correlation
        Of any two assets' diffusive returns, 0 to 1.
    crash
        A fall on top, for all assets at once; it makes the scenario fall on average.

    Raises
    ------
    DataError
        `candles` is not positive, `start` is off the grid, or `correlation` is out of range.

    Examples
    --------
    >>> from datetime import UTC
    >>> pair = Pair.parse("BTC/USDT")
    >>> market = generate(assets_of([pair]), Timeframe.H1, seed=1, candles=3,
    ...                   start=datetime(2024, 1, 1, tzinfo=UTC))
    >>> len(market[pair])
    3
    """
    start_ms = to_ms(start)
    if candles < 1 or start_ms % timeframe.ms or not 0 <= correlation <= 1:
        raise DataError(
            f"a scenario of {candles} candles from {start} with correlation {correlation} is not "
            f"possible; ask for at least one, start on the {timeframe} grid, correlate 0 to 1"
        )
    times_ms = start_ms + np.arange(candles, dtype=np.int64) * timeframe.ms
    days = timeframe.minutes / _DAY_MINUTES
    common_seed, *own_seeds = np.random.SeedSequence(seed).spawn(len(assets) + 1)
    common = np.random.default_rng(common_seed)
    state = _wander(common, regimes, candles, days)
    fall = np.zeros(candles) if crash is None else _crash_returns(crash, times_ms, timeframe.ms)
    market = _Market(
        volatility=np.array([r.volatility_factor for r in regimes])[state]
        * _clustering(common, candles, days),
        imposed=np.array([r.drift_frac for r in regimes])[state] * days + fall,
        noise=common.standard_normal(candles),
        jumps=_jumps(common, candles, days),
        correlation=correlation,
        days=days,
    )
    return {
        asset.pair: _candles(asset, times_ms, market, np.random.default_rng(own_seed))
        for asset, own_seed in zip(assets, own_seeds, strict=True)
    }


@dataclass(frozen=True)
class _Market:
    """What all assets share, one value per candle; `imposed` is what is not driftless."""

    volatility: _Floats
    imposed: _Floats
    noise: _Floats
    jumps: _Floats
    correlation: float
    days: float


def _asset(pair: Pair) -> Asset:
    if pair.base in _KNOWN:
        return Asset(pair, *_KNOWN[pair.base])
    digest = hashlib.sha256(str(pair).encode()).digest()
    decade = digest[0] % 4  # 0.1, 1, 10 or 100 and a digit
    price = round((1 + digest[1] % 9) * 10.0 ** (decade - 1), 1)
    return Asset(pair, price, 10.0 ** (decade - 4), 0.035 + (digest[2] % 20) / 1000)


def _wander(
    random: np.random.Generator, regimes: Sequence[Regime], candles: int, days: float
) -> npt.NDArray[np.intp]:
    """Return which regime rules each candle."""
    state = np.empty(candles, np.intp)
    filled, current = 0, int(random.integers(len(regimes)))
    while filled < candles:
        length = max(1, round(random.exponential(regimes[current].mean_days) / days))
        state[filled : filled + length] = current
        filled += length
        current = (current + int(random.integers(1, max(2, len(regimes))))) % len(regimes)
    return state


def _clustering(random: np.random.Generator, candles: int, days: float) -> _Floats:
    """Return a volatility factor that remembers itself; the mean of its square is 1."""
    memory = 0.5 ** (days / _CLUSTER_HALF_LIFE_DAYS)
    shocks = random.standard_normal(candles) * np.sqrt(1 - memory**2)
    shocks[0] = random.standard_normal()
    scaled = pd.Series(shocks) / (1 - memory)
    scaled.iloc[0] = shocks[0]
    level = scaled.ewm(alpha=1 - memory, adjust=False).mean().to_numpy() * _CLUSTER_SPREAD
    factor: _Floats = np.exp(level - _CLUSTER_SPREAD**2)
    return factor


def _jumps(random: np.random.Generator, candles: int, days: float) -> _Floats:
    """Return log returns of rare jumps; the exponential of each has the mean 1."""
    count = random.poisson(_JUMPS_PER_DAY * days, candles)
    spread = _JUMP_SPREAD * np.sqrt(count)
    return random.standard_normal(candles) * spread - spread**2 / 2


def _crash_returns(crash: Crash, times_ms: npt.NDArray[np.int64], step_ms: int) -> _Floats:
    """Return the log returns that take the path down and part of the way back."""
    bottom = np.log1p(-crash.drop_frac)
    fall_ms = crash.fall.total_seconds() * 1000
    elapsed = (np.append(times_ms, times_ms[-1] + step_ms) - to_ms(crash.at)) / fall_ms
    level = np.interp(elapsed, [0.0, 1.0, 5.0], [0.0, bottom, bottom * (1 - crash.recovered_frac)])
    returns: _Floats = np.diff(level)
    return returns


def _candles(
    asset: Asset, times_ms: npt.NDArray[np.int64], market: _Market, random: np.random.Generator
) -> pd.DataFrame:
    """Return the frame of one asset."""
    size = len(times_ms)
    spread = asset.volatility_frac * np.sqrt(market.days) * market.volatility
    noise = np.sqrt(market.correlation) * market.noise
    noise = noise + np.sqrt(1 - market.correlation) * random.standard_normal(size)
    returns = spread * noise - spread**2 / 2 + market.jumps + market.imposed
    returns += _jumps(random, size, market.days)
    reach = [np.sqrt(returns**2 - 2 * spread**2 * np.log(1 - random.random(size))) for _ in "hl"]
    close = np.cumsum(returns) + np.log(asset.start_price)
    start = close - returns
    prices = {
        "open": start,
        "high": start + (returns + reach[0]) / 2,
        "low": start + (returns - reach[1]) / 2,
        "close": close,
    }
    rounded = {name: _on_tick(np.exp(value), asset.price_tick) for name, value in prices.items()}
    rounded["open"][1:] = rounded["close"][:-1]
    busy = random.lognormal(-0.125, 0.5, size) * (0.5 + np.abs(returns) / spread / 1.6)
    volume = asset.turnover * market.days * busy / rounded["close"]
    return make_frame(times_ms, {**rounded, "volume": np.round(volume, 3)})


def _on_tick(prices: _Floats, tick: float) -> _Floats:
    """Return the nearest multiples of `tick`, at least one, free of binary noise.

    Rounding keeps the order of prices, and with it the geometry of a candle.
    """
    steps = np.maximum(np.rint(prices / tick), 1.0)
    per_unit = round(1 / tick)
    return steps / per_unit if per_unit >= 1 else steps * tick
