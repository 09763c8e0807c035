"""The gate inside Freqtrade: real SDKs, a real ledger, the real engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from proratio_core.candles import CandleStore
from proratio_core.candles.simulation import store_scenario
from proratio_core.clock import from_ms
from proratio_core.database import Database
from proratio_core.values import Pair, Timeframe, Timerange
from proratio_quantlab.freqtrade_runner import BacktestRunner
from proratio_quantlab.results import Trade
from proratio_signals.consult import span_of
from proratio_signals.ledger import Decision, Ledger, Origin
from proratio_signals.opinions import Abstention, AbstentionKind, Action
from proratio_signals.profile import load_profile
from proratio_signals.questions import Question
from proratio_signals.repeats import repeat_of
from proratio_signals.snapshot import take_snapshot
from proratio_signals.vote import tally
from proratio_tradehub.strategies.gate import judged_close_ms
from tests.freqtrade_home import FreqtradeHome
from tests.signals.samples import STRICT, ballots, said
from tests.tradehub.strategies.panels import write_profile
from tests.wire.fake_providers import FakeProviders, opinion_text

_BROKEN = """
from proratio_tradehub.strategies import ConsensusStrategy
from proratio_tradehub.strategies.rules import TrendRule


class Broken(ConsensusStrategy):
    rule = TrendRule()
    timeframe = "1h"
    stoploss = -0.05
    minimal_roi = {"0": 0.1}

    def METHOD(self, *_, **__):
        raise OSError("the part that decides is away")
"""


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeProviders]:
    with FakeProviders() as fake:
        yield fake


@pytest.fixture(scope="module")
def built_home(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str, fake: FakeProviders
) -> Iterator[FreqtradeHome]:
    database = Database(module_database_url)
    home = FreqtradeHome(
        tmp_path_factory.mktemp("home") / "user_data",
        module_database_url,
        database,
        "simulated",
        (Pair.parse("BTC/USDT"),),
        Timeframe.H1,
        Timerange.parse("20240201-20240601"),
    )
    store_scenario(
        CandleStore(database),
        home.pairs,
        [Timeframe.H1],
        timerange=Timerange.parse("20240101-20240601"),
    )
    home.install()
    fake.settings(home.user_data)  # registers the models that fail
    yield home
    database.close()


@pytest.fixture
def home(
    built_home: FreqtradeHome, fake: FakeProviders, monkeypatch: pytest.MonkeyPatch
) -> FreqtradeHome:
    monkeypatch.setenv("DATABASE_URL", built_home.database_url)
    for name, value in fake.environment().items():
        monkeypatch.setenv(name, value)
    return built_home


def entries(home: FreqtradeHome, profile: str | None) -> set[str]:
    """Return the opening times of a backtest in the real engine."""
    with BacktestRunner(home.user_data, home.database) as runner:
        trades = runner.run(home.specification("AIEnhancedTrend", profile=profile)).trades
    return {trade.opened_at.isoformat() for trade in trades}


def trades_of(home: FreqtradeHome, profile: str) -> list[Trade]:
    """Return the trades of a wallet that is large against the exchange's steps of amounts."""
    specification = home.specification("AIEnhancedTrend", profile=profile)
    rich = replace(specification, starting_balance=1_000_000.0)
    with BacktestRunner(home.user_data, home.database) as runner:
        return list(runner.run(rich).trades)


def take_back(home: FreqtradeHome, name: str, close: datetime) -> None:
    """Record that the panel, asked about this candle again, did not say BUY."""
    profile, store = load_profile(name, home.user_data / "profiles"), CandleStore(home.database)
    question = Question(home.keys[0], close)
    snapshot = take_snapshot(
        store.read(question.key, span_of(question, question)), question.key, close
    )
    consensus = tally(ballots(*[said(Action.HOLD, 0.9)] * 3), threshold=0.6, quorum=STRICT)
    decision = Decision(question, snapshot, consensus, Origin.BACKFILL, close)
    Ledger(home.database).record([decision], repeat_of(profile, 1))


