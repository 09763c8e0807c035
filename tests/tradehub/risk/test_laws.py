"""What holds for every account, entry and profile, whatever their numbers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from pydantic import ValidationError

from proratio_core.values import Market
from proratio_tradehub.risk.engine import RiskEngine
from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.positions import Position
from proratio_tradehub.risk.profile import RiskProfile
from proratio_tradehub.risk.profile_files import load_risk_profile, risk_profile_names
from proratio_tradehub.risk.sides import Side
from proratio_tradehub.risk.state import PortfolioState, TradingState
from proratio_tradehub.risk.tightening import tightened
from tests.tradehub.risk.made import (
    BTC_PERP,
    ETH_PERP,
    NOW,
    SOL,
    a_position,
    a_state,
    an_intent,
    returns_of,
)

PROFILES = {name: load_risk_profile(name) for name in risk_profile_names()}
RETURNS = returns_of(BTC_PERP, ETH_PERP, SOL)

profiles = st.sampled_from(sorted(PROFILES)).map(PROFILES.__getitem__)
held = st.lists(
    st.builds(
        lambda pair, amount, stop: a_position(
            pair=pair, amount=amount, mark_price=100.0, entry_price=95.0, stop_price=stop,
            stake_quote=95.0 * amount,
        ),
        st.sampled_from((BTC_PERP, ETH_PERP, SOL)),
        st.floats(0.1, 150.0),
        st.floats(85.0, 99.0),
    ),
    max_size=4,
)  # fmt: skip


@st.composite
def accounts(draw: st.DrawFn) -> PortfolioState:
    equity = draw(st.floats(72_000, 100_000))
    starts = st.floats(75_000, 100_000)
    return a_state(
        equity_quote=equity,
        day_start_equity_quote=draw(starts),
        week_start_equity_quote=draw(starts),
        month_start_equity_quote=draw(starts),
        free_quote=draw(st.floats(0, 1e5)),
        realised_profit_quote=draw(st.floats(-1e5, 3e5)),
        positions=tuple(draw(held)),
        entries_today=draw(st.integers(0, 12)),
        last_entry_at=draw(st.none() | st.integers(0, 9_000).map(lambda s: NOW - timedelta(0, s))),
        returns=RETURNS,
        clock_skew_s=draw(st.floats(-6, 6)),
    )


@st.composite
def entries(draw: st.DrawFn) -> EntryIntent:
    side = draw(st.sampled_from(Side))
    away = draw(st.floats(0.005, 0.2))
    return an_intent(
        pair=BTC_PERP,
        side=side,
        price=100.0,
        stop_price=100.0 * (1 - side.sign * away),
        target_price=100.0 * (1 + side.sign * min(0.9, draw(st.floats(1, 5)) * away)),
        stake_quote=draw(st.floats(100, 1e5)),
        leverage=draw(st.sampled_from((1.0, 1.0, 2.0, 4.0))),
        confidence=draw(st.floats(0.5, 1.0)),
        spread_frac=draw(st.floats(0, 0.003)),
        day_volume_quote=draw(st.floats(1e6, 1e9)),
        min_stake_quote=draw(st.sampled_from((0.0, 50.0))),
    )


def _stake(profile: RiskProfile, state: PortfolioState, intent: EntryIntent) -> float:
    return RiskEngine(profile).assess(state, intent).stake_quote


@given(profiles, accounts(), entries(), st.data())
@settings(deadline=None)
def test_tightened_profile_never_allows_more(
    profile: RiskProfile, state: PortfolioState, intent: EntryIntent, data: st.DataObject
) -> None:
    changes: dict[str, Any] = {}
    for name in ("max_planned_loss_frac", "max_drawdown_frac", "max_heat_frac",
                 "max_asset_exposure_frac", "max_spread_frac", "max_stop_distance_frac",
                 "max_volume_frac"):  # fmt: skip
        if data.draw(st.booleans(), label=name):
            changes[name] = getattr(profile, name) * data.draw(st.floats(0.3, 1.0))
    if data.draw(st.booleans(), label="positions"):
        changes["max_positions"] = data.draw(st.integers(1, profile.max_positions))
    if data.draw(st.booleans(), label="stake"):
        part = data.draw(st.floats(0.1, 1.0))
        changes["sizing"] = {"stake_frac": profile.sizing.stake_frac * part}
    try:
        tighter = tightened(profile, "tighter", changes)
    except ValidationError:
        reject()  # it contradicts itself, which is refused elsewhere
    assert _stake(tighter, state, intent) <= _stake(profile, state, intent)


@given(profiles, accounts(), entries(), st.floats(0.3, 1.0))
@settings(deadline=None)
def test_less_confidence_never_stakes_more(
    profile: RiskProfile, state: PortfolioState, intent: EntryIntent, part: float
) -> None:
    doubted = replace(intent, confidence=intent.confidence * part)

    assert _stake(profile, state, doubted) <= _stake(profile, state, intent)


@given(profiles, accounts(), entries(), held.filter(bool))
@settings(deadline=None)
def test_holding_more_never_allows_more(
    profile: RiskProfile, state: PortfolioState, intent: EntryIntent, more: list[Position]
) -> None:
    """But for the pair itself, which is then no new one."""
    others = tuple(position for position in more if position.pair != intent.pair)
    fuller = replace(state, positions=state.positions + others)

    assert _stake(profile, fuller, intent) <= _stake(profile, state, intent)


@given(profiles, accounts(), entries(), st.floats(0.001, 0.5))
@settings(deadline=None)
def test_equity_that_was_lost_never_allows_more(
    profile: RiskProfile, state: PortfolioState, intent: EntryIntent, lost: float
) -> None:
    poorer = replace(state, equity_quote=state.equity_quote * (1 - lost))

    assert _stake(profile, poorer, intent) <= _stake(profile, state, intent)


@given(profiles, accounts(), entries())
@settings(deadline=None)
def test_verdict_is_a_stake_or_a_reason_and_never_both(
    profile: RiskProfile, state: PortfolioState, intent: EntryIntent
) -> None:
    verdict = RiskEngine(profile).assess(state, intent)

    assert verdict == RiskEngine(profile).assess(state, intent)
    assert verdict.is_allowed is (verdict.stake_quote > 0.0)
    assert verdict.is_allowed is (not verdict.refusals)
    assert 0.0 <= verdict.stake_quote <= intent.stake_quote
    if verdict.is_allowed:
        assert verdict.planned_loss_quote <= profile.max_planned_loss_frac * state.equity_quote * (
            1 + 1e-9
        )


@pytest.mark.parametrize("trading", [TradingState.HALTED, TradingState.REDUCE_ONLY])
@given(profiles, accounts(), entries())
@settings(deadline=None)
def test_nothing_is_entered_unless_trading_runs(
    trading: TradingState, profile: RiskProfile, state: PortfolioState, intent: EntryIntent
) -> None:
    halted = replace(state, trading_state=trading)

    assert _stake(profile, halted, intent) == 0.0


@given(profiles, accounts(), entries())
@settings(deadline=None)
def test_market_that_is_not_allowed_never_is(
    profile: RiskProfile, state: PortfolioState, intent: EntryIntent
) -> None:
    if Market.PERPETUAL not in profile.markets:
        assert _stake(profile, state, intent) == 0.0


def test_these_laws_are_not_empty() -> None:
    """The accounts and entries drawn above are allowed often enough to say something."""
    allowed = _stake(PROFILES["perpetuals"], a_state(returns=RETURNS), an_intent(pair=BTC_PERP))

    assert allowed > 0.0
