"""Every entry passes the desk twice; whatever fails there refuses."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from msgspec.structs import replace

from proratio_core.errors import RiskError
from proratio_tradehub.halts import Action, Mode
from proratio_tradehub.risk import EntryIntent, PortfolioState
from tests.tradehub.desk.made import (
    BTC,
    ETH,
    HOUR,
    NOW,
    MadeAccount,
    MadeDesk,
    MadeTrade,
    an_entry,
    candle_book,
    candles,
)


class Raising:
    """A rule with a fault."""

    name: ClassVar[str] = "faulty"

    def check(self, state: PortfolioState, intent: EntryIntent) -> None:
        raise ZeroDivisionError("a fault")


def test_stake_is_the_profiles_share_of_equity_times_confidence() -> None:
    assert MadeDesk().stake() == pytest.approx(500.0)
    assert MadeDesk().stake(an_entry(confidence=0.5)) == pytest.approx(250.0)


def test_stake_never_exceeds_what_is_available_nor_what_is_wished() -> None:
    assert MadeDesk().stake(max_stake_quote=7.0) == 7.0
    assert MadeDesk().stake(proposed_quote=42.0) == 42.0


def test_stake_is_what_is_left_beside_what_is_held_in_the_same_asset() -> None:
    made = MadeDesk()
    made.account.trades.append(MadeTrade(pair=BTC, amount=10.0))
    equity = 10_000.0 + 100.0 - 10.0 * 0.002 * (100.0 + 100.0)  # free, staked, costs of both sides
    assert made.stake() == pytest.approx(0.10 * equity - 1_000.0)


def test_stake_below_the_exchanges_minimum_is_refused_and_not_raised_to_it() -> None:
    made = MadeDesk()
    assert made.stake(min_stake_quote=500.1) == 0.0
    assert made.desk.refused.counts == {"fixed fraction": 1}


def test_entry_is_asked_about_again_at_its_final_price() -> None:
    made = MadeDesk()
    assert made.desk.allows(an_entry(), stake_quote=500.0)
    assert not made.desk.allows(an_entry(), stake_quote=501.0)
    assert made.desk.refused.counts == {"fixed fraction": 1}


def test_position_of_the_same_move_refuses() -> None:
    same = candles()
    made = MadeDesk(book=candle_book(BTC=same, ETH=same))
    made.account.trades.append(MadeTrade())
    assert made.stake() == 0.0
    assert made.desk.refused.counts == {"correlation": 1}
    (told,) = made.told
    assert (told.pair, told.rule, told.refused_at) == (BTC, "correlation", NOW)


def test_refusal_is_counted_once_a_candle_however_often_it_is_asked() -> None:
    made = MadeDesk()
    made.account.trades += [MadeTrade(pair=f"{base}/USDT") for base in ("AAA", "BBB", "CCC")]
    for minutes in (0, 1, 59):
        made.stake(replace(an_entry(), now=NOW + minutes * HOUR / 60))
    made.stake(replace(an_entry(), now=NOW + HOUR))
    assert made.desk.refused.counts == {"positions": 2}
    assert len(made.told) == 2


def test_fall_to_the_drawdown_limit_halts_and_stays_halted() -> None:
    made = MadeDesk()
    made.desk.observe(NOW)
    made.account.free_quote = 9_000.0
    made.desk.observe(NOW + HOUR)
    assert made.desk.standing().mode is Mode.HALTED
    made.account.free_quote = 20_000.0
    assert made.stake() == 0.0
    assert made.desk.refused.counts == {"drawdown halt": 1}
    (told,) = made.told
    assert "equity fell 10.00% below its peak; the limit is 10.00%" in told.refusals[0].message


def test_open_loss_counts_towards_the_halt() -> None:
    made = MadeDesk(account=MadeAccount(free_quote=8_000.0))
    made.account.trades.append(MadeTrade(amount=20.0, open_rate=100.0, stake_amount=2_000.0))
    made.desk.observe(NOW)
    made.account.price = 45.0
    made.desk.observe(NOW + HOUR)
    assert made.desk.standing().mode is Mode.HALTED


def test_restraint_is_counted_under_its_own_name() -> None:
    made = MadeDesk()
    made.halts.order(Action.REDUCE_ONLY, reason="holiday", by="me")
    assert made.stake() == 0.0
    assert not made.desk.allows(an_entry(), stake_quote=100.0)
    assert made.desk.refused.counts == {"trading state": 1}


def test_forgiven_losses_begin_the_book_anew() -> None:
    made = MadeDesk()
    made.desk.recall([(NOW - HOUR, 20_000.0)], forgiven_at=None)
    made.desk.observe(NOW)
    assert made.desk.standing().mode is Mode.HALTED
    again = MadeDesk()
    again.desk.recall([(NOW - HOUR, 20_000.0)], forgiven_at=NOW)  # another forgiveness than now
    again.desk.observe(NOW)
    assert again.desk.standing().mode is Mode.TRADING
    assert again.desk.book.peak_quote == 10_000.0


@pytest.mark.parametrize("equity", [float("nan"), float("inf"), 0.0, -1.0])
def test_equity_that_is_no_number_above_zero_refuses(equity: float) -> None:
    made = MadeDesk(account=MadeAccount(free_quote=equity))
    with pytest.raises(RiskError, match="equity is"):
        made.stake()
    assert made.desk.refused.counts == {"risk check": 1}


def test_unknown_pair_refuses() -> None:
    made = MadeDesk()
    with pytest.raises(RiskError, match="no candles of DOGE/USDT are known"):
        made.stake(an_entry(pair="DOGE/USDT"))


def test_clock_in_the_past_refuses() -> None:
    made = MadeDesk()
    made.account.entries.append(NOW + HOUR)
    with pytest.raises(RiskError, match="the clock ran backwards"):
        made.stake()
    skewed = MadeDesk(account=MadeAccount(clock_skew_s=-3_600.0))
    assert skewed.stake() == 0.0
    assert skewed.desk.refused.counts == {"clock": 1}


def test_rule_that_raises_refuses_and_three_in_a_row_order_safe_mode() -> None:
    made = MadeDesk(rules=[Raising()])
    for hours in range(3):
        assert made.desk.standing().mode is Mode.TRADING
        with pytest.raises(RiskError, match="rule faulty: the rule failed: ZeroDivisionError"):
            made.stake(replace(an_entry(), now=NOW + hours * HOUR))
    assert made.desk.standing().mode is Mode.SAFE_MODE
    assert "3 risk checks failed in a row" in made.desk.standing().why


def test_a_decision_in_between_begins_the_row_anew() -> None:
    made = MadeDesk()
    for _ in range(3):
        made.desk.failed(RiskError("one"))
        made.desk.failed(RiskError("two"))
        assert made.desk.allows(an_entry(), stake_quote=100.0)
    assert made.desk.standing().mode is Mode.TRADING


def test_leverage_is_what_the_profile_allows() -> None:
    assert MadeDesk().desk.max_leverage(NOW) == 1.0
    earned = MadeAccount(realised_profit_quote=6_000.0, start_quote=10_000.0)
    assert MadeDesk(account=earned, profile="tradingbot-v2").desk.max_leverage(NOW) == 3.0


def test_survey_says_how_much_of_each_limit_is_used() -> None:
    made = MadeDesk()
    made.account.trades.append(MadeTrade(amount=10.0, stake_amount=1_000.0))
    made.desk.observe(NOW)
    equity, headroom, positions = made.desk.survey(NOW)
    used: dict[str, Any] = {room.limit: room.used for room in headroom}
    assert used["positions"] == 1.0
    assert used["heat"] == pytest.approx(10.0 * (5.0 + 0.002 * 95.0) / equity)
    assert [held.pair for held in positions] == [ETH]
