from __future__ import annotations

import pytest

from proratio_core.errors import DataError
from proratio_quantlab.comparison import Comparison, Line, Verdict, compare
from tests.quantlab.made import result_of

MANY = tuple([2.0, -1.0] * 20)


def line(comparison: Comparison, field: str) -> Line:
    return next(line for line in comparison.lines if line.measure.field == field)


def test_the_difference_is_gated_minus_ungated() -> None:
    comparison = compare(
        result_of(profits=(10.0, -2.0)), result_of(None, profits=(4.0, -6.0)), rule_based=True
    )

    profit, drawdown = line(comparison, "profit_quote"), line(comparison, "max_drawdown_frac")
    assert profit.difference == pytest.approx(10.0)
    assert profit.verdict is Verdict.BETTER
    assert drawdown.difference is not None
    assert drawdown.difference < 0
    assert drawdown.verdict is Verdict.BETTER
    assert comparison.quote == "USDT"


def test_twins_that_did_the_same_are_the_same() -> None:
    comparison = compare(result_of(), result_of(None), rule_based=True)

    defined = [entry for entry in comparison.lines if entry.difference is not None]
    assert {entry.verdict for entry in defined if entry.measure.better} == {Verdict.SAME}


def test_a_difference_too_small_to_be_shown_is_the_same() -> None:
    comparison = compare(
        result_of(profits=(5.0,)), result_of(None, profits=(5.001,)), rule_based=True
    )

    assert line(comparison, "profit_quote").verdict is Verdict.SAME


def test_less_profit_is_worse_and_fewer_trades_are_neither() -> None:
    comparison = compare(
        result_of(profits=(1.0,)), result_of(None, profits=(3.0, 3.0)), rule_based=True
    )

    assert line(comparison, "profit_frac").verdict is Verdict.WORSE
    assert line(comparison, "trades").verdict is Verdict.NEUTRAL


def test_what_one_run_does_not_define_has_no_difference() -> None:
    comparison = compare(result_of(profits=()), result_of(None), rule_based=True)

    assert line(comparison, "win_rate_frac").difference is None
    assert line(comparison, "win_rate_frac").verdict is Verdict.NEUTRAL


def test_a_single_run_is_shown_alone() -> None:
    comparison = compare(result_of(), rule_based=True)

    assert comparison.ungated is None
    assert comparison.daily_difference is None
    assert all(entry.ungated is None and entry.difference is None for entry in comparison.lines)


@pytest.mark.parametrize(
    "change",
    [
        {"strategy": "SimpleTestStrategy"},
        {"fee_frac": 0.0005},
        {"data_versions": (("binance BTC/USDT 1h", 8),)},
        {"code_hash": "other"},
    ],
)
def test_runs_that_differ_in_more_than_the_profile_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(DataError, match=next(iter(change))):
        compare(result_of(), result_of(None, **change), rule_based=True)


def test_the_daily_difference_pairs_the_days_of_both_wallets() -> None:
    comparison = compare(
        result_of(profits=MANY), result_of(None, profits=(1.0,) * 20), rule_based=True
    )

    assert comparison.daily_difference is not None
    assert comparison.daily_difference.observations == 120
