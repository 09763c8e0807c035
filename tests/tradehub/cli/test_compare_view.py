from __future__ import annotations

import json

import numpy as np
from rich.console import Console

from proratio_quantlab.pairing import pair_runs
from proratio_quantlab.results import BacktestResult
from proratio_tradehub.cli.compare_view import pair_document, print_pair
from tests.quantlab.made import BALANCE, equity_of, specification_of

NOISE = np.random.default_rng(9).normal(0, 0.01, 200)


def run_of(returns: np.ndarray, profile: str | None) -> BacktestResult:
    wallet = BALANCE * np.cumprod(1 + returns)
    return BacktestResult.of(specification_of(profile), (), equity_of(wallet.tolist()))


def printed(first: BacktestResult, second: BacktestResult) -> str:
    console = Console(width=110, record=True, quiet=False, file=None, force_terminal=False)
    with console.capture() as captured:
        print_pair(console, pair_runs(first, second))
    return captured.get()


def test_the_difference_comes_with_interval_p_value_and_number_of_days() -> None:
    text = printed(run_of(NOISE + 0.002, "offline"), run_of(NOISE * 0.9, None))

    assert "p = 0.0" in text
    assert "n = 200 days" in text
    assert "yearly Sharpe" in text
    assert "The first earned more than chance explains" in text
    assert "Tail ratio" not in text


def test_a_run_too_short_for_an_interval_has_none() -> None:
    text = printed(run_of(NOISE[:10], "offline"), run_of(NOISE[:10] * 0.5, None))

    assert "10 days are too few" in text
    assert "95 % interval" not in text


def test_the_document_is_json_without_nan() -> None:
    pair = pair_runs(run_of(NOISE, "offline"), run_of(np.zeros(200), None))

    document = json.loads(json.dumps(pair_document(pair), allow_nan=False))

    assert document["correlation"] is None
    assert document["sharpe_difference"] is None
    assert document["second"]["specification"]["profile"] is None
