from __future__ import annotations

import pytest

from proratio_tradehub.risk.rules import StaleDataRule
from proratio_tradehub.risk.verdict import Finding, Refusal
from tests.tradehub.risk.made import a_state, an_intent


def _said(age_s: float) -> Finding:
    return StaleDataRule(1.5).check(a_state(), an_intent(data_age_s=age_s))


@pytest.mark.parametrize("age_s", [0.0, 3_600.0, 5_400.0])
def test_fresh_candle_is_no_objection(age_s: float) -> None:
    assert _said(age_s) is None


def test_old_candle_is_refused() -> None:
    assert _said(7_200.0) == Refusal(
        "stale data",
        "the last candle of BTC/USDT closed 2.0 candles ago; at most 1.5",
        observed=2.0,
        limit=1.5,
    )


def test_candle_that_has_not_closed_is_refused() -> None:
    assert _said(-900.0) == Refusal(
        "stale data",
        "the last candle of BTC/USDT has not closed yet; only closed candles count",
        observed=-0.25,
        limit=0.0,
    )
