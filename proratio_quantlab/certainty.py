"""How sure the Sharpe ratio of one run is, knowing what else was tried. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from proratio_quantlab.inference import (
    Interval,
    SharpeEstimate,
    Trials,
    best_of_many_p_value,
    deflated_sharpe,
    expected_max_sharpe,
    minimum_track_record,
    probabilistic_sharpe,
    sharpe_interval,
)
from proratio_quantlab.ratios import DAYS_A_YEAR
from proratio_quantlab.results import BacktestResult
from proratio_quantlab.wallet import daily_returns

__all__ = ["Certainty", "certainty_of"]

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Certainty:
    """What is known of a run's Sharpe ratio; None where the run does not define it.

    Parameters
    ----------
    sharpe
        The yearly ratio with its interval.
    probabilistic
        Probability that the true ratio is above 0, had nothing else been tried, 0 to 1.
    deflated
        Probability that it is above what the best of all trials reaches by luck, 0 to 1.
    luck
        How often the best of as many worthless trials does as well, 0 to 1.
    expected_by_luck
        The yearly ratio the best of as many worthless trials is expected at.
    trials
        How many different outcomes the store holds for the same strategy, candles and range.
    wanted_days
        Length of a track record at which this ratio is above 0 with 95%.
    days
        Length of this one.
    """

    sharpe: Interval | None
    probabilistic: float | None
    deflated: float | None
    luck: float | None
    expected_by_luck: float
    trials: int
    wanted_days: float | None
    days: int

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it in plain words."""
        return tuple(self._sentences())

    def _sentences(self) -> Iterator[str]:
        if self.sharpe is None or self.probabilistic is None:
            yield f"The Sharpe ratio of {self.days} days is too unsure for an interval."
            return
        yield (
            f"Sharpe {self.sharpe.value:.2f}, 95 % interval {self.sharpe.low:.2f} to "
            f"{self.sharpe.high:.2f}, n = {self.days} days. Above 0 in truth with a probability of "
            f"{self.probabilistic:.1%}, had nothing else been tried."
        )
        if self.trials > 1 and self.deflated is not None and self.luck is not None:
            yield (
                f"The store has {self.trials} different outcomes of this strategy on these "
                "candles. The best of as many tries at nothing reaches "
                f"{self.expected_by_luck:.2f} on average; above that with a probability of "
                f"{self.deflated:.1%} (deflated Sharpe), and luck does as well in "
                f"{self.luck:.1%} of cases."
            )
        if self.wanted_days is None:
            yield "Not above 0 as measured: no length of track record makes it believable."
        else:
            yield (
                f"At this ratio a track record has to last {math.ceil(self.wanted_days):,} days "
                f"to be believed (95 %); this one has {self.days:,}."
            )


def certainty_of(run: BacktestResult, tried: _Floats) -> Certainty:
    """Return how sure the Sharpe ratio of `run` is.

    Parameters
    ----------
    run
        The run to judge.
    tried
        Yearly Sharpe ratios of all that was tried on the same candles, this run included, shape
        (n,); empty when nothing is known of other trials.
    """
    balance = run.specification.starting_balance
    returns = daily_returns(run.equity, starting_balance=balance)
    estimate = SharpeEstimate.of(returns)
    trials = Trials.of(tried / math.sqrt(DAYS_A_YEAR)) if len(tried) else Trials(1, 0.0)
    return Certainty(
        sharpe=sharpe_interval(returns),
        probabilistic=None if estimate is None else probabilistic_sharpe(estimate),
        deflated=None if estimate is None else deflated_sharpe(estimate, trials),
        luck=None if estimate is None else best_of_many_p_value(estimate, trials),
        expected_by_luck=expected_max_sharpe(trials) * math.sqrt(DAYS_A_YEAR),
        trials=int(trials.count),
        wanted_days=None if estimate is None else minimum_track_record(estimate),
        days=len(returns),
    )
