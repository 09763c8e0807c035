from __future__ import annotations

import numpy as np

from proratio_signals.scoring.calls import Calls
from proratio_signals.scoring.figures import figures_of
from proratio_signals.scoring.verdict import Verdict
from tests.signals.scoring.made import make_calls

NAMES = ("BTC/USDT", "ETH/USDT")


def _calls(count: int, right: float = 0.6) -> Calls:
    generator = np.random.default_rng(1)
    moved = generator.normal(size=count)
    hit = generator.random(count) < right
    return make_calls(
        np.sign(moved) * np.where(hit, 1, -1),
        moved,
        series=generator.integers(2, size=count),
        regime=generator.choice([0, 2], count),
        rules_action=generator.choice([-1, 1], count),
    )


def test_parts_add_up_to_the_whole() -> None:
    found = figures_of(_calls(2_000), series_names=NAMES, is_rules=False)

    for parts in (found.by_pair, found.by_regime):
        assert sum(part.accuracy.n for part in parts) == found.calls == 2_000
        hits = sum(part.accuracy.value * part.accuracy.n for part in parts)
        assert np.isclose(hits / 2_000, found.accuracy.value)
    assert [part.name for part in found.by_pair] == list(NAMES)
    assert [part.name for part in found.by_regime] == ["rising", "ranging"]


def test_skill_rules_and_scarcity_lead_to_their_verdicts() -> None:
    assert figures_of(_calls(2_000), series_names=NAMES, is_rules=False).verdict is Verdict.BETTER
    few = figures_of(_calls(15), series_names=NAMES, is_rules=False)
    assert few.verdict is Verdict.TOO_FEW
    assert few.accuracy.low is None
    assert few.calibration is None


def test_rules_are_compared_with_two_placebos_others_with_three() -> None:
    calls = _calls(300)

    assert len(figures_of(calls, series_names=NAMES, is_rules=True).placebos) == 2
    assert len(figures_of(calls, series_names=NAMES, is_rules=False).placebos) == 3
