"""The live callbacks of the strategy one by one, against a real queue and ledger."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from freqtrade.enums import RunMode, TradingMode

from proratio_core.database import Database
from proratio_core.errors import TransientError
from proratio_core.values import Pair, SeriesKey, Timeframe
from proratio_signals.ledger import Decision, Ledger, Origin
from proratio_signals.opinions import Action
from proratio_signals.profile import Profile, load_profile
from proratio_signals.queue import QuestionQueue
from proratio_signals.snapshot import WINDOW_CANDLES
from proratio_signals.vote import tally
from proratio_tradehub.strategies import ConsensusStrategy
from proratio_tradehub.strategies.gate import signal_id
from tests.signals.samples import HOUR, ballots, candle_frame, said
from tests.tradehub.strategies.every_candle import EveryCandle
from tests.tradehub.strategies.hosts import host, trade_database

PAIR = "BTC/USDT"
KEY = SeriesKey("replay", Pair.parse(PAIR), Timeframe.H1)
PROFILE = load_profile("consensus")


class Trading(ConsensusStrategy):
    rule = EveryCandle()
    timeframe = "1h"
    stoploss = -0.05
    minimal_roi = {"0": 0.1}  # noqa: RUF012  # a plain attribute


class Bot:
    """A strategy as Freqtrade would hold it, and the service's side of the database."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.database = database
        self.close = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        self.strategy = Trading(
            {
                "runmode": RunMode.DRY_RUN,
                "user_data_dir": folder,
                "exchange": {"name": "binance"},
                "proratio": {"profile": PROFILE.name, "source": KEY.exchange},
                "stake_currency": "USDT",
                "trading_mode": TradingMode.SPOT,
            }
        )
        host(self.strategy)
        self.tag = signal_id(PROFILE.name, round(self.close.timestamp() * 1000))

    def frame(self, *, start: datetime | None = None) -> pd.DataFrame:
        return candle_frame(WINDOW_CANDLES, start=start or self.close - HOUR * WINDOW_CANDLES)

    def analyse(self, frame: pd.DataFrame) -> pd.DataFrame:
        return self.strategy.populate_entry_trend(frame, {"pair": PAIR})

    def confirm(self, **changes: Any) -> bool:
        arguments = {"pair": PAIR, "current_time": datetime.now(UTC), "entry_tag": self.tag}
        return bool(self.strategy.is_approved(**{**arguments, **changes}))

    def questions(self) -> list[tuple[Any, ...]]:
        with self.database.transaction() as cursor:
            cursor.execute(
                "SELECT exchange, symbol, as_of, extract(epoch FROM valid_until - as_of)::int "
                "FROM question JOIN series ON series.id = series_id"
            )
            return cursor.fetchall()

    def vote(self, profile: Profile = PROFILE) -> None:
        """Do what the service does, all voters agreeing."""
        queue = QuestionQueue(self.database, profile)
        (claim,) = queue.claim(7, limit=9, now=datetime.now(UTC))
        consensus = tally(
            ballots(*[said(Action.BUY, 0.9)] * 3), threshold=0.6, quorum=profile.quorum
        )
        now = datetime.now(UTC)
        decision = Decision(claim.question, claim.snapshot(), consensus, Origin.LIVE, now)
        Ledger(self.database).record((decision,), PROFILE)


@pytest.fixture
def bot(
    tmp_path: Path, database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bot]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path)
    left_s = 3600 - time.time() % 3600
    if left_s < 20:  # a candle that ends in the middle of a test is another question
        time.sleep(left_s)
    bot = Bot(tmp_path, database)
    with trade_database():
        yield bot
    if bot.strategy._risk is not None:
        bot.strategy._risk.close()
    if bot.strategy._client is not None:
        bot.strategy._client.close()


def in_some_loop(bot: Bot, what: Callable[[], bool]) -> bool:
    """Return whether `what` comes true within some loops, as the host would run them."""
    for _ in range(60):
        bot.strategy.bot_loop_start(current_time=datetime.now(UTC))
        if what():
            return True
        time.sleep(0.05)
    return False


def ready(bot: Bot) -> None:
    bot.strategy.bot_start()
    bot.analyse(bot.frame())
    assert in_some_loop(bot, lambda: bool(bot.questions()))


