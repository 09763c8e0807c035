"""Two runs on the same candles, day by day: is the difference more than chance? Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from proratio_core.errors import DataError
from proratio_quantlab.inference import Interval, mean_interval, sharpe_difference_interval
from proratio_quantlab.ratios import is_flat
from proratio_quantlab.results import BacktestResult
from proratio_quantlab.specification import Specification
from proratio_quantlab.wallet import DailyReturns, returns_by_day, shared_days

__all__ = ["PairedRuns", "pair_runs"]

_FEW_DAYS: Final = 90
_LEVEL: Final = 0.05


@dataclass(frozen=True)
class PairedRuns:
    """Two runs and what one earned above the other on the days both have.

    Parameters
    ----------
    first, second
        The runs.
    daily
        Mean difference of the wallets' daily returns, as a fraction, first minus second; None for
        fewer than 20 days.
    sharpe
        Difference of the yearly Sharpe ratios; None where either is not sure enough to have one.
    correlation
        Of the daily returns, -1 to 1; None when a wallet never moved.
    days
        How many days both have.
    first_day, last_day
        The first and the last of them.
    caveats
        What a reader must know before believing it.
    """

    first: BacktestResult
    second: BacktestResult
    daily: Interval | None
    sharpe: Interval | None
    correlation: float | None
    days: int
    first_day: date
    last_day: date
    caveats: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """The answer in plain words."""
        if self.daily is None:
            return f"{self.days} days are too few to tell the two apart."
        if is_flat(abs(self.daily.value)) and is_flat(self.daily.standard_error):
            return "The two did the same on every day."
        if self.daily.p_value >= _LEVEL:
            return "Chance alone makes a difference like this: neither is shown to be better."
        better = "first" if self.daily.value > 0 else "second"
        return f"The {better} earned more than chance explains, on these candles."

    @property
    def lines(self) -> tuple[str, ...]:
        """The paired differences in plain words."""
        return tuple(self._sentences())

    def _sentences(self) -> Iterator[str]:
        alike = "" if self.correlation is None else f", correlation {self.correlation:.2f}"
        yield f"Paired on {self.days} days, {self.first_day} to {self.last_day}{alike}."
        if self.daily is not None:
            mean, low, high = (x * 1e4 for x in (self.daily.value, self.daily.low, self.daily.high))
            yield (
                f"First minus second, daily return: {mean:+.2f} bps, 95 % interval {low:+.2f} to "
                f"{high:+.2f} bps, p = {self.daily.p_value:.3f}, n = {self.daily.observations} "
                "days."
            )
        if self.sharpe is not None:
            yield (
                f"First minus second, yearly Sharpe: {self.sharpe.value:+.2f}, 95 % interval "
                f"{self.sharpe.low:+.2f} to {self.sharpe.high:+.2f}, p = {self.sharpe.p_value:.3f}."
            )


def pair_runs(first: BacktestResult, second: BacktestResult) -> PairedRuns:
    """Return the two runs beside each other.

    Raises
    ------
    DataError
        They are the same run, stand on other candles, or have no day in common.
    """
    _check(first, second)
    ours, theirs = shared_days(_days_of(first), _days_of(second))
    if not len(ours.days):
        raise DataError(
            f"the runs have no day in common: {first.specification.timerange} and "
            f"{second.specification.timerange}; run both over the same range"
        )
    moved = ours.returns.std() > 0 and theirs.returns.std() > 0
    correlation = float(np.corrcoef(ours.returns, theirs.returns)[0, 1]) if moved else None
    return PairedRuns(
        first=first,
        second=second,
        daily=mean_interval(ours.returns - theirs.returns),
        sharpe=sharpe_difference_interval(ours.returns, theirs.returns),
        correlation=correlation,
        days=len(ours.days),
        first_day=ours.days[0].item(),
        last_day=ours.days[-1].item(),
        caveats=tuple(_caveats(first, second, days=len(ours.days))),
    )


def _days_of(run: BacktestResult) -> DailyReturns:
    return returns_by_day(run.equity, starting_balance=run.specification.starting_balance)


def _check(first: BacktestResult, second: BacktestResult) -> None:
    ours, theirs = first.specification, second.specification
    if ours.hash == theirs.hash:
        raise DataError(
            f"both are run {ours.hash[:12]} of {ours.strategy}; name two different ones"
        )
    if (ours.exchange, set(ours.pairs)) != (theirs.exchange, set(theirs.pairs)):
        raise DataError(
            f"the runs stand on other candles: {_candles(ours)} in the first, {_candles(theirs)} "
            "in the second; run both on the same"
        )


def _candles(specification: Specification) -> str:
    return f"{specification.exchange} {', '.join(map(str, specification.pairs))}"


def _caveats(first: BacktestResult, second: BacktestResult, *, days: int) -> Iterator[str]:
    ours, theirs = first.specification, second.specification
    if first.simulated:
        yield "SIMULATED: a random generator made these candles; no market ever printed them."
    if ours.timerange != theirs.timerange:
        yield f"Compared on the {days} days both have: {ours.timerange} and {theirs.timerange}."
    versions = dict(theirs.data_versions)
    changed = [
        name for name, version in ours.data_versions if versions.get(name, version) != version
    ]
    if changed:
        yield f"Changed between the runs: {', '.join(changed)}. Part of the difference is that."
    for name in ("fee_frac", "slippage_frac", "impact", "starting_balance", "max_open_trades"):
        one, other = getattr(ours, name), getattr(theirs, name)
        if one != other:
            yield f"Other terms: {name} {one} in the first, {other} in the second."
    if days < _FEW_DAYS:
        yield f"Short: {days} days."
    yield (
        "The p-value is for two runs named beforehand. Whoever picked them after looking at others "
        "has to count those."
    )
