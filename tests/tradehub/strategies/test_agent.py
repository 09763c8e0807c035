"""The agent on recorded perpetuals in the real engine, and its own signals callback by callback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from freqtrade.enums import RunMode, SignalDirection, TradingMode

from proratio_core.candles import CandleStore
from proratio_core.candles.feather import export_series
from proratio_core.candles.frame import make_frame
from proratio_core.candles.importers import import_files
from proratio_core.clock import SystemClock, to_ms
from proratio_core.database import Database
from proratio_core.values import Pair, SeriesKey, SeriesKind, Timeframe, Timerange
from proratio_quantlab.freqtrade_causality import find_leaks
from proratio_quantlab.freqtrade_runner import BacktestRunner
from proratio_signals.history import read_votes
from proratio_signals.ledger import Decision, Ledger, Origin
from proratio_signals.opinions import Action, Answer
from proratio_signals.profile import load_profile
from proratio_signals.questions import Question
from proratio_signals.queue import QuestionQueue
from proratio_signals.snapshot import WINDOW_CANDLES
from proratio_signals.vote import tally
from proratio_tradehub.strategies import AgentStrategy, ConsensusStrategy
from proratio_tradehub.strategies.gate import judged_close_ms, signal_id
from tests.freqtrade_home import FreqtradeHome, exported_trades
from tests.signals.samples import HOUR, ballots, candle_frame, said, silent
from tests.tradehub.strategies.every_candle import EveryCandle
from tests.tradehub.strategies.hosts import host, trade_database
from tests.tradehub.strategies.test_consensus_live import in_some_loop

PAIRS = (Pair.parse("BTC/USDT:USDT"), Pair.parse("ETH/USDT:USDT"))
PERPETUAL = str(PAIRS[0])
CAP = 2.0
PROFILE = load_profile("consensus")


@pytest.fixture(scope="module")
def home(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str, market_data: Path
) -> Iterator[FreqtradeHome]:
    """Six weeks of two recorded perpetuals, and the rule-based voters' votes on each candle."""
    database = Database(module_database_url)
    home = FreqtradeHome(
        tmp_path_factory.mktemp("home") / "user_data",
        module_database_url,
        database,
        "binance",
        PAIRS,
        Timeframe.H1,
        Timerange.parse("20240301-20240415"),
    )
    store = CandleStore(database)
    for pair in PAIRS:
        files = (market_data / "binance" / "futures").glob(f"{pair.file_stem}-1h-*.feather")
        import_files(sorted(files), store, SystemClock())
    home.install()
    for key in home.keys:
        series = [replace(key, kind=kind) for kind in (SeriesKind.MARK, SeriesKind.FUNDING)]
        export_series(store, series, home.user_data / "data")
    (home.user_data / "risk").mkdir()
    tight = f'base = "perpetuals"\nmax_leverage = {CAP}\n'
    (home.user_data / "risk" / "tight.toml").write_text(tight)
    home.fill_ledger("PerpetualsAgent")
    yield home
    database.close()


def actions_of(home: FreqtradeHome) -> dict[tuple[str, int], Action]:
    """Return what the panel said of each pair and candle."""
    found = {}
    for key in home.keys:
        votes = read_votes(
            home.database, key, profile_hash=load_profile("offline").hash, until=datetime.now(UTC)
        )
        closes = votes["date"].dt.as_unit("ms").astype("int64")
        for close, code in zip(closes.tolist(), votes["action"].tolist(), strict=True):
            found[str(key.pair), close] = Action.from_code(code)
    return found


