from __future__ import annotations

import pytest

from proratio_signals.scoring.intervals import Estimate
from proratio_signals.scoring.placebo import Placebo
from proratio_signals.scoring.verdict import Verdict, judge_excess, shown_by_memory

ABOVE = Estimate(0.1, 0.05, 0.15, 500)
AROUND = Estimate(0.0, -0.05, 0.05, 500)
BELOW = Estimate(-0.1, -0.15, -0.05, 500)
BARE = Estimate(0.1, None, None, 500)
CHANCE = Estimate(0.5, 0.49, 0.51, 500)


@pytest.mark.parametrize(
    ("random", "shuffled", "rules", "expected"),
    [
        (ABOVE, ABOVE, ABOVE, Verdict.BETTER),
        (ABOVE, AROUND, ABOVE, Verdict.WORTHLESS),
        (ABOVE, ABOVE, AROUND, Verdict.WORTHLESS),
        (BELOW, AROUND, AROUND, Verdict.WORSE),
        (AROUND, AROUND, BELOW, Verdict.WORTHLESS),
        (ABOVE, BARE, ABOVE, Verdict.TOO_FEW),
    ],
)
def test_verdict_needs_every_placebo_beaten(
    random: Estimate, shuffled: Estimate, rules: Estimate, expected: Verdict
) -> None:
    named = zip(("random", "shuffled", "rules"), (random, shuffled, rules), strict=True)

    assert judge_excess([Placebo(n, CHANCE, e) for n, e in named], calls=500) is expected


def test_few_calls_prove_nothing_however_good() -> None:
    assert judge_excess([Placebo("random", CHANCE, ABOVE)], calls=99) is Verdict.TOO_FEW


def test_rules_that_never_act_are_not_beaten_and_not_in_the_way() -> None:
    silent = Placebo("rules", Estimate(float("nan"), None, None, 0), BARE)

    found = judge_excess([Placebo("random", CHANCE, ABOVE), silent], calls=500)

    assert found is Verdict.BETTER


def test_memory_is_shown_by_a_gap_that_excludes_zero() -> None:
    assert shown_by_memory(ABOVE)
    assert not shown_by_memory(AROUND)
    assert not shown_by_memory(None)
