"""A gated run beside its ungated twin: the same candles, with and without the consensus. Pure.

The difference is what the gate did. The caveats say, in plain words, how much it may be believed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from proratio_core.errors import DataError
from proratio_core.values import Pair
from proratio_quantlab.caveats import caveats_of
from proratio_quantlab.certainty import Certainty, certainty_of
from proratio_quantlab.inference import Interval, mean_interval
from proratio_quantlab.measures import MEASURES, Measure
from proratio_quantlab.results import BacktestResult
from proratio_quantlab.wallet import returns_by_day, shared_days

__all__ = ["Comparison", "Line", "Verdict", "compare"]


class Verdict(StrEnum):
    """Which way a difference points."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Line:
    """One measure of both runs."""

    measure: Measure
    gated: float | None
    ungated: float | None

    @property
    def difference(self) -> float | None:
        """Gated minus ungated, in the measure's unit; None when either is."""
        if self.gated is None or self.ungated is None:
            return None
        return self.gated - self.ungated

    @property
    def verdict(self) -> Verdict:
        """Whether the gated run is the better one, as far as the shown digits tell."""
        difference = self.difference
        if difference is None or not self.measure.better:
            return Verdict.NEUTRAL
        if abs(difference) < self.measure.unit.resolution / 2:
            return Verdict.SAME
        return Verdict.BETTER if difference * self.measure.better > 0 else Verdict.WORSE


@dataclass(frozen=True)
class Comparison:
    """A run and, when there is one, its ungated twin.

    Parameters
    ----------
    gated, ungated
        The two runs; `ungated` is None when only one was asked for.
    rule_based
        Whether the voters of the gated run are fixed rules, not language models.
    lines
        Every measure.
    daily_difference
        Mean difference of the two wallets' daily returns; None without a twin or with few days.
    certainty
        How sure the Sharpe ratio of the run of interest is.
    caveats
        What a reader must know before believing the figures, most important first.
    """

    gated: BacktestResult
    ungated: BacktestResult | None
    rule_based: bool
    lines: tuple[Line, ...]
    daily_difference: Interval | None
    certainty: Certainty
    caveats: tuple[str, ...]

    @property
    def runs(self) -> tuple[BacktestResult, ...]:
        """The run and, when there is one, its twin."""
        return (self.gated,) if self.ungated is None else (self.gated, self.ungated)

    @property
    def title(self) -> str:
        """What the run of interest is called in tables: gated, unless nobody was asked."""
        return "Gated" if self.gated.specification.is_gated else "Ungated"

    @property
    def quote(self) -> str:
        """The currency the figures are in."""
        pair: Pair = self.gated.specification.pairs[0]
        return pair.quote


def compare(
    gated: BacktestResult,
    ungated: BacktestResult | None = None,
    *,
    rule_based: bool,
    tried: npt.NDArray[np.float64] | None = None,
) -> Comparison:
    """Return `gated` beside `ungated`.

    Parameters
    ----------
    gated
        The run of interest.
    ungated
        The run of the same strategy on the same candles without a profile.
    rule_based
        Whether the profile's voters are fixed rules.
    tried
        Yearly Sharpe ratios of all that was tried on the same candles, shape (n,); None when
        nothing is known of other trials.

    Raises
    ------
    DataError
        The two differ in more than the profile, so that their difference would mean nothing.
    """
    if ungated is not None:
        _check_twins(gated, ungated)
    lines = tuple(
        Line(measure, measure.of(gated.metrics), measure.of(ungated.metrics) if ungated else None)
        for measure in MEASURES
    )
    difference = None if ungated is None else _daily_difference(gated, ungated)
    caveats = tuple(caveats_of(gated, ungated, rule_based=rule_based, difference=difference))
    certainty = certainty_of(gated, np.array([]) if tried is None else tried)
    return Comparison(gated, ungated, rule_based, lines, difference, certainty, caveats)


def _check_twins(gated: BacktestResult, ungated: BacktestResult) -> None:
    for name in (
        "strategy", "exchange", "pairs", "timeframe", "timerange",
        "starting_balance", "fee_frac", "slippage_frac", "max_open_trades", "data_versions",
        "code_hash", "risk_hash",
    ):  # fmt: skip
        ours, theirs = (getattr(run.specification, name) for run in (gated, ungated))
        if ours != theirs:
            raise DataError(
                f"these runs are not twins: {name} is {ours} in one and {theirs} in the other; "
                "compare runs that differ in the profile only"
            )


def _daily_difference(gated: BacktestResult, ungated: BacktestResult) -> Interval | None:
    ours, theirs = shared_days(
        *(
            returns_by_day(run.equity, starting_balance=run.specification.starting_balance)
            for run in (gated, ungated)
        )
    )
    return mean_interval(ours.returns - theirs.returns)
