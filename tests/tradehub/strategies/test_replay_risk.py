"""The desk of a session in virtual time: it halts like any other, and nobody else hears of it."""

from __future__ import annotations

from proratio_core.clock import FixedClock, to_ms
from proratio_tradehub.desk import ClockGauge
from proratio_tradehub.halts import Mode
from proratio_tradehub.risk import RiskEngine, load_risk_profile
from proratio_tradehub.strategies.replay_risk import ReplayRisk
from tests.tradehub.desk.made import COSTS, HOUR, NOW, MadeAccount, an_entry, candle_book

ENGINE = RiskEngine(load_risk_profile("proratio"))


def replayed(account: MadeAccount, *, skew_ms: int = 0) -> tuple[ReplayRisk, FixedClock]:
    clock = FixedClock(NOW)
    gauge = ClockGauge(lambda: to_ms(clock.now()) - skew_ms, clock=clock)
    risk = ReplayRisk(ENGINE, lambda _: account, candle_book(), costs=COSTS, gauge=gauge)
    return risk, clock


def test_no_entry_before_the_exchanges_time_is_known() -> None:
    risk, _ = replayed(MadeAccount())

    assert not risk.desk.standing().allows_entries
    risk.observe(NOW)
    assert risk.desk.standing().allows_entries
    assert risk.desk.stake(an_entry(), min_stake_quote=0, max_stake_quote=1e9) > 0


def test_the_clocks_are_measured_in_the_loop_of_the_virtual_time() -> None:
    risk, clock = replayed(MadeAccount(), skew_ms=7_000)
    risk.observe(NOW)
    assert risk._gauge.skew_s == 7.0
    clock.sleep(3_600)
    risk.observe(clock.now())
    assert not risk._gauge.doubt


def test_a_halt_holds_to_the_end_of_the_session() -> None:
    account = MadeAccount()
    risk, clock = replayed(account)
    risk.observe(NOW)
    account.free_quote = 8_000.0
    clock.sleep(3_600)
    risk.observe(NOW + HOUR)
    assert risk.desk.standing().mode is Mode.HALTED
    assert risk.desk.stake(an_entry(), min_stake_quote=0, max_stake_quote=1e9) == 0.0
    risk.close()
