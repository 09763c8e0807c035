"""The bot over its REST API; whatever else answers there is an error of ours."""

from __future__ import annotations

from typing import Any

import pytest

from proratio_core.errors import ConfigurationError, DataError, TransientError
from proratio_core.settings import Settings
from proratio_tradehub.halts.bot import BotTrade, TradingBot
from tests.tradehub.halts.fake_bot import LOGIN, FakeBot, fake_bot, trade_of


def asked(bot: FakeBot, *, password: str = LOGIN[1]) -> TradingBot:
    settings = Settings(
        PRORATIO_BOT_URL=bot.url,
        FREQTRADE__API_SERVER__USERNAME=LOGIN[0],
        FREQTRADE__API_SERVER__PASSWORD=password,
    )
    return TradingBot(settings)


def test_open_trades_are_read_and_closed_at_the_market() -> None:
    with fake_bot(trade_of(7, "BTC/USDT")) as bot:
        (trade,) = asked(bot).open_trades()
        assert trade == BotTrade(7, "BTC/USDT", "long", 2.0, 220.0, 19.0)
        assert str(trade) == "trade 7: long 2 BTC/USDT, worth 220.00, profit +19.00"
        asked(bot).close(trade)
        assert bot.closed == [(7, "market")]
        assert asked(bot).open_trades() == ()


def test_wrong_login_is_a_matter_of_configuration_and_is_not_repeated() -> None:
    with fake_bot() as bot, pytest.raises(ConfigurationError, match="USERNAME") as caught:
        asked(bot, password="canary-wrong").open_trades()
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("said", ["<html>", [{"pair": "BTC/USDT"}], {"status": "pong"}, [1], 5])
def test_what_is_not_freqtrade_is_not_believed(said: Any) -> None:
    with fake_bot() as bot:
        bot.says = said
        with pytest.raises((DataError, TransientError), match=r"is not Freqtrade's|no bot answers"):
            asked(bot).open_trades()


def test_bot_that_refuses_to_close_is_quoted() -> None:
    with fake_bot() as bot:
        bot.says = {"error": "Error querying /api/v1/forceexit: trader is not running"}
        with pytest.raises(DataError, match=r"does not close BTC/USDT: .* not running"):
            asked(bot).close(BotTrade(7, "BTC/USDT", "long", 2.0, 220.0, 19.0))


def test_nobody_there_names_the_remedy() -> None:
    with pytest.raises(TransientError, match=r"no bot answers .* PRORATIO_BOT_URL"):
        TradingBot(Settings(PRORATIO_BOT_URL="http://127.0.0.1:1")).open_trades()


def test_login_is_not_quoted_neither_from_the_address_nor_from_an_echo() -> None:
    with fake_bot() as bot:
        bot.says = {"echo": f"you are {LOGIN[0]}:{LOGIN[1]}"}
        with pytest.raises(DataError, match=r"is not Freqtrade's API: .*\*\*\*") as caught:
            asked(bot).open_trades()
    assert "canary" not in str(caught.value)
    away = TradingBot(Settings(PRORATIO_BOT_URL="http://me:canary-in-a-url@127.0.0.1:1"))
    with pytest.raises(TransientError, match="no bot answers at http://me:") as gone:
        away.open_trades()
    assert "canary" not in str(gone.value)
