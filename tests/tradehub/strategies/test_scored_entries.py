"""Kelly inside Freqtrade: what the panel's earlier entries came to sizes those that follow."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
import pytest

from proratio_core.candles import CandleStore
from proratio_core.candles.frame import open_times_ms
from proratio_core.candles.simulation import store_scenario
from proratio_core.clock import FixedClock, from_ms, to_ms
from proratio_core.database import Database
from proratio_core.errors import TransientError
from proratio_core.settings import Settings
from proratio_core.values import Pair, Timeframe, Timerange
from proratio_quantlab.freqtrade_runner import BacktestRunner
from proratio_quantlab.results import BacktestResult
from proratio_signals.ledger import Decision, Ledger, Origin
from proratio_signals.opinions import Action, Answer, Ballot, Opinion, Usage
from proratio_signals.profile import load_profile
from proratio_signals.questions import Question
from proratio_signals.scoring.allowed import AllowedEntries
from proratio_signals.snapshot import Windows
from proratio_signals.vote import tally
from proratio_tradehub.desk import Costs
from proratio_tradehub.risk import ScoredHistory
from proratio_tradehub.risk.sizing import kelly_stake_frac
from proratio_tradehub.strategies.scored_entries import ScoredEntries, scored
from tests.freqtrade_home import FreqtradeHome
from tests.signals.samples import STRICT
from tests.tradehub.strategies.panels import write_profile

HORIZON = 24
HOUR_MS = 3_600_000
ROUND_TRIP_FRAC = 2 * (0.001 + 0.001)  # as the risk desk plans it
COSTS = Costs(0.001, 0.001, spread_frac=0.001)


@dataclass(frozen=True)
class Market:
    """An installation, its candles, and the entries its strategy makes when all are allowed."""

    home: FreqtradeHome
    runner: BacktestRunner
    closes_ms: np.ndarray
    prices: np.ndarray
    ungated: BacktestResult
    windows: Windows

    def run(self, profile: str | None, *, risk: str = "autonomous") -> BacktestResult:
        """Run a wallet that is large against the exchange's steps of amounts."""
        specification = self.home.specification("AIEnhancedTrend", profile=profile)
        rich = replace(specification, starting_balance=100_000.0, risk_profile=risk)
        return self.runner.run(rich)

    @property
    def entered_ms(self) -> list[int]:
        """The closes of the candles after which the ungated strategy entered."""
        return [to_ms(trade.opened_at) for trade in self.ungated.trades]

    def outcome(self, close_ms: int) -> float:
        """Return what an entry at this close came to, after costs."""
        place = int(np.searchsorted(self.closes_ms, close_ms))
        return float(self.prices[place + HORIZON] / self.prices[place] - 1 - ROUND_TRIP_FRAC)

    def buy(self, profile: str, closes_ms: Iterable[int]) -> None:
        """Record that everybody said BUY, with full conviction, to these candles."""
        opinion = Opinion(Action.BUY, 1.0, 0.01, horizon_candles=HORIZON, reasoning="because")
        answer = Answer(opinion, "m-1", Usage(10, 5), latency_s=0.5, cost_usd=0.001)
        write_profile(self.home.user_data, profile)
        loaded = load_profile(profile, self.home.user_data / "profiles")
        said = [Ballot(voter, answer, "prompt-hash") for voter in loaded.voters]
        consensus = tally(said, threshold=0.6, quorum=STRICT)
        decisions = [
            Decision(
                Question(self.home.keys[0], from_ms(close)),
                self.windows.at(from_ms(close)),
                consensus,
                Origin.BACKFILL,
                from_ms(close + 1_000),
            )
            for close in closes_ms
        ]
        Ledger(self.home.database).record(decisions, loaded)

    def resolved(self, *, wins: int, losses: int, after: int = 0) -> list[int]:
        """Return closes whose entries came to this, from before any entry or from `after` on."""
        end = min(self.entered_ms) - HOUR_MS * HORIZON if not after else self.closes_ms[-HORIZON]
        inside = (self.closes_ms >= max(self.closes_ms[250], after)) & (self.closes_ms < end)
        free = [int(close) for close in self.closes_ms[inside] if close not in self.entered_ms]
        won = [close for close in free if self.outcome(close) > 0]
        lost = [close for close in free if self.outcome(close) <= 0]
        assert len(won) >= wins
        assert len(lost) >= losses
        return won[:wins] + lost[:losses]


@pytest.fixture(scope="module")
def built_market(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str
) -> Iterator[Market]:
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
    store = CandleStore(database)
    stored = Timerange.parse("20231201-20240610")
    store_scenario(store, home.pairs, [Timeframe.H1], timerange=stored)
    home.install()
    frame = store.read(home.keys[0], Timerange())
    specification = home.specification("AIEnhancedTrend", profile=None)
    with BacktestRunner(home.user_data, home.database) as runner:
        rich = replace(specification, starting_balance=100_000.0, risk_profile="autonomous")
        yield Market(
            home,
            runner,
            open_times_ms(frame) + HOUR_MS,
            frame["close"].to_numpy(np.float64),
            runner.run(rich),
            Windows(frame, home.keys[0]),
        )
    database.close()


@pytest.fixture
def market(built_market: Market, monkeypatch: pytest.MonkeyPatch) -> Market:
    monkeypatch.setenv("DATABASE_URL", built_market.home.database_url)
    return built_market


