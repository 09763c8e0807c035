"""Golden values: counted by hand, every exchange enumerated, and scipy's energy distance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations, product

import numpy as np
import pytest
from scipy.stats import energy_distance

from proratio_signals.scoring.drift import (
    ALARM_P,
    Drift,
    DriftVerdict,
    ProbeAnswer,
    alert_of,
    drifts_of,
)

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
DAY = timedelta(days=1)
BEFORE, LATELY = 10, 0


def answers(
    actions: Sequence[Sequence[int]],
    *,
    days_ago: int,
    confidence: float = 0.8,
    model: str = "m-1",
) -> list[ProbeAnswer]:
    """Return the answers to each probe, one a day back from `days_ago`."""
    return [
        ProbeAnswer("v", model, f"probe-{probe}", NOW - DAY * (days_ago + day), action, confidence)
        for probe, said in enumerate(actions)
        for day, action in enumerate(said)
    ]


def drift(*groups: list[ProbeAnswer]) -> Drift:
    (found,) = drifts_of([one for group in groups for one in group], ["v"])
    return found


def test_shares_of_equal_actions_are_those_of_pairs_of_answers() -> None:
    found = drift(
        answers([[1, 1, 0], [1, -1, -1]], days_ago=BEFORE), answers([[1], [1]], days_ago=LATELY)
    )

    assert (found.probes, found.earlier, found.recent) == (2, 6, 2)
    assert found.same_before_frac == pytest.approx(1 / 3)  # one pair of three, in either probe
    assert found.same_now_frac == pytest.approx((2 / 3 + 1 / 3) / 2)
    assert found.p_value is None
    assert found.verdict is DriftVerdict.TOO_FEW


def test_p_value_is_the_share_of_exchanges_that_differ_as_much() -> None:
    # eight probes of two recent and two earlier answers; only two of them tell the sides apart,
    # each by 2 of its 6 exchanges, and all others look the same however they are exchanged
    same = [1, 1]
    before = [same] * 6 + [[1, 1], [0, 0]]
    now = [same] * 6 + [[-1, -1], [1, 1]]

    found = drift(answers(before, days_ago=BEFORE), answers(now, days_ago=LATELY))

    expected = _enumerated([(b, n) for b, n in zip(before[6:], now[6:], strict=True)])
    assert expected == pytest.approx((2 / 6) ** 2)
    assert found.p_value == pytest.approx(expected, abs=0.02)


def _enumerated(strata: Sequence[tuple[Sequence[int], Sequence[int]]]) -> float:
    """Return the exact p-value, from scipy's distance and every exchange there is."""
    tables = []
    for before, now in strata:
        pooled = np.array([*before, *now]) * 0.8
        tables.append(
            [
                energy_distance(np.delete(pooled, list(chosen)), pooled[list(chosen)]) ** 2
                for chosen in combinations(range(len(pooled)), len(now))
            ]
        )
    seen = sum(table[-1] for table in tables)  # the last combination is the observed one
    return float(np.mean([sum(parts) >= seen - 1e-12 for parts in product(*tables)]))


def test_a_voter_that_contradicts_itself_is_no_voter_that_changed() -> None:
    random = np.random.default_rng(5)
    noisy = random.choice((-1, 0, 1), (8, 27))

    found = drift(
        answers(noisy[:, :20].tolist(), days_ago=BEFORE),
        answers(noisy[:, 20:].tolist(), days_ago=LATELY),
    )

    assert found.verdict is DriftVerdict.STEADY
    assert found.p_value is not None
    assert found.p_value > 0.05
    assert alert_of(found) is None


def test_other_actions_and_another_confidence_are_found() -> None:
    steady = [[1] * 6] * 4 + [[-1] * 6] * 4
    turned = [[1] * 4] * 4 + [[0] * 4] * 4

    actions = drift(answers(steady, days_ago=BEFORE), answers(turned, days_ago=LATELY))
    surer = drift(
        answers(steady, days_ago=BEFORE),
        answers([said[:4] for said in steady], days_ago=LATELY, confidence=0.9),
    )

    for found in (actions, surer):
        assert found.p_value is not None
        assert found.p_value < ALARM_P
        assert found.verdict is DriftVerdict.CHANGED
    assert surer.same_now_frac == 1.0
    assert surer.confidence_shift == pytest.approx(0.1)
    warning = alert_of(actions)
    assert warning is not None
    assert "frozen probes have changed (p = 0.0002, 32 recent against 48 earlier)" in warning


def test_false_alarms_are_as_rare_as_the_p_value_says() -> None:
    random = np.random.default_rng(11)
    found = []
    for _ in range(60):
        noisy = random.choice((-1, 0, 1), (8, 8), p=(0.1, 0.3, 0.6))
        one = drift(
            answers(noisy[:, :5].tolist(), days_ago=BEFORE),
            answers(noisy[:, 5:].tolist(), days_ago=LATELY),
        )
        found.append(one.p_value)

    assert 0.08 <= np.mean(np.array(found) < 0.2) <= 0.35  # 0.2, give or take 2.9 sigma


def test_another_served_model_is_told_for_a_week() -> None:
    asked = [[1] * 3] * 8
    before = answers(asked, days_ago=BEFORE)

    fresh = drift(before, answers(asked, days_ago=LATELY, model="m-2"))
    old = drift(
        answers(asked, days_ago=40),
        answers([[1] * 10] * 8, days_ago=LATELY, model="m-2"),
    )

    assert fresh.replaced is not None
    assert [span.model for span in fresh.served] == ["m-1", "m-2"]
    assert alert_of(fresh) == (
        "v: m-2 answers instead of m-1 since 2026-11-25. What it was worth before says little now"
    )
    assert fresh.verdict is DriftVerdict.STEADY
    assert old.replaced is None


def test_two_names_that_take_turns_are_no_replacement() -> None:
    turns = [
        ProbeAnswer("v", f"m-{day % 2}", "probe", NOW - DAY * day, 1, 0.8) for day in range(20)
    ]

    assert drift(turns).replaced is None


def test_only_probes_asked_both_then_and_lately_count() -> None:
    then = answers([[1, 1], [1, 1]], days_ago=BEFORE)
    lately = answers([[1, 1]], days_ago=LATELY)

    assert (drift(then, lately).probes, drift(then, lately).earlier) == (1, 2)
    assert drift(lately).same_now_frac is None
    assert drifts_of(lately, ["somebody else"]) == ()


def test_what_a_provider_calls_itself_cannot_steer_a_terminal() -> None:
    asked = [[1] * 3] * 8
    lately = answers(asked, days_ago=LATELY, model="m-2\x1b[2J")

    warning = alert_of(drift(answers(asked, days_ago=BEFORE), lately))

    assert warning is not None
    assert "m-2\\x1b[2J answers" in warning
