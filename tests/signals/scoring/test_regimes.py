from __future__ import annotations

import pytest

from proratio_signals.scoring.regimes import REGIMES, regime_of


@pytest.mark.parametrize(
    ("volatility", "efficiency", "moved", "name"),
    [
        (1.0, 0.5, 0.03, "rising"),
        (1.0, 0.5, -0.03, "falling"),
        (1.0, 0.1, -0.03, "ranging"),
        (2.0, 0.5, -0.03, "turbulent"),
        (1.5, 0.25, 0.0, "rising"),
    ],
)
def test_regime_follows_from_the_facts(
    volatility: float, efficiency: float, moved: float, name: str
) -> None:
    facts = {
        "volatility_ratio": volatility,
        "path_efficiency_48_frac": efficiency,
        "return_72_frac": moved,
    }

    assert REGIMES[regime_of(facts)] == name