@pytest.mark.market_data
def test_votes_open_both_sides_on_recorded_perpetuals_never_above_the_profiles_leverage(
    home: FreqtradeHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRORATIO_PROFILE", "offline")
    monkeypatch.setenv("PRORATIO_RISK_PROFILE", "tight")
    done = home.analyse("backtesting", "--strategy", "PerpetualsAgent", "--cache", "none")
    assert done.returncode == 0, done.stderr[-3_000:]
    trades: list[dict[str, Any]] = exported_trades(home.user_data)
    said_then = actions_of(home)

    assert {trade["is_short"] for trade in trades} == {True, False}
    assert {trade["leverage"] for trade in trades} == {CAP}  # the strategy would take three
    for trade in trades:
        voted = said_then[trade["pair"], judged_close_ms(str(trade["enter_tag"]))]
        assert voted is (Action.SELL if trade["is_short"] else Action.BUY)
    by_vote = [trade for trade in trades if trade["exit_reason"] == "exit_signal"]
    assert by_vote
    for trade in by_vote:
        voted = said_then[trade["pair"], to_ms(trade["close_date"].to_pydatetime())]
        assert voted is not (Action.SELL if trade["is_short"] else Action.BUY)
    paid = [trade for trade in trades if trade["funding_fees"]]
    assert paid
    for trade in paid:  # funding is part of the profit
        sign = -1 if trade["is_short"] else 1
        moved = sign * trade["amount"] * (trade["close_rate"] - trade["open_rate"])
        fees = trade["amount"] * (
            trade["open_rate"] * trade["fee_open"] + trade["close_rate"] * trade["fee_close"]
        )
        funded = trade["profit_abs"] - (moved - fees)
        assert funded == pytest.approx(trade["funding_fees"], abs=0.02)


@pytest.mark.market_data
def test_no_signal_knows_a_vote_of_the_future(
    home: FreqtradeHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", home.database_url)
    with BacktestRunner(home.user_data, home.database) as runner:
        report = find_leaks(
            runner, home.specification("PerpetualsAgent", profile="offline"), samples=10
        )
    assert report.signals > 15
    assert report.leaks == ()


class Agent(AgentStrategy):
    rule = EveryCandle()
    timeframe = "1h"
    stoploss = -0.05
    minimal_roi = {"0": 0.1}  # noqa: RUF012  # a plain attribute


class Patient(Agent):
    leaves_on_hold = False


class LongOnly(ConsensusStrategy):
    rule = EveryCandle()
    timeframe = "1h"
    stoploss = -0.05
    can_short = True


class Bot:
    """A strategy as Freqtrade would hold it, and a panel that answers what it is told to."""

    def __init__(self, cls: type[ConsensusStrategy], folder: Path, database: Database) -> None:
        self._database = database
        self.strategy = cls(
            {
                "runmode": RunMode.DRY_RUN,
                "user_data_dir": folder,
                "exchange": {"name": "binance"},
                "proratio": {"profile": PROFILE.name, "source": "replay", "risk": "perpetuals"},
                "stake_currency": "USDT",
                "trading_mode": TradingMode.FUTURES,
            }
        )
        host(self.strategy)
        close = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        self.tag = signal_id(PROFILE.name, to_ms(close))
        self.strategy.bot_start()
        start = close - HOUR * WINDOW_CANDLES
        self.frame = self.strategy.populate_entry_trend(
            candle_frame(WINDOW_CANDLES, start=start), {"pair": PERPETUAL}
        )
        self.close = close
        self.has_asked(1)

    def has_asked(self, questions: int) -> None:
        """Wait until so many questions arrived: none comes late into another test's database."""

        def arrived() -> bool:
            with self._database.transaction() as cursor:
                cursor.execute("SELECT count(*) FROM question")
                return cursor.fetchone() == (questions,)

        assert in_some_loop(self, arrived)  # type: ignore[arg-type]  # it needs a strategy alone

    def answer(self, *answers: Answer) -> None:
        """Let the panel say this about the last candle."""
        queue = QuestionQueue(self._database, PROFILE)

        def is_asked() -> bool:
            claims = queue.claim(7, limit=9, now=datetime.now(UTC))
            for claim in claims:
                consensus = tally(ballots(*answers), threshold=0.6, quorum=PROFILE.quorum)
                now = datetime.now(UTC)
                decision = Decision(claim.question, claim.snapshot(), consensus, Origin.LIVE, now)
                Ledger(self._database).record((decision,), PROFILE)
            return bool(claims)

        assert in_some_loop(self, is_asked)  # type: ignore[arg-type]  # it needs a strategy alone
        client, key = self.strategy._asked(), SeriesKey("replay", PAIRS[0], Timeframe.H1)
        question = Question(key, self.close)
        assert in_some_loop(self, lambda: client.verdict(question) is not None)  # type: ignore[arg-type]

    def entry(self) -> tuple[SignalDirection | None, str | None]:
        found: tuple[SignalDirection | None, str | None] = self.strategy.get_entry_signal(
            PERPETUAL, "1h", self.frame
        )
        return found

    def leaves(self, *, is_short: bool) -> bool:
        return bool(self.strategy.get_exit_signal(PERPETUAL, "1h", self.frame, is_short)[1])

    def favours(self, side: str) -> bool:
        return self.strategy._favours(side, PERPETUAL, self.tag)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Iterator[Path]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path)
    with trade_database():
        yield tmp_path


@pytest.fixture
def made(folder: Path, database: Database) -> Iterator[Any]:
    bots: list[Bot] = []

    def make(cls: type[ConsensusStrategy]) -> Bot:
        bots.append(Bot(cls, folder, database))
        return bots[-1]

    yield make
    for bot in bots:
        if bot.strategy._risk is not None:
            bot.strategy._risk.close()
        if bot.strategy._client is not None:
            bot.strategy._client.close()


@pytest.mark.parametrize(
    ("action", "side", "signal"),
    [
        (Action.BUY, "long", SignalDirection.LONG),
        (Action.SELL, "short", SignalDirection.SHORT),
    ],
)
def test_a_vote_opens_its_own_side_alone_and_closes_the_other(
    made: Any, action: Action, side: str, signal: SignalDirection
) -> None:
    bot = made(Agent)
    assert bot.entry()[0] is None  # nobody has answered yet
    assert not bot.leaves(is_short=True)
    assert not bot.leaves(is_short=False)
    bot.answer(*[said(action, 0.9)] * 3)
    assert bot.entry() == (signal, bot.tag)
    assert bot.strategy.confidence(PERPETUAL, bot.tag) == pytest.approx(0.9)
    assert bot.favours(side)
    assert not bot.favours("short" if side == "long" else "long")
    assert bot.leaves(is_short=side == "long")
    assert not bot.leaves(is_short=side == "short")


def test_below_the_threshold_nothing_opens_and_hold_is_out(made: Any) -> None:
    bot = made(Agent)
    bot.answer(*[said(Action.SELL, 0.6)] * 3)  # exactly at it: the vote holds
    assert bot.entry()[0] is None
    assert not bot.favours("short")
    assert bot.leaves(is_short=True)
    assert bot.leaves(is_short=False)


def test_silence_neither_opens_nor_closes(made: Any) -> None:
    bot = made(Agent)
    bot.answer(said(Action.SELL, 0.9), said(Action.SELL, 0.9), silent())
    assert bot.entry()[0] is None
    assert not bot.leaves(is_short=True)
    assert not bot.leaves(is_short=False)


def test_a_patient_agent_stays_through_hold(made: Any) -> None:
    bot = made(Patient)
    bot.answer(*[said(Action.HOLD, 0.9)] * 3)
    assert not bot.leaves(is_short=True)
    assert not bot.leaves(is_short=False)


def test_a_buy_never_lets_another_strategys_short_in(made: Any) -> None:
    bot = made(LongOnly)
    bot.answer(*[said(Action.BUY, 0.9)] * 3)
    asked = {
        "pair": PERPETUAL,
        "amount": 0.01,
        "rate": 100.0,
        "current_time": datetime.now(UTC),
        "entry_tag": bot.tag,
        "order_type": "limit",
        "time_in_force": "GTC",
    }
    assert bot.strategy.is_approved(PERPETUAL, datetime.now(UTC), bot.tag)
    assert not bot.strategy.confirm_trade_entry(**asked, side="short")


def test_a_signal_that_raises_is_none(made: Any) -> None:
    bot = made(Agent)
    bot.strategy._client.close()
    bot.strategy._client = None
    assert bot.entry() == (None, None)
    assert not bot.leaves(is_short=True)
    assert set(bot.strategy.refused_callbacks) == {"get_entry_signal", "get_exit_signal"}


def test_empty_frames_are_no_signal(made: Any) -> None:
    bot = made(Agent)
    bot.frame = pd.DataFrame()
    assert bot.entry() == (None, None)
    assert not bot.leaves(is_short=False)


def test_trading_it_knows_what_freqtrade_and_the_stream_have_of_a_perpetual(made: Any) -> None:
    bot = made(Agent)
    close_ms = to_ms(bot.close)
    settled = close_ms - np.arange(40, 0, -1, dtype=np.int64) * 8 * 3_600_000
    rates = make_frame(settled, {"funding_rate": np.full(40, 0.0001)})
    minutes = close_ms - np.arange(1_500, 0, -1, dtype=np.int64) * 60_000
    figures = make_frame(minutes, {"open_interest": np.linspace(100.0, 200.0, 1_500)})
    bot.strategy.dp.get_funding_rate_timeframe = lambda: "1h"
    bot.strategy.dp.get_pair_dataframe = lambda *_, **__: rates
    assert bot.strategy._derivatives(PERPETUAL) is None  # `consensus` is shown none
    bot.strategy._profile = load_profile("perpetuals-agent")
    funding_alone = bot.strategy._derivatives(PERPETUAL).at(bot.close)
    assert set(funding_alone.facts) == {
        *("funding_rate_frac", "funding_mean_7d_frac", "hours_to_funding"),
    }
    bot.strategy._interest = SimpleNamespace(of=lambda _: figures, refresh=lambda _: None)
    assert len(bot.strategy._derivatives(PERPETUAL).at(bot.close).facts) == 5
    bot.strategy._submit(bot.frame, PERPETUAL)
    (asked,) = bot.strategy._asked()._asked.values()
    assert len(asked.inquiry.snapshot.derivatives.facts) == 5
    bot.has_asked(2)
