from __future__ import annotations

from proratio_tradehub.risk.rules import DegradedConsensusRule
from proratio_tradehub.risk.verdict import Refusal
from tests.tradehub.risk.made import a_state, an_intent


def test_whole_consensus_is_no_objection() -> None:
    assert DegradedConsensusRule().check(a_state(), an_intent()) is None


def test_degraded_consensus_is_refused() -> None:
    assert DegradedConsensusRule().check(a_state(), an_intent(is_degraded=True)) == Refusal(
        "degraded consensus", "a voter on BTC/USDT did not answer; all have to"
    )