def _expected_frac(market: Market, closes: Sequence[int], moment_ms: int) -> float | None:
    """Return the full Kelly stake of what was known then, by hand from the candles."""
    known = [c for c in closes if c + HORIZON * HOUR_MS <= moment_ms]
    return kelly_stake_frac(ScoredHistory.of(np.array([market.outcome(c) for c in known])))


def _small_edge(market: Market) -> list[int]:
    """Return earlier entries whose Kelly cap is the smallest of all caps of `autonomous`."""
    for wins in range(20, 60):
        closes = market.resolved(wins=wins, losses=40)
        frac = _expected_frac(market, closes, market.entered_ms[0])
        if frac is not None and 0.05 < frac < 0.65:
            return closes
    raise AssertionError("no number of wins gives a small edge; change the horizon")


def test_stakes_are_a_quarter_of_the_kelly_stake_of_what_was_known_at_each_entry(
    market: Market,
) -> None:
    closes = [*_small_edge(market), *market.entered_ms]
    market.buy("edge", closes)

    found = market.run("edge").trades

    equity, checked = 100_000.0, 0
    without = {trade.opened_at: trade.stake_quote for trade in market.ungated.trades}
    for trade in found:
        full = _expected_frac(market, closes, to_ms(trade.opened_at))
        assert full is not None
        assert full > 0.0
        if 0.25 * full * equity < 0.9 * without[trade.opened_at]:  # the smallest of the caps
            assert trade.stake_quote == pytest.approx(0.25 * full * equity, rel=5e-3)
            checked += 1
        equity += trade.profit_quote
    assert checked >= 2


def test_history_that_is_too_short_caps_nothing(market: Market) -> None:
    """So do the stakes of the twin, which has none, and of a profile that has no Kelly."""
    market.buy("short", [*market.resolved(wins=0, losses=10), *market.entered_ms])

    gated = market.run("short")

    stakes = [trade.stake_quote for trade in gated.trades]
    assert stakes == [trade.stake_quote for trade in market.ungated.trades]
    assert len(stakes) + 10 < 30


def test_history_without_an_edge_refuses_every_entry(market: Market) -> None:
    market.buy("no-edge", [*market.resolved(wins=0, losses=60), *market.entered_ms])

    gated = market.run("no-edge")

    assert gated.trades == ()
    assert set(gated.refusals) == {"kelly"}
    assert len(market.run("no-edge", risk="proratio").trades) > 0


def test_outcome_that_came_later_than_an_entry_never_changes_its_stake(market: Market) -> None:
    early = _small_edge(market)
    market.buy("then", [*early, *market.entered_ms])
    before = market.run("then").trades
    seen_ms = to_ms(before[2].opened_at)
    later = market.resolved(wins=0, losses=200, after=seen_ms - (HORIZON - 1) * HOUR_MS)
    market.buy("then", later)

    after = market.run("then").trades

    assert after[:3] == before[:3]
    assert after[3:] != before[3:]  # which were after it


def test_costs_of_both_sides_are_taken_off_each_outcome() -> None:
    entries = AllowedEntries(np.array([2, 1]), np.array([0.003, 0.014]))

    history = scored(entries, COSTS).by(2)

    assert (history.wins, history.losses) == (1, 1)
    assert history.mean_win_frac == pytest.approx(0.01)
    assert history.mean_loss_frac == pytest.approx(0.001)


def _in_time(what: Callable[[], bool]) -> bool:
    for _ in range(200):
        if what():
            return True
        time.sleep(0.02)
    return False


def _count(entries: ScoredEntries, moment_ms: int) -> int:
    try:
        return entries.by(moment_ms).count
    except TransientError:
        return -1


def test_trading_the_entries_are_read_in_the_background_and_again_every_ten_minutes(
    market: Market,
) -> None:
    early = market.resolved(wins=1, losses=1)
    market.buy("live", early)
    profile = load_profile("live", market.home.user_data / "profiles")
    clock = FixedClock(datetime(2024, 6, 9, tzinfo=UTC))
    entries = ScoredEntries(market.home.settings, profile, COSTS, clock=clock)
    now_ms = to_ms(clock.now())

    with pytest.raises(TransientError, match="has not been read yet"):
        entries.by(now_ms)
    entries.refresh(market.home.keys)
    assert _in_time(lambda: _count(entries, now_ms) == 2)
    assert entries.by(min(early)).count == 0

    market.buy("live", market.resolved(wins=2, losses=1))
    assert _in_time(lambda: not entries._reading.is_under_way)
    entries.refresh(market.home.keys)  # too soon
    assert not entries._reading.is_under_way
    clock.sleep(601.0)
    entries.refresh(market.home.keys)
    assert _in_time(lambda: _count(entries, now_ms) == 3)
    entries.close()


def test_trading_nothing_is_known_while_the_database_is_away(market: Market) -> None:
    profile = load_profile("offline")
    clock = FixedClock(datetime(2024, 6, 9, tzinfo=UTC))
    away = Settings(
        PRORATIO_USER_DATA=market.home.user_data, DATABASE_URL="postgresql://x@127.0.0.1:1/x"
    )
    entries = ScoredEntries(away, profile, COSTS, clock=clock)

    entries.refresh(market.home.keys)
    assert _in_time(lambda: not entries._reading.is_under_way)
    assert _count(entries, to_ms(clock.now())) == -1

    entries._reading._settings = market.home.settings
    clock.sleep(31.0)  # sooner than after a success
    entries.refresh(market.home.keys)
    assert _in_time(lambda: _count(entries, to_ms(clock.now())) == 0)
    entries.close()
