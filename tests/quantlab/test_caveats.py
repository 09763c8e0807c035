from __future__ import annotations

from proratio_quantlab.caveats import caveats_of
from proratio_quantlab.inference import Interval
from proratio_quantlab.results import BacktestResult
from tests.quantlab.made import equity_of, result_of, specification_of

MANY = tuple([2.0, -1.0] * 20)


def said(
    result: BacktestResult,
    ungated: BacktestResult | None = None,
    *,
    rule_based: bool = True,
    difference: Interval | None = None,
) -> str:
    return " ".join(caveats_of(result, ungated, rule_based=rule_based, difference=difference))


def test_simulated_candles_are_the_first_thing_said() -> None:
    text = said(result_of(exchange="simulated"))

    assert text.startswith("SIMULATED")


def test_real_candles_are_not_called_simulated() -> None:
    assert "SIMULATED" not in said(result_of())


def test_rules_are_never_passed_off_as_models() -> None:
    assert "RULE-BASED" in said(result_of())
    assert "not language models" in said(result_of())


def test_models_may_remember_the_past_they_are_asked_about() -> None:
    text = said(result_of("consensus"), rule_based=False)

    assert "training" in text
    assert "RULE-BASED" not in text


def test_an_ungated_run_says_that_nobody_was_asked() -> None:
    assert "no voter was asked" in said(result_of(None))


def test_few_trades_are_named_with_n_for_each_run() -> None:
    text = said(result_of(profits=(1.0,)), result_of(None, profits=MANY))

    assert "n = 1 gated" in text
    assert "ungated" not in text.partition("Few trades")[2].partition(".")[0]


def test_enough_trades_and_days_are_not_complained_about() -> None:
    text = said(result_of(profits=MANY))

    assert "Few trades" not in text
    assert "Short" not in text


def test_a_short_run_says_how_short() -> None:
    short = BacktestResult.of(specification_of(), [], equity_of([1000.0] * 10))

    assert "Short: 9 days" in said(short)


def test_the_interval_says_whether_chance_explains_the_difference() -> None:
    likely = said(result_of(), difference=Interval(0.0001, -0.0002, 0.0004, 0.00015, 0.5, 365))
    unlikely = said(result_of(), difference=Interval(0.0003, 0.0001, 0.0005, 0.0001, 0.003, 365))

    assert "+1.00 bps, 95 % interval -2.00 to +4.00 bps over 365 days: zero is inside" in likely
    assert "zero is outside" in unlikely


def test_what_fewer_trades_save_in_costs_is_set_against_the_difference() -> None:
    text = said(result_of(profits=(1.0,)), result_of(None, profits=(1.0, -1.0, -1.0)))

    assert "2 fewer trades saved 0.84 USDT in fees and slippage, of a difference of +2.00" in text


def test_nothing_is_said_of_saved_costs_when_nothing_was_saved() -> None:
    assert "fewer trades" not in said(result_of(), result_of(None))
    assert "fewer trades" not in said(result_of(fee_frac=0.0), result_of(None, profits=MANY))
