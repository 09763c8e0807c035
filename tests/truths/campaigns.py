"""Experiments whose right answer is known. Each returns what was found, a row of the table."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy import stats

from proratio_quantlab.inference import (
    SequentialTest,
    SharpeEstimate,
    StoppingRule,
    Trials,
    best_of_many_p_value,
    deflated_sharpe,
    probabilistic_sharpe,
    probability_of_overfitting,
    sharpe_interval,
    superiority,
)
from tests.truths import markets
from tests.truths.markets import DAYS_A_YEAR, Floats, random_strategies, random_walk, with_skill

Noise = Callable[[np.random.Generator, int], Floats]


@dataclass(frozen=True)
class Share:
    """How often something happened, with its 95% interval (Clopper & Pearson, 1934)."""

    hits: int
    tries: int

    @property
    def value(self) -> float:
        return self.hits / self.tries

    @property
    def interval(self) -> tuple[float, float]:
        found = stats.binomtest(self.hits, self.tries).proportion_ci(0.95, "exact")
        return float(found.low), float(found.high)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:.1%} ({low:.1%} to {high:.1%})"


@dataclass(frozen=True)
class Picked:
    """How often the best of the strategies was believed, by each judge."""

    alone: Share
    deflated: Share
    best_of_many: Share


def picked_strategies(
    seed: int, *, experiments: int, strategies: int, days: int, short: bool = True,
    skill: float = 0.0,
) -> Picked:  # fmt: skip
    """Pick the best of random strategies on a random walk, again and again.

    With `skill`, a strategy of that true Sharpe ratio is among them, and only its being picked and
    believed counts.
    """
    generator = np.random.default_rng(seed)
    believed = np.zeros(3, int)
    for _ in range(experiments):
        market = random_walk(generator, days)
        returns = random_strategies(generator, market, strategies, short=short)
        returns = with_skill(returns, skill) if skill else returns
        ratios = returns.mean(axis=0) / returns.std(axis=0, ddof=1)
        best = int(ratios.argmax())
        if skill and best:
            continue
        believed += _judged(returns[:, best], Trials.of(ratios))
    return Picked(*(Share(int(hits), experiments) for hits in believed))


def _judged(returns: Floats, trials: Trials) -> list[bool]:
    estimate = SharpeEstimate.of(returns)
    assert estimate is not None
    alone, deflated = probabilistic_sharpe(estimate), deflated_sharpe(estimate, trials)
    luck = best_of_many_p_value(estimate, trials)
    assert alone is not None
    assert deflated is not None
    assert luck is not None
    return [alone > 0.95, deflated > 0.95, luck < 0.05]


def single_strategies(seed: int, *, strategies: int, days: int) -> Share:
    """Count how many of random strategies a probabilistic Sharpe ratio above 0.95 believes in."""
    generator = np.random.default_rng(seed)
    believed = 0
    for _ in range(strategies):
        returns = random_strategies(generator, random_walk(generator, days), 1)
        believed += _judged(returns[:, 0], Trials(1, 0.0))[0]
    return Share(believed, strategies)


def overfitting(seed: int, *, experiments: int, strategies: int, days: int) -> Floats:
    """Return the probability of overfitting among random strategies, shape (experiments,)."""
    generator = np.random.default_rng(seed)
    return np.array(
        [
            probability_of_overfitting(
                random_strategies(generator, random_walk(generator, days), strategies), blocks=10
            ).probability
            for _ in range(experiments)
        ]
    )


def superiority_p_values(
    seed: int, *, experiments: int, strategies: int, days: int, resamples: int
) -> Floats:
    """Return SPA's p-values (lower, consistent, upper) and White's, shape (experiments, 4)."""
    generator = np.random.default_rng(seed)
    rows = []
    for number in range(experiments):
        returns = random_strategies(generator, random_walk(generator, days), strategies)
        found = superiority(returns, resamples=resamples, seed=seed + number)
        rows.append((found.spa_lower, found.spa, found.spa_upper, found.reality_check))
    return np.array(rows)


def uniformity(p_values: Floats, resamples: int) -> float:
    """Return the p-value of Kolmogorov and Smirnov for uniform p-values.

    Resampled p-values come in steps; each is spread over its step at random.
    """
    spread = np.random.default_rng(0).random(len(p_values))
    smooth = (p_values * resamples + spread) / (resamples + 1)
    return float(stats.kstest(smooth, "uniform").pvalue)


def coverage(seed: int, noise: Noise, *, experiments: int, days: int, yearly: float) -> Share:
    """Count how often the 95% interval of a Sharpe ratio holds the true one."""
    generator = np.random.default_rng(seed)
    true = yearly / math.sqrt(DAYS_A_YEAR)
    covered = 0
    for _ in range(experiments):
        interval = sharpe_interval(noise(generator, days) + true, resamples=2_000)
        assert interval is not None
        covered += interval.low <= yearly <= interval.high
    return Share(covered, experiments)


def looking_every_day(
    seed: int, noise: Noise, *, experiments: int, rule: StoppingRule, effect: float = 0.0
) -> tuple[Share, float]:
    """Count how often a difference is found, and return the median day on which."""
    generator = np.random.default_rng(seed)
    days = [
        found.days
        for found in (
            SequentialTest.of(noise(generator, rule.most_days) + effect, rule)
            for _ in range(experiments)
        )
        if found.p_value <= rule.level
    ]
    return Share(len(days), experiments), float(np.median(days)) if days else math.nan


def peeking_with_an_ordinary_test(seed: int, *, experiments: int, rule: StoppingRule) -> Share:
    """Count how often Student's test, looked at every day, finds something in nothing."""
    generator = np.random.default_rng(seed)
    n = np.arange(rule.fewest_days, rule.most_days + 1)
    found = 0
    for _ in range(experiments):
        noise = markets.normal(generator, rule.most_days)
        mean = np.cumsum(noise)[rule.fewest_days - 1 :] / n
        squares = np.cumsum(noise**2)[rule.fewest_days - 1 :]
        t = mean / np.sqrt((squares - n * mean**2) / (n - 1) / n)
        found += bool((2 * stats.t.sf(np.abs(t), n - 1) <= rule.level).any())
    return Share(found, experiments)


def noises() -> Iterator[tuple[str, Noise]]:
    """Yield the kinds of daily returns and what they are called."""
    yield "independent, normal", markets.normal
    yield "independent, heavy tails (t, 3 degrees)", markets.heavy_tailed
    yield "independent, rare large losses", markets.skewed
    yield "volatility in clusters (GARCH)", markets.clustered
    yield "a fifth of yesterday's shock remains", markets.remembering
