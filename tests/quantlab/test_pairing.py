from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from proratio_core.errors import DataError
from proratio_core.values import Pair, Timerange
from proratio_quantlab.pairing import pair_runs
from proratio_quantlab.results import BacktestResult
from tests.quantlab.made import BALANCE, START, equity_of, specification_of

NOISE = np.random.default_rng(9).normal(0, 0.01, 200)


def run_of(
    returns: np.ndarray, profile: str | None = "offline", *, skip: int = 0, **changes: object
) -> BacktestResult:
    wallet = BALANCE * np.cumprod(1 + returns)
    equity = equity_of(wallet.tolist(), start=START)[skip:]
    return BacktestResult.of(specification_of(profile, **changes), (), equity)


def test_a_constant_advantage_is_found_whatever_the_market_did() -> None:
    edge = np.random.default_rng(1).normal(0.001, 0.001, 200)

    pair = pair_runs(run_of(NOISE + edge), run_of(NOISE, None))

    assert pair.daily is not None
    assert pair.daily.value == pytest.approx(edge.mean(), rel=1e-9)
    assert pair.daily.low > 0
    assert pair.verdict.startswith("The first earned more")
    assert pair.correlation == pytest.approx(np.corrcoef(NOISE + edge, NOISE)[0, 1])
    assert (pair.days, pair.first_day) == (200, date(2024, 1, 1))
    reverse = pair_runs(run_of(NOISE, None), run_of(NOISE + edge))
    assert reverse.verdict.startswith("The second earned more")


def test_unrelated_noise_is_called_chance() -> None:
    other = np.random.default_rng(2).normal(0, 0.01, 200)

    assert pair_runs(run_of(NOISE), run_of(other, None)).verdict.startswith("Chance alone")


def test_twins_did_the_same_on_every_day() -> None:
    pair = pair_runs(run_of(NOISE), run_of(NOISE, None))

    assert pair.verdict == "The two did the same on every day."
    assert pair.correlation == pytest.approx(1.0)


def test_only_shared_days_are_compared_and_that_is_said() -> None:
    later = run_of(NOISE, None, skip=150, timerange=Timerange.parse("20240530-20250101"))

    pair = pair_runs(run_of(NOISE), later)

    assert (pair.days, pair.first_day) == (50, date(2024, 5, 30))
    assert any("days both have" in caveat for caveat in pair.caveats)
    assert any(caveat == "Short: 50 days." for caveat in pair.caveats)


def test_few_days_tell_nothing_apart() -> None:
    pair = pair_runs(run_of(NOISE[:19]), run_of(NOISE[:19] + 0.01, None))

    assert pair.daily is None
    assert pair.verdict == "19 days are too few to tell the two apart."


def test_a_wallet_that_never_moved_has_no_correlation_and_no_sharpe() -> None:
    pair = pair_runs(run_of(NOISE), run_of(np.zeros(200), None))

    assert pair.correlation is None
    assert pair.sharpe is None


def test_what_else_differs_is_said() -> None:
    versions = (("binance BTC/USDT 1h", 3), ("binance ETH/USDT 1h", 5))

    pair = pair_runs(
        run_of(NOISE, exchange="simulated"),
        run_of(NOISE, None, exchange="simulated", fee_frac=0.0, data_versions=versions),
    )

    said = " ".join(pair.caveats)
    assert said.startswith("SIMULATED")
    assert "Changed between the runs: binance ETH/USDT 1h" in said
    assert "fee_frac 0.001 in the first, 0.0 in the second" in said


@pytest.mark.parametrize(
    ("other", "complaint"),
    [
        (run_of(NOISE), "name two different ones"),
        (run_of(NOISE, exchange="simulated"), "simulated BTC/USDT, ETH/USDT"),
        (run_of(NOISE, pairs=(Pair.parse("SOL/USDT"),)), "binance SOL/USDT"),
    ],
)
def test_runs_that_cannot_be_paired_are_refused(other: BacktestResult, complaint: str) -> None:
    with pytest.raises(DataError, match=complaint):
        pair_runs(run_of(NOISE), other)


def test_runs_without_a_shared_day_are_refused() -> None:
    late = run_of(NOISE, None, skip=150)

    with pytest.raises(DataError, match="no day in common"):
        pair_runs(run_of(NOISE[:100]), late)
