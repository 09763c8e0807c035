"""Funding and open interest: known from their time on, absent otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.candles.frame import make_frame, open_times_ms
from proratio_core.clock import to_ms
from proratio_signals.derivatives import Derivatives, DerivativesHistory

START = datetime(2024, 3, 1, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NOW = START + timedelta(days=9, hours=3, minutes=3)


def funding(count: int = 40, *, every_h: int = 8) -> pd.DataFrame:
    """Return rates 0.0001, 0.0002, ... every so many hours from the start on."""
    times = to_ms(START) + np.arange(count, dtype=np.int64) * every_h * 3_600_000
    return make_frame(times, {"funding_rate": (np.arange(count) + 1) / 10_000})


def interest(minutes: int = 60 * 24 * 10) -> pd.DataFrame:
    """Return 1000, 1001, ... each full minute from the start on."""
    times = to_ms(START) + np.arange(minutes, dtype=np.int64) * 60_000
    return make_frame(times, {"open_interest": 1_000.0 + np.arange(minutes)})


NOTHING = interest(0)


def test_every_fact_is_what_its_definition_says() -> None:
    known = DerivativesHistory(funding(), interest()).at(NOW)
    assert known is not None
    assert known.funding_rate_frac == 0.0028  # the 28th, settled at midnight of the ninth day
    settled = (np.arange(28) + 1)[7:]  # those of the last seven days: from the eighth on
    assert known.funding_mean_7d_frac == pytest.approx(settled.mean() / 10_000, rel=1e-5)
    assert known.hours_to_funding == 4.95
    minutes = 9 * 1440 + 3 * 60 + 2  # that of this minute is half a minute too young
    assert known.open_interest_base == 1_000 + minutes
    then = 1_000 + minutes - 1_440
    assert known.open_interest_change_24h_frac == pytest.approx(1_440 / then, rel=1e-5)
    assert set(known.facts) == {
        "funding_rate_frac",
        "funding_mean_7d_frac",
        "hours_to_funding",
        "open_interest_base",
        "open_interest_change_24h_frac",
    }


def test_a_settlement_at_the_very_moment_is_not_known_yet() -> None:
    history = DerivativesHistory(funding(), NOTHING)
    at_it = history.at(START + timedelta(days=9, hours=8))
    after = history.at(START + timedelta(days=9, hours=8, minutes=3))
    assert at_it is not None
    assert after is not None
    assert (at_it.funding_rate_frac, at_it.hours_to_funding) == (0.0028, 0.0)
    assert (after.funding_rate_frac, after.hours_to_funding) == (0.0029, 7.95)


@given(minute=st.integers(0, 60 * 24 * 9), seed=st.integers(0, 99))
def test_the_future_changes_nothing(minute: int, seed: int) -> None:
    moment = START + minute * MINUTE
    rates, amounts = funding(), interest()
    rng = np.random.default_rng(seed)
    late = open_times_ms(rates) >= to_ms(moment)
    other = rates.assign(funding_rate=rates["funding_rate"].where(~late, rng.normal()))
    later = open_times_ms(amounts) > to_ms(moment)
    others = amounts.assign(open_interest=amounts["open_interest"].where(~later, rng.uniform()))
    cut = DerivativesHistory(rates[~late], amounts[~later])
    known = DerivativesHistory(rates, amounts).at(moment)
    assert DerivativesHistory(other, others).at(moment) == cut.at(moment) == known
    if known is not None:
        assert cut.could_show(known, moment)


@pytest.mark.parametrize(
    ("rates", "amounts", "absent"),
    [
        (funding(0), NOTHING, None),
        (funding(20), interest(60), None),  # both ended two days ago
        (funding(), NOTHING, {"open_interest_base", "open_interest_change_24h_frac"}),
        (funding().iloc[20:], interest(), {"funding_mean_7d_frac"}),
        (funding().iloc[27:28], interest(), {"funding_mean_7d_frac", "hours_to_funding"}),
        (funding(), interest().iloc[-2_000:], {"open_interest_change_24h_frac"}),
    ],
    ids=["nothing", "old", "no interest", "short funding", "one settlement", "under a day"],
)
def test_what_is_not_known_is_absent(
    rates: pd.DataFrame, amounts: pd.DataFrame, absent: set[str] | None
) -> None:
    if len(amounts) == 2_000:
        amounts = amounts[open_times_ms(amounts) >= to_ms(NOW - 20 * HOUR)]
    known = DerivativesHistory(rates, amounts).at(NOW)
    if absent is None:
        assert known is None
        return
    assert known is not None
    assert {name for name in _names() if name not in known.facts} == absent


def _names() -> tuple[str, ...]:
    return tuple(Derivatives.__dataclass_fields__)


def test_whoever_lagged_saw_nothing_of_the_future_and_whoever_led_is_caught() -> None:
    history = DerivativesHistory(funding(), interest())
    now, earlier = history.at(NOW), history.at(NOW - 5 * MINUTE)
    assert now is not None
    assert earlier is not None
    lagging = replace(
        now,
        open_interest_base=earlier.open_interest_base,
        open_interest_change_24h_frac=earlier.open_interest_change_24h_frac,
        funding_mean_7d_frac=None,  # as a process with a short history of rates
    )
    assert history.could_show(lagging, NOW)
    for later in (history.at(NOW + 5 * MINUTE), history.at(NOW + 5 * HOUR)):
        assert later is not None
        assert not history.could_show(later, NOW)
    assert not history.could_show(replace(now, funding_rate_frac=0.5), NOW)


@given(
    st.builds(
        Derivatives,
        *[st.none() | st.floats(allow_nan=False, allow_infinity=False)] * len(_names()),
    )
)
def test_encoded_and_facts_give_the_same_back(known: Derivatives) -> None:
    assert Derivatives.decoded(known.encoded) == known
    assert Derivatives.of_facts({"close": 1.0, **known.facts}) == known
