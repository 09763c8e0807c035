from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_tradehub.risk.scored import ScoredHistory
from proratio_tradehub.risk.sizing import KellyRule, kelly_stake_frac
from proratio_tradehub.risk.sizing.kelly import LEAST_ENTRIES, PRIOR_ENTRIES
from proratio_tradehub.risk.verdict import Cap, Finding, Refusal
from tests.tradehub.risk.made import BTC_PERP, a_state, an_intent

EDGE = ScoredHistory(60, 40, 0.02, 0.02)
FULL = (85 / 150) / 0.02 - (65 / 150) / 0.02


def _said(history: ScoredHistory | None, stake: float = 300_000.0) -> Finding:
    return KellyRule(0.25).check(a_state(), an_intent(history=history, stake_quote=stake))


def test_stake_by_hand() -> None:
    assert kelly_stake_frac(EDGE) == pytest.approx(FULL)
    assert pytest.approx(6.6667, abs=1e-4) == FULL


def test_unshrunk_stake_is_the_one_that_makes_wealth_grow_fastest() -> None:
    """Against a search over stakes of the growth it should maximise (Kelly 1956)."""
    many = 10**9  # so many entries that the prior weighs nothing
    history = ScoredHistory(int(0.55 * many), int(0.45 * many), 0.5, 0.4)
    stakes = np.linspace(0.0, 2.0, 200_001)
    growth = 0.55 * np.log1p(0.5 * stakes) + 0.45 * np.log1p(-0.4 * stakes)

    assert kelly_stake_frac(history) == pytest.approx(stakes[growth.argmax()], abs=1e-4)


@given(
    wins=st.integers(0, 500),
    losses=st.integers(0, 500),
    gain=st.floats(1e-4, 0.5),
    loss=st.floats(1e-4, 0.5),
)
def test_shrinking_never_makes_the_stake_larger_nor_changes_its_sign(
    wins: int, losses: int, gain: float, loss: float
) -> None:
    shrunk = kelly_stake_frac(ScoredHistory(wins, losses, gain, loss))
    if shrunk is None:
        assert wins + losses < LEAST_ENTRIES
        return
    won = wins / (wins + losses)
    full = won / loss - (1.0 - won) / gain
    weight = (wins + losses) / (wins + losses + PRIOR_ENTRIES)

    assert shrunk == pytest.approx(weight * full, rel=1e-6, abs=1e-6)


def test_prior_weighs_fifty_entries_and_thirty_are_the_least() -> None:
    assert (PRIOR_ENTRIES, LEAST_ENTRIES) == (50, 30)
    assert kelly_stake_frac(ScoredHistory(20, 9, 0.02, 0.02)) is None
    assert kelly_stake_frac(ScoredHistory(20, 10, 0.02, 0.02)) is not None


@pytest.mark.parametrize(
    "history",
    [
        None,
        ScoredHistory(0, 0, 0.0, 0.0),
        ScoredHistory(0, 29, 0.0, 0.02),
        ScoredHistory(40, 0, 0.02, 0.0),
    ],
)
def test_history_that_says_nothing_leaves_the_size_to_the_others(
    history: ScoredHistory | None,
) -> None:
    assert _said(history) is None


def test_part_of_the_kelly_stake_is_the_cap() -> None:
    assert _said(EDGE) == Cap(
        "kelly",
        pytest.approx(0.25 * FULL * 100_000),
        "0.00 of 166666.67 is used; the stake may take the rest",
    )
    assert _said(EDGE, stake=100_000.0) is None


def test_small_edge_is_an_edge() -> None:
    """Wins of 10% and losses of 10%, 52 to 48: a stake below the whole account."""
    small = ScoredHistory(52, 48, 0.1, 0.1)
    full = kelly_stake_frac(small)

    assert full is not None
    assert 0.0 < full < 1.0
    assert isinstance(_said(small), Cap)


def test_leverage_counts_as_what_it_buys() -> None:
    intent = an_intent(pair=BTC_PERP, leverage=2.0, history=EDGE, stake_quote=300_000.0)
    found = KellyRule(0.25).check(a_state(), intent)

    assert isinstance(found, Cap)
    assert found.stake_quote == pytest.approx(0.125 * FULL * 100_000)


@pytest.mark.parametrize(
    "history",
    [
        ScoredHistory(50, 50, 0.02, 0.02),
        ScoredHistory(20, 80, 0.02, 0.02),
        ScoredHistory(0, 30, 0.0, 0.02),
        ScoredHistory(0, 30, 0.0, 0.0),
    ],
)
def test_history_without_an_edge_refuses(history: ScoredHistory) -> None:
    found = _said(history)

    assert found == Refusal(
        "kelly",
        "the scored history shows no edge: its Kelly stake is not above zero",
        observed=kelly_stake_frac(history),
        limit=0.0,
    )
    assert found.observed is not None
    assert math.isfinite(found.observed)
