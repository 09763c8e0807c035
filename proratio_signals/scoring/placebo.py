"""What somebody who knows nothing would have reached, on the very same candles; pure.

Three placebos are always on. The random voter tosses a fair coin. The shuffled voter gives the
voter's own answers to other candles of the same pair, so it keeps its bias and confidence and loses
its timing. The rules are what indicators alone say. The first two are taken in expectation over all
coins and all shuffles, so they add no noise of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from proratio_signals.scoring.calls import Calls, Floats
from proratio_signals.scoring.intervals import Blocks, Estimate, ratio

__all__ = ["RANDOM", "RULES_ONLY", "SHUFFLED", "Placebo", "placebos"]

RANDOM: Final = "random"
SHUFFLED: Final = "shuffled"
RULES_ONLY: Final = "rules"


@dataclass(frozen=True, slots=True)
class Placebo:
    """A placebo, and what the voter has over it.

    Parameters
    ----------
    name
        random, shuffled or rules.
    accuracy
        Direction accuracy of the placebo.
    excess
        Direction accuracy of the voter minus that, on the same draws.
    """

    name: str
    accuracy: Estimate
    excess: Estimate


def placebos(calls: Calls, blocks: Blocks, *, with_rules: bool) -> tuple[Placebo, ...]:
    """Return the placebos for a voter's opinions.

    Parameters
    ----------
    calls, blocks
        The opinions, and their draws.
    with_rules
        Whether to compare with the rules; pointless for a voter that is rules itself.
    """
    found = (_random(calls, blocks), _shuffled(calls, blocks))
    return (*found, _rules(calls, blocks)) if with_rules else found


def _random(calls: Calls, blocks: Blocks) -> Placebo:
    named = calls.directional
    coin = 0.5 * (calls.return_frac != 0)
    return Placebo(RANDOM, blocks.mean(coin, named), blocks.mean(calls.hits - coin, named))


def _shuffled(calls: Calls, blocks: Blocks) -> Placebo:
    """Return the voter with its answers permuted within each series, by the product of its shares.

    Over all permutations, a buy meets a rise in (buys / n) x (rises / n) of the cases. Source: the
    expectation under permutation, e.g. Cohen, "A coefficient of agreement for nominal scales",
    Educational and Psychological Measurement 20, 1960, whose chance agreement this is.
    """
    named = calls.directional
    columns: list[Floats] = []
    for series in np.unique(calls.series):
        inside = named & (calls.series == series)
        columns += [
            inside.astype(np.float64),
            (inside & (calls.action > 0)).astype(np.float64),
            (inside & (calls.return_frac > 0)).astype(np.float64),
            (inside & (calls.return_frac < 0)).astype(np.float64),
            inside * calls.hits,
        ]

    def chance(totals: Floats) -> Floats:
        n, buys, rises, falls, _ = totals.reshape(-1, 5, totals.shape[-1]).transpose(1, 0, 2)
        met = ratio(buys * rises + (n - buys) * falls, n)
        return ratio(np.nansum(met, axis=0), n.sum(axis=0))

    def excess(totals: Floats) -> Floats:
        n, *_, hits = totals.reshape(-1, 5, totals.shape[-1]).transpose(1, 0, 2)
        return ratio(hits.sum(axis=0), n.sum(axis=0)) - chance(totals)

    counted = named.astype(np.float64)
    return Placebo(
        SHUFFLED,
        blocks.estimate(columns, chance, counted=counted),
        blocks.estimate(columns, excess, counted=counted),
    )


def _rules(calls: Calls, blocks: Blocks) -> Placebo:
    acts = calls.rules_action != 0
    right = (acts & (calls.rules_action == np.sign(calls.return_frac))).astype(np.float64)
    named = calls.directional.astype(np.float64)
    excess = blocks.estimate(
        (calls.hits, named, right, acts.astype(np.float64)),
        lambda t: ratio(t[0], t[1]) - ratio(t[2], t[3]),
        counted=named,
    )
    return Placebo(RULES_ONLY, blocks.mean(right, acts), excess)
