"""What the limits did, in a sentence."""

from __future__ import annotations

from dataclasses import replace

from proratio_quantlab.risk_statement import risk_statement
from tests.quantlab.made import result_of


def test_refusals_are_totalled_and_named_by_rule() -> None:
    run = result_of(risk_profile="proratio", risk_hash="x")
    run = replace(run, refusals={"correlation": 14, "heat": 9})
    assert risk_statement(run) == (
        "Gated, risk profile proratio: 23 entries refused: 14 correlation, 9 heat. "
        "Worst loss of a trade: unknown of equity planned, 0.20% realised."
    )


def test_run_without_profile_refusal_or_trade_says_so() -> None:
    assert risk_statement(result_of(None, profits=())) == (
        "Ungated, no risk profile: no entry refused."
    )


def test_one_refusal_is_an_entry() -> None:
    run = replace(result_of(None, profits=()), refusals={"heat": 1})
    assert "1 entry refused: 1 heat" in risk_statement(run)
