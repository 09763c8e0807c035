from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pytest

from proratio_core.values import Pair
from proratio_tradehub.risk.engine import RiskEngine
from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.profile_files import load_risk_profile, risk_profile_names
from proratio_tradehub.risk.rulebook import rules_of
from proratio_tradehub.risk.sides import Side
from proratio_tradehub.risk.state import PortfolioState, TradingState
from proratio_tradehub.risk.verdict import Cap, Finding, Refusal, Scaling, Verdict
from tests.tradehub.risk.made import BTC, BTC_PERP, a_position, a_state, an_intent

PROFILE = load_risk_profile("proratio")
ENGINE = RiskEngine(PROFILE)
LOSS_FRAC = 0.04 + 0.002 * 1.96


@dataclass(frozen=True)
class Says:
    """A rule that always says the same."""

    finding: Any
    name: str = "says"

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:
        return self.finding


@dataclass(frozen=True)
class Raises:
    """A rule with a mistake in it."""

    error: BaseException
    name: str = "raises"

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:
        raise self.error


def _failed(name: str, message: str) -> Verdict:
    return Verdict(0.0, (Refusal(name, message, is_failure=True),))


def _among(*rules: Any, **changes: Any) -> Verdict:
    return RiskEngine(PROFILE, rules=rules).assess(a_state(), an_intent(**changes))


@pytest.mark.parametrize("name", risk_profile_names())
def test_sound_entry_into_a_sound_account_is_allowed_by_every_profile(name: str) -> None:
    profile = load_risk_profile(name)
    pair = sorted(BTC_PERP if market == "perpetual" else BTC for market in profile.markets)[0]
    verdict = RiskEngine(profile).assess(a_state(), an_intent(pair=pair))

    assert verdict == Verdict(5_000.0, (), (), pytest.approx(5_000 * LOSS_FRAC))
    assert verdict.is_allowed


def test_first_veto_decides_and_all_are_kept_in_order() -> None:
    state = a_state(trading_state=TradingState.HALTED, equity_quote=85_000.0, clock_skew_s=9.0)
    verdict = ENGINE.assess(state, an_intent(stop_price=None, is_degraded=True))

    assert not verdict.is_allowed
    assert verdict.reason is not None
    assert verdict.reason.rule == "trading state"
    assert [refusal.rule for refusal in verdict.refusals] == [
        "trading state",
        "drawdown",
        "clock",
        "degraded consensus",
        "stop",
        "reward/risk",
        "planned loss",
        "heat",
    ]
    assert verdict.halt is not None
    assert verdict.halt.rule == "drawdown"


def test_smallest_cap_counts_and_all_are_kept() -> None:
    state = a_state(free_quote=3_000.0)
    verdict = ENGINE.assess(state, an_intent(stake_quote=90_000.0, confidence=0.8))

    assert {cap.rule: cap.stake_quote for cap in verdict.caps} == {
        "fixed fraction": pytest.approx(4_000.0),
        "planned loss": pytest.approx(2_000 / LOSS_FRAC),
        "asset exposure": pytest.approx(10_000.0),
        "free balance": pytest.approx(3_000 / 1.001),
    }
    assert verdict.stake_quote == pytest.approx(3_000 / 1.001)
    assert verdict.planned_loss_quote == pytest.approx(3_000 / 1.001 * LOSS_FRAC)


def test_profile_sizes_whatever_is_proposed() -> None:
    verdict = ENGINE.assess(a_state(), an_intent(stake_quote=100_000.0, confidence=0.7))

    assert verdict.stake_quote == pytest.approx(0.05 * 0.7 * 100_000)


def test_scaling_shrinks_what_the_caps_leave() -> None:
    half = Scaling("half", 0.5, "why")
    verdict = _among(Says(half), Says(Cap("cap", 1_000.0, "because")), Says(half))

    assert verdict.stake_quote == 250.0
    assert verdict.caps == (
        Cap("cap", 1_000.0, "because"),
        Cap("half", 500.0, "why"),
        Cap("half", 250.0, "why"),
    )


def test_cap_above_the_proposed_stake_changes_nothing() -> None:
    assert _among(Says(Cap("cap", 9_000.0, "why"))).stake_quote == 5_000.0


