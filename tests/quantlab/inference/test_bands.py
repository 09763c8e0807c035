from __future__ import annotations

import math

import numpy as np
import pytest

from proratio_core.errors import DataError
from proratio_quantlab.inference import Bands, wallet_bands

RETURNS = np.random.default_rng(3).normal(0.001, 0.01, 300)


def of(bands: Bands | None) -> Bands:
    assert bands is not None
    return bands


def test_bands_spread_as_independent_returns_do() -> None:
    bands = of(wallet_bands(RETURNS, paths=4_000))

    day = np.arange(1, 301)
    spread = RETURNS.std() * np.sqrt(day)
    expected = np.exp(np.log1p(RETURNS).mean() * day + 1.96 * spread)
    assert bands.high[[9, 99, 299]] == pytest.approx(expected[[9, 99, 299]], rel=0.05)
    assert bands.middle[-1] == pytest.approx(np.prod(1 + RETURNS), rel=0.03)


def test_the_middle_lies_between_and_drawdowns_below_zero() -> None:
    bands = of(wallet_bands(RETURNS))

    assert (bands.low <= bands.middle).all()
    assert (bands.middle <= bands.high).all()
    assert ((bands.depth <= 0) & (bands.depth > -1)).all()


def test_a_wallet_that_never_moved_has_bands_without_width() -> None:
    bands = of(wallet_bands(np.zeros(40)))

    assert bands.low.tolist() == bands.high.tolist() == [1.0] * 40
    assert bands.depth.tolist() == [0.0] * 40


def test_few_days_have_no_bands() -> None:
    assert wallet_bands(RETURNS[:19]) is None


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(DataError, match="finite"):
        wallet_bands(np.array([math.nan] * 30))
    with pytest.raises(DataError, match="between 0 and 1"):
        wallet_bands(RETURNS, confidence_frac=1.0)
