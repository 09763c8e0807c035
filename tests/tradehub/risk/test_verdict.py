from __future__ import annotations

import pytest

from proratio_tradehub.risk.verdict import Cap, Refusal, Verdict


def test_verdict_with_a_stake_and_no_veto_is_allowed() -> None:
    verdict = Verdict(100.0, caps=(Cap("heat", 100.0, "why"),), planned_loss_quote=4.0)

    assert verdict.is_allowed
    assert Verdict(0.001).is_allowed  # a stake in BTC
    assert verdict.reason is None
    assert verdict.halt is None
    assert verdict.refusals == ()


@pytest.mark.parametrize(
    "verdict", [Verdict(100.0, (Refusal("heat", "why"),)), Verdict(0.0), Verdict(-1.0)]
)
def test_verdict_with_a_veto_or_without_a_stake_is_not(verdict: Verdict) -> None:
    assert not verdict.is_allowed


def test_first_veto_decides_and_all_are_kept() -> None:
    refusals = (Refusal("heat", "why"), Refusal("drawdown", "fell", asks_halt=True))
    verdict = Verdict(0.0, refusals)

    assert verdict.reason == refusals[0]
    assert verdict.halt == refusals[1]
    assert verdict.refusals == refusals


def test_what_could_not_be_put_to_the_rules_is_refused() -> None:
    verdict = Verdict.refused("state", "equity is nan")

    assert verdict == Verdict(0.0, (Refusal("state", "equity is nan"),), (), 0.0)
    assert not verdict.is_allowed
    assert verdict.halt is None