def test_stake_below_what_the_market_accepts_is_refused_in_the_name_of_what_shrank_it() -> None:
    caps = (Says(Cap("cap", 9.5, "why")), Says(Cap("wider", 9.9, "why")))

    assert _among(*caps).refusals == (
        Refusal(
            "cap",
            "9.50 is left to stake and BTC/USDT accepts at least 10.00",
            observed=9.5,
            limit=10.0,
        ),
    )
    assert _among(*caps).stake_quote == 0.0
    assert len(_among(*caps).caps) == 2
    assert _among(*caps, min_stake_quote=9.5).stake_quote == 9.5


def test_proposal_below_what_the_market_accepts_is_refused() -> None:
    reason = _among(stake_quote=5.0).reason

    assert reason is not None
    assert reason.rule == "minimum stake"
    assert _among(stake_quote=10.0).is_allowed


def test_veto_comes_before_a_stake_that_is_too_small() -> None:
    verdict = _among(Says(Cap("cap", 1.0, "why")), Says(Refusal("veto", "no")))

    assert verdict.refusals == (Refusal("veto", "no"),)
    assert verdict.caps == (Cap("cap", 1.0, "why"),)
    assert (verdict.stake_quote, verdict.planned_loss_quote) == (0.0, 0.0)


@pytest.mark.parametrize("position", range(3))
def test_rule_that_raises_refuses_in_its_own_name(position: int) -> None:
    rules: list[Any] = [Says(None), Says(None)]
    rules.insert(position, Raises(ZeroDivisionError("by zero")))

    assert _among(*rules) == _failed("raises", "the rule failed: ZeroDivisionError: by zero")


@pytest.mark.parametrize("index", range(len(rules_of(load_risk_profile("conservative-spot")))))
def test_every_rule_of_a_profile_refuses_when_it_raises(index: int) -> None:
    profile = load_risk_profile("conservative-spot")
    rules: list[Any] = list(rules_of(profile))
    rules[index] = Raises(KeyError("x"), name=rules[index].name)
    verdict = RiskEngine(profile, rules=rules).assess(a_state(), an_intent())

    assert [refusal.rule for refusal in verdict.refusals] == [rules[index].name]
    assert verdict.stake_quote == 0.0


@pytest.mark.parametrize(
    "finding",
    [
        True,
        0.0,
        "no",
        Cap("c", math.nan, ""),
        Cap("c", math.inf, ""),
        Cap("c", 0.0, ""),
        Cap("c", -1.0, ""),
        Scaling("s", 0.0, ""),
        Scaling("s", -0.5, ""),
        Scaling("s", 1.1, ""),
        Scaling("s", math.nan, ""),
    ],
)
def test_finding_that_cannot_be_acted_on_refuses(finding: object) -> None:
    assert _among(Says(finding)) == _failed(
        "says",
        "the rule failed: ValueError: it returned "
        f"{finding!r}; expected a refusal, a cap, a scaling or None",
    )


def test_scaling_by_one_is_one() -> None:
    assert _among(Says(Scaling("s", 1.0, "why"))).stake_quote == 5_000.0


def test_pair_nobody_knows_is_refused() -> None:
    verdict = ENGINE.assess(a_state(), an_intent(pair=Pair.parse("NEW/USDT")))

    assert verdict.reason is not None
    assert verdict.reason.rule == "volatility"
    assert "NEW/USDT is unknown" in verdict.reason.message


def test_interrupt_is_no_failure_of_a_rule() -> None:
    with pytest.raises(KeyboardInterrupt):
        _among(Raises(KeyboardInterrupt()))


def test_without_a_stop_nothing_can_be_planned() -> None:
    assert _among(stop_price=None).planned_loss_quote == 0.0


def test_leverage_that_profits_have_earned() -> None:
    engine = RiskEngine(load_risk_profile("tradingbot-v2"))

    assert engine.max_leverage(a_state()) == 1.0
    assert engine.max_leverage(a_state(realised_profit_quote=60_000.0)) == 3.0
    assert RiskEngine(load_risk_profile("perpetuals")).max_leverage(a_state()) == 5.0
    assert engine.profile.name == "tradingbot-v2"


def test_short_is_judged_like_a_long() -> None:
    engine = RiskEngine(load_risk_profile("perpetuals"))
    sold = {"pair": BTC_PERP, "side": Side.SHORT, "stop_price": 52_000.0, "target_price": 45_000.0}

    assert engine.assess(a_state(), an_intent(**sold)).is_allowed
    wrong = engine.assess(a_state(positions=(a_position(),)), an_intent(**sold, leverage=6.0))
    assert wrong.reason is not None
    assert wrong.reason.rule == "leverage"