def test_candidate_that_has_just_closed_is_asked_about_and_entered_once_it_is_approved(
    bot: Bot,
) -> None:
    ready(bot)
    assert bot.questions() == [(KEY.exchange, PAIR, bot.close, 3600)]
    assert not bot.confirm()  # pending
    assert bot.strategy.confidence(PAIR, bot.tag) == 0.0
    bot.vote()
    assert not bot.confirm()  # nothing was polled: memory only
    assert in_some_loop(bot, bot.confirm)
    assert bot.strategy.confidence(PAIR, bot.tag) == pytest.approx(0.9)
    assert not bot.confirm(current_time=bot.close + HOUR)  # no longer valid
    assert not bot.confirm(entry_tag="consensus@2020-01-01T00:00Z")
    assert not bot.confirm(entry_tag=None)
    assert not bot.confirm(pair="ETH/USDT")


def test_every_candidate_of_the_frame_carries_the_id_of_its_signal(bot: Bot) -> None:
    bot.strategy.bot_start()
    frame = bot.analyse(bot.frame())
    assert frame["enter_long"].all()
    assert frame["enter_tag"].iloc[-1] == bot.tag


def test_signal_that_could_no_longer_be_entered_is_not_asked_about(bot: Bot) -> None:
    bot.strategy.bot_start()
    bot.strategy.ignore_buying_expired_candle_after = 300
    bot.analyse(bot.frame(start=bot.close - HOUR * (WINDOW_CANDLES + 1)))
    assert not in_some_loop(bot, lambda: bool(bot.questions()))


def test_window_with_a_gap_refuses_without_an_error_in_the_strategy(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    bot.strategy.bot_start()
    bot.analyse(bot.frame().drop(index=100).reset_index(drop=True))
    assert "no entry into BTC/USDT yet" in caplog.text
    assert "no signal across a gap" in caplog.text
    assert "refused_callbacks" not in vars(bot.strategy)
    assert not bot.confirm()


def test_database_that_goes_away_takes_the_approval_with_it(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    ready(bot)
    bot.vote()
    assert in_some_loop(bot, bot.confirm)
    with bot.database.dedicated() as connection, connection.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE question IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        bot.strategy.bot_loop_start(current_time=datetime.now(UTC))
        assert time.monotonic() - began < 0.5
        assert not bot.confirm()
        assert "no entries: " in caplog.text  # whoever was first to lose patience
    assert in_some_loop(bot, bot.confirm)


def test_bot_that_could_not_start_enters_nothing(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    bot.strategy.config["proratio"]["profile"] = "no-such-profile"
    bot.strategy.bot_start()
    assert "profile 'no-such-profile' is unknown" in caplog.text
    assert not bot.analyse(bot.frame())["enter_long"].any()
    bot.strategy.bot_loop_start(current_time=datetime.now(UTC))
    assert not bot.confirm()
    assert set(bot.strategy.refused_callbacks) >= {"bot_start", "bot_loop_start"}


def test_profile_that_sizes_by_history_refuses_until_it_is_read_and_the_twin_has_none(
    bot: Bot,
) -> None:
    now = datetime.now(UTC)
    bot.strategy.bot_start()
    assert bot.strategy.scored_history(PAIR, bot.tag, now) is None  # `proratio` has no Kelly
    bot.strategy.config["proratio"]["risk"] = "autonomous"
    bot.strategy.bot_start()
    with pytest.raises(TransientError, match="has not been read yet"):
        bot.strategy.scored_history(PAIR, bot.tag, now)

    def is_read() -> bool:
        try:
            return bot.strategy.scored_history(PAIR, bot.tag, now).count == 0
        except TransientError:
            return False

    assert in_some_loop(bot, is_read)
    bot.strategy._scored.close()
    bot.strategy._scored = None  # as after a start that failed half-way
    with pytest.raises(TransientError, match="no scored history could be read"):
        bot.strategy.scored_history(PAIR, bot.tag, now)
    bot.strategy.config["proratio"]["profile"] = "none"
    assert bot.strategy.scored_history(PAIR, bot.tag, now) is None
