"""A stage's money is a pot inside the wallet: losses count against it, and it is never exceeded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_tradehub.desk import RiskDesk, SimulatedHalts
from proratio_tradehub.desk.account import equity_quote
from proratio_tradehub.risk import RiskEngine, load_risk_profile
from proratio_tradehub.risk.rulebook import rules_of
from proratio_tradehub.stages import StagedAccount, StageGate, StageRule, StageStep
from tests.tradehub.desk.made import COSTS, NOW, MadeTrade, an_entry, candle_book
from tests.tradehub.stages.made import LIVE, MadePurse, a_step, built_in

FIRST = built_in().stages[1].most_of(0.0)
"""What the first stage with money allows."""


def gate_at(step: StageStep | None) -> StageGate:
    """Return a gate that has read a step."""
    gate = StageGate(LIVE, built_in())
    gate._held, gate._is_read = step, True
    return gate


def desk_of(account: StagedAccount) -> RiskDesk:
    profile = load_risk_profile("proratio")
    halts = SimulatedHalts()
    halts.now = NOW
    return RiskDesk(
        RiskEngine(profile, [*rules_of(profile), StageRule(account)]),
        account,
        candle_book(),
        costs=COSTS,
        restraint=halts,
    )


def test_equity_is_the_money_of_the_stage_and_a_loss_counts_against_it() -> None:
    purse = MadePurse()
    account = StagedAccount(purse, gate_at(a_step(1)))
    assert equity_quote(account, NOW) == FIRST
    purse.realised_profit_quote = purse.since_quote = -10.0
    purse.free_quote = 9_990.0
    assert equity_quote(account, NOW) == FIRST - 10.0
    assert account.realised_profit_quote == -10.0


def test_what_was_earned_before_the_stage_does_not_count() -> None:
    purse = MadePurse(realised_profit_quote=500.0, since_quote=20.0)
    account = StagedAccount(purse, gate_at(a_step(1)))
    assert equity_quote(account, NOW) == FIRST + 20.0
    purse.realised_profit_quote = 505.0
    assert equity_quote(account, NOW) == FIRST + 25.0
    assert len(purse.asked) == 1  # every trade is read once


def test_a_share_is_of_the_capital_at_the_start_positions_included() -> None:
    purse = MadePurse(free_quote=9_900.0, trades=[MadeTrade()])
    account = StagedAccount(purse, gate_at(a_step(2)))
    assert account.most_quote == 500.0
    assert account.free_quote == 400.0


def test_a_wallet_with_less_than_the_stage_allows_is_what_there_is() -> None:
    account = StagedAccount(MadePurse(free_quote=30.0), gate_at(a_step(1)))
    assert account.free_quote == 30.0


def test_a_pot_that_is_lost_is_empty_and_not_below() -> None:
    purse = MadePurse(realised_profit_quote=-300.0, since_quote=-300.0)
    assert StagedAccount(purse, gate_at(a_step(1))).free_quote == 0.0


@pytest.mark.parametrize("step", [None, a_step(0)], ids=["no step", "paper"])
def test_without_a_stage_the_account_is_shown_as_it_is_and_nothing_may_enter(
    step: StageStep | None,
) -> None:
    account = StagedAccount(MadePurse(), gate_at(step))
    assert equity_quote(account, NOW) == account.start_quote == 10_000.0
    desk = desk_of(account)
    assert desk.stake(an_entry(), min_stake_quote=0.0, max_stake_quote=1e9) == 0.0
    assert desk.refused.counts == {"stage": 1}
    assert not desk.allows(an_entry(), stake_quote=1.0)


@given(st.floats(0.0, FIRST - 0.1), st.floats(1.0, 1e6), st.floats(-50.0, 1e4))
def test_the_stakes_of_all_positions_together_never_exceed_the_stage(
    held_quote: float, wished_quote: float, realised_quote: float
) -> None:
    purse = MadePurse(realised_profit_quote=realised_quote, since_quote=realised_quote)
    if held_quote:
        purse.trades = [MadeTrade(amount=held_quote / 100.0, stake_amount=held_quote)]
    desk = desk_of(StagedAccount(purse, gate_at(a_step(1))))
    entry = an_entry(pair="BTC/USDT")
    stake = desk.stake(entry, min_stake_quote=0.0, max_stake_quote=1e9, proposed_quote=wished_quote)
    assert held_quote + stake <= FIRST * (1 + 1e-9)
    if wished_quote > FIRST - held_quote:
        assert not desk.allows(entry, stake_quote=wished_quote)
