from __future__ import annotations

from proratio_tradehub.risk.engine import RiskEngine
from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.profile_files import load_risk_profile
from proratio_tradehub.risk.rules.base import ROUNDING_FRAC, RiskRule
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Finding, Refusal
from tests.tradehub.risk.made import a_state, an_intent


class Never:
    """A rule of one's own: a name and a check are all it takes."""

    name = "never"

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:
        return Refusal(self.name, f"not even {intent.pair}")


def test_plain_object_with_a_name_and_a_check_is_a_rule() -> None:
    rule: RiskRule = Never()
    engine = RiskEngine(load_risk_profile("proratio"), rules=[rule])

    assert engine.assess(a_state(), an_intent()).reason == Refusal("never", "not even BTC/USDT")


def test_what_counts_as_rounding_is_far_below_any_price_step() -> None:
    assert ROUNDING_FRAC == 1e-9
