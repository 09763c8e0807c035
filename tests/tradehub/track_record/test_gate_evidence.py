"""Against the formulae's own module, which is tested against the papers, and by counting."""

from __future__ import annotations

import numpy as np
import pytest

from proratio_quantlab.inference import SharpeEstimate, Trials, deflated_sharpe
from proratio_signals.scoring.gate import GateRecord, RivalGate
from proratio_signals.scoring.intervals import Estimate
from proratio_tradehub.track_record.gate_evidence import evidence_of
from tests.tradehub.track_record.made import gate


def record(*waves: np.ndarray) -> GateRecord:
    own, *rivals = (tuple(wave.tolist()) for wave in waves)
    others = tuple(RivalGate(str(place), wave) for place, wave in enumerate(rivals))
    return GateRecord(1_000, 100, Estimate(0.0, None, None, 1_000), own, others)


def test_ledgers_own_panels_are_the_trials() -> None:
    found = evidence_of(gate(rivals=2))

    waves = [np.array(gate(rivals=2).excess_frac)]
    waves += [np.array(rival.excess_frac) for rival in gate(rivals=2).rivals]
    estimates = [SharpeEstimate.of(wave) for wave in waves]
    assert all(estimate is not None for estimate in estimates)
    trials = Trials.of([estimate.sharpe for estimate in estimates if estimate is not None])
    assert found.trials == 3
    assert found.deflated == deflated_sharpe(estimates[0], trials)  # type: ignore[arg-type]
    assert found.probabilistic is not None
    assert found.deflated is not None
    assert 0.9 < found.deflated < found.probabilistic < 1
    assert found.needed is not None
    assert found.needed < found.stretches == 400


def test_more_declared_trials_leave_less() -> None:
    alone, many = (evidence_of(gate(rivals=0), declared_trials=n) for n in (1, 200))

    assert alone.deflated == alone.probabilistic  # one trial: nothing was picked
    assert (many.trials, many.probabilistic) == (200, alone.probabilistic)
    assert many.deflated == pytest.approx(0.54, abs=0.01)
    assert (alone.deflated or 0) > 0.99
    assert evidence_of(gate(rivals=2), declared_trials=2).trials == 3


def test_the_best_of_many_worthless_gates_is_not_taken_for_skill() -> None:
    random = np.random.default_rng(3)
    looks_good = believed = 0
    for _ in range(60):
        gates = sorted((random.normal(size=200) for _ in range(20)), key=lambda wave: -wave.mean())
        found = evidence_of(record(*gates))
        looks_good += (found.probabilistic or 0) > 0.95
        believed += (found.deflated or 0) > 0.95

    assert looks_good > 30  # the best of twenty mostly does: 1 - 0.95^20 is 64%
    assert believed <= 3


@pytest.mark.parametrize("wave", [np.zeros(400), np.ones(19) * 0.01], ids=["flat", "short"])
def test_too_little_says_nothing(wave: np.ndarray) -> None:
    found = evidence_of(record(wave))

    assert (found.sharpe, found.probabilistic, found.deflated, found.needed) == (None,) * 4
    assert found.stretches == len(wave)


def test_a_losing_gate_never_becomes_believable() -> None:
    found = evidence_of(gate(mean=-0.001))

    assert found.needed is None
    assert (found.probabilistic or 0) < 0.5