def test_all_three_agreeing_lets_every_candidate_in(home: FreqtradeHome) -> None:
    write_profile(home.user_data, "agree")
    report = home.fill_ledger(profile="agree")
    assert report.asked > 5
    assert report.degraded == 0
    assert entries(home, "agree") == entries(home, None)


def test_stake_follows_what_repeats_had_shown_when_the_candle_closed(home: FreqtradeHome) -> None:
    write_profile(home.user_data, "steady", deadline_s=6.0)  # no repeat of "agree"
    file = home.user_data / "profiles" / "steady.toml"
    file.write_text("stability = { assumed_questions = 1 }\n" + file.read_text())
    home.fill_ledger(profile="steady")
    full, before = trades_of(home, "agree"), trades_of(home, "steady")
    assert len(full) == len(before) > 4
    take_back(home, "steady", from_ms(judged_close_ms(full[1].enter_tag)))

    after = trades_of(home, "steady")

    halves = [trade.stake_quote / 2 for trade in full]
    assert [trade.stake_quote for trade in before] == pytest.approx(halves, rel=0.01)
    # with one assumed question the rate is then (0.25 + 0.5) / 1.5, at which nothing is staked
    assert after == before[:2]


def test_one_silent_voter_holds_degraded_and_within_the_deadline(home: FreqtradeHome) -> None:
    write_profile(home.user_data, "slow", deadline_s=1.0, gemini="fault-silent")
    report = home.fill_ledger(profile="slow")
    assert report.asked == report.degraded > 5
    profile = load_profile("slow", home.user_data / "profiles")
    ledger = Ledger(home.database)
    for vote in ledger.votes(home.keys[0], profile.hash):
        assert vote.degraded
        assert vote.action is Action.HOLD
        assert vote.available_at - vote.question.as_of < timedelta(seconds=2.0)
        silent = next(b for b in ledger.ballots(vote.id) if b.voter.name == "gemini")
        assert isinstance(silent.answer.result, Abstention)
        assert silent.answer.result.kind in {AbstentionKind.TIMEOUT, AbstentionKind.SUSPENDED}
    assert entries(home, "slow") == set()


def test_agreement_without_conviction_lets_nothing_in(
    home: FreqtradeHome, fake: FakeProviders
) -> None:
    write_profile(home.user_data, "unsure", deadline_s=4.0)
    fake.answer = opinion_text(confidence=0.60)
    try:
        home.fill_ledger(profile="unsure")
    finally:
        fake.answer = opinion_text()
    assert entries(home, "unsure") == set()


def test_profile_nobody_asked_yet_lets_nothing_in(home: FreqtradeHome) -> None:
    write_profile(home.user_data, "unasked", deadline_s=3.0)
    assert entries(home, "unasked") == set()


@pytest.mark.parametrize("method", ["confirm_trade_entry", "custom_stake_amount", "bot_start"])
def test_raising_risk_or_signal_call_means_no_entry_on_the_command_line(
    home: FreqtradeHome, method: str
) -> None:
    write_profile(home.user_data, "agree")
    home.fill_ledger(profile="agree")
    file = home.user_data / "strategies" / "Broken.py"
    file.write_text(_BROKEN.replace("METHOD", method))
    gate = home.user_data / "agree.json"
    gate.write_text('{"proratio": {"profile": "agree"}}')
    ran = home.freqtrade(
        *("backtesting", "--strategy", "Broken", "--config", str(gate), "--export", "none")
    )
    assert ran.returncode == 0, ran.stderr
    assert "raised; refused" in ran.stderr
    assert "No trades made" in ran.stdout


def test_ledger_out_of_reach_means_no_entry_on_the_command_line(
    home: FreqtradeHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = home.user_data / "agree.json"
    gate.write_text('{"proratio": {"profile": "agree"}}')
    write_profile(home.user_data, "agree")
    home.fill_ledger(profile="agree")
    ran = home.freqtrade(
        *("backtesting", "--strategy", "AIEnhancedTrend", "--config", str(gate)),
        *("--export", "none"),
        database_url="postgresql://nobody@127.0.0.1:1/nothing",
    )
    assert ran.returncode == 0, ran.stderr
    assert "PostgreSQL cannot be reached" in ran.stderr
    assert "No trades made" in ran.stdout
