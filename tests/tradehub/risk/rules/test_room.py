from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_tradehub.risk.rules.room import stake_within
from proratio_tradehub.risk.verdict import Cap, Finding, Refusal
from tests.tradehub.risk.made import an_intent


def _left(stake: float, used: float, limit: float, per_stake: float | None) -> Finding:
    return stake_within(
        an_intent(stake_quote=stake),
        rule="it",
        used_quote=used,
        limit_quote=limit,
        per_stake_frac=per_stake,
    )


def test_stake_that_fits_exactly_is_no_objection() -> None:
    assert _left(100.0, used=50.0, limit=100.0, per_stake=0.5) is None


def test_stake_that_does_not_fit_is_capped_at_the_rest() -> None:
    assert _left(101.0, used=50.0, limit=100.0, per_stake=0.5) == Cap(
        "it", 100.0, "50.00 of 100.00 is used; the stake may take the rest"
    )


@pytest.mark.parametrize("used", [100.0, 120.0])
def test_limit_that_is_used_up_is_refused(used: float) -> None:
    assert _left(1.0, used=used, limit=100.0, per_stake=0.5) == Refusal(
        "it", f"{used:.2f} of 100.00 is used; nothing is left", observed=used, limit=100.0
    )


def test_unknown_risk_is_refused() -> None:
    assert _left(1.0, used=0.0, limit=100.0, per_stake=None) == Refusal(
        "it", "what BTC/USDT would lose is unknown; give the entry a stop"
    )


@given(
    stake=st.floats(0.01, 1e9),
    used=st.floats(0, 1e9),
    limit=st.floats(0, 1e9),
    per_stake=st.floats(1e-4, 100),
)
def test_what_is_left_is_never_more_than_the_limit(
    stake: float, used: float, limit: float, per_stake: float
) -> None:
    found = _left(stake, used, limit, per_stake)

    if isinstance(found, Refusal):
        assert used >= limit
    else:
        taken = found.stake_quote if isinstance(found, Cap) else stake
        assert used + taken * per_stake <= limit * (1 + 1e-9)
        assert 0 < taken <= stake
