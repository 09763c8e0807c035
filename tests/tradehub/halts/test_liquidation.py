"""Everything is closed once, in two steps, and what is not closed is named."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from proratio_core.clock import FixedClock
from proratio_core.errors import RiskError, TransientError
from proratio_core.settings import Settings
from proratio_tradehub.halts.bot import TradingBot
from proratio_tradehub.halts.events import Action, Mode
from proratio_tradehub.halts.halt_file import HaltFile
from proratio_tradehub.halts.halts import Halts
from proratio_tradehub.halts.liquidation import Closing, Liquidation, WarrantFile
from tests.tradehub.halts.fake_bot import LOGIN, fake_bot, trade_of
from tests.tradehub.halts.made import clock

AWAY = TransientError("PostgreSQL is away")


@pytest.fixture
def halts(tmp_path: Path) -> Halts:
    return Halts(HaltFile(tmp_path / "halts.json"), AWAY, clock=clock())


def run(halts: Halts, url: str, *, at: FixedClock | None = None) -> Closing:
    settings = Settings(
        PRORATIO_BOT_URL=url,
        FREQTRADE__API_SERVER__USERNAME=LOGIN[0],
        FREQTRADE__API_SERVER__PASSWORD=LOGIN[1],
    )
    bot = TradingBot(settings)
    return Liquidation(halts, bot, clock=at or clock()).run(reason="storm", by="me")


def a_bot() -> tuple[dict[str, object], dict[str, object]]:
    return trade_of(1, "BTC/USDT"), trade_of(2, "ETH/USDT")


def test_halt_comes_first_then_everything_is_closed_and_put_on_record(halts: Halts) -> None:
    with fake_bot(*a_bot()) as bot:
        closing = run(halts, bot.url)
    assert [trade.pair for trade in closing.closed] == ["BTC/USDT", "ETH/USDT"]
    assert (closing.open, closing.problems) == ((), ())
    halt, liquidated = halts.history()
    assert (halt.action, halt.reason) == (Action.HALT, "liquidation: storm")
    assert liquidated.action is Action.LIQUIDATE
    assert liquidated.reason == "storm: closed BTC/USDT, ETH/USDT"
    assert halts.standing().mode is Mode.HALTED


def test_position_that_does_not_close_within_a_minute_is_named(halts: Halts) -> None:
    at = clock()
    with fake_bot(*a_bot()) as bot:
        bot.stuck = {2}
        closing = run(halts, bot.url, at=at)
        assert bot.closed == [(1, "market"), (2, "market")]  # asked once, then waited for
    assert [trade.pair for trade in closing.open] == ["ETH/USDT"]
    assert [trade.pair for trade in closing.closed] == ["BTC/USDT"]
    assert sum(at.slept_s) == 60.0
    assert halts.history()[-1].reason == "storm: closed BTC/USDT; still open: ETH/USDT"


def test_entry_that_waits_is_closed_though_the_bot_says_that_it_failed(halts: Halts) -> None:
    with fake_bot(trade_of(1, "BTC/USDT", amount=0.0), trade_of(2, "ETH/USDT")) as bot:
        closing = run(halts, bot.url)
    assert [str(trade) for trade in closing.closed] == [
        "trade 1: long BTC/USDT, an entry of which nothing is filled",
        "trade 2: long 2 ETH/USDT, worth 220.00, profit +19.00",
    ]
    assert (closing.open, closing.problems) == ((), ())
    assert halts.history()[-1].reason == "storm: closed BTC/USDT, ETH/USDT"


def test_entry_that_cannot_be_cancelled_is_named_with_what_the_bot_said(halts: Halts) -> None:
    with fake_bot(trade_of(1, "BTC/USDT", amount=0.0), trade_of(2, "ETH/USDT")) as bot:
        bot.stuck = {1}
        closing = run(halts, bot.url)
    assert [trade.pair for trade in closing.open] == ["BTC/USDT"]
    (problem,) = closing.problems
    assert "the bot does not close BTC/USDT" in problem
    assert "Failed to exit trade" in problem


def test_without_the_bot_it_is_halted_all_the_same(halts: Halts) -> None:
    closing = run(halts, "http://127.0.0.1:1")
    assert halts.standing().mode is Mode.HALTED
    assert closing.closed == closing.open == ()
    assert "no bot answers" in closing.problems[0]


def test_nothing_is_closed_when_the_halt_gets_nowhere(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    halts = Halts(HaltFile(tmp_path / "state" / "halts.json"), AWAY, clock=clock())
    with fake_bot(*a_bot()) as bot:
        with pytest.raises(TransientError, match="nothing was ordered"):
            run(halts, bot.url)
        assert bot.closed == []


def test_warrant_is_good_once_and_for_a_minute(tmp_path: Path) -> None:
    at = clock()
    file = WarrantFile(tmp_path / "liquidation.json", clock=at)
    warrant = file.issue()
    at.time += timedelta(seconds=59)
    file.redeem(warrant.token)
    with pytest.raises(RiskError, match="nothing was to be confirmed"):
        file.redeem(warrant.token)
    late = file.issue()
    at.time += timedelta(seconds=60)
    with pytest.raises(RiskError, match="was valid until"):
        file.redeem(late.token)


def test_wrong_token_uses_the_warrant_up(tmp_path: Path) -> None:
    file = WarrantFile(tmp_path / "liquidation.json", clock=clock())
    first = file.issue()
    second = file.issue()
    assert first.token != second.token
    with pytest.raises(RiskError, match="is not the one that was shown"):
        file.redeem(first.token)
    with pytest.raises(RiskError, match="nothing was to be confirmed"):
        file.redeem(second.token)
