"""Freqtrade's own worker in virtual time, on simulated hours: what it is for, what it refuses."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from proratio_core.clock import SystemClock
from proratio_core.errors import DataError
from proratio_tradehub.paper.comparison import Agreement, compare_with_backtest
from proratio_tradehub.paper.outcome import Outcome
from proratio_tradehub.paper.plan import ReplayPlan
from proratio_tradehub.paper.progress import Progress
from proratio_tradehub.paper.session import run_session
from tests.freqtrade_home import FreqtradeHome


def plan_of(home: FreqtradeHome, *, strategy: str = "AIEnhancedTrend") -> ReplayPlan:
    return ReplayPlan(
        strategy,
        home.exchange,
        home.pairs,
        home.timeframe,
        datetime(2024, 2, 5, tzinfo=UTC),
        datetime(2024, 2, 12, tzinfo=UTC),
        step_s=1_200,
        profile="offline",
    )


@pytest.fixture(scope="module")
def home(simulated_home: FreqtradeHome) -> Iterator[FreqtradeHome]:
    """The two simulated months, their candidates judged by the voters of `offline`."""
    patch = pytest.MonkeyPatch()
    patch.setenv("DATABASE_URL", simulated_home.database_url)
    simulated_home.fill_ledger()
    yield simulated_home
    patch.undo()


@pytest.fixture(autouse=True)
def told_where(
    home: FreqtradeHome, clean_environment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let the bot find the database, as the environment tells it."""
    monkeypatch.setenv("DATABASE_URL", home.database_url)


@pytest.fixture(scope="module")
def told() -> list[Progress]:
    return []


@pytest.fixture(scope="module")
def outcome(home: FreqtradeHome, told: list[Progress]) -> Outcome:
    return run_session(plan_of(home), home.settings, home.database, report=told.append)


@pytest.fixture(scope="module")
def agreement(home: FreqtradeHome, outcome: Outcome) -> Agreement:
    return compare_with_backtest(outcome, home.settings, home.database, SystemClock())


def test_entries_and_exits_are_the_backtests(agreement: Agreement) -> None:
    assert agreement.entries_matched == agreement.entries > 0
    assert agreement.exits_matched == agreement.entries_matched
    assert agreement.unexplained == 0


def test_votes_of_rules_are_labelled_as_rules(outcome: Outcome) -> None:
    assert outcome.voters == "offline (RULE-BASED voters)"


def test_every_entry_has_a_vote_that_was_there_by_then(outcome: Outcome) -> None:
    assert all(trade.enter_tag.startswith("offline@") for trade in outcome.trades)
    assert all(trade.opened_at.minute < 20 for trade in outcome.trades)


def test_the_same_session_makes_the_same_trades_to_the_byte(
    home: FreqtradeHome, outcome: Outcome
) -> None:
    again = run_session(plan_of(home), home.settings, home.database)

    assert again.hash == outcome.hash


def test_progress_is_told_hour_by_hour_of_the_virtual_time(
    outcome: Outcome, told: list[Progress]
) -> None:
    moments = [progress.now for progress in told]

    assert moments == sorted(moments)
    assert len({moment.replace(minute=0) for moment in moments}) == 7 * 24 + 1
    assert told[-1].closed + told[-1].open == len(outcome.trades)
    assert told[-1].equity_quote == pytest.approx(10_000 + outcome.profit_quote, abs=5.0)


def test_nothing_of_a_session_is_recorded_among_what_bots_did(
    home: FreqtradeHome, outcome: Outcome
) -> None:
    with home.database.transaction() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM equity_mark), (SELECT count(*) FROM refusal), "
            "(SELECT count(*) FROM halt_event), (SELECT count(*) FROM account_trade)"
        )
        assert cursor.fetchone() == (0, 0, 0, 0)
    assert not (home.settings.state_dir / "risk").exists()


def test_the_time_and_the_log_are_the_machines_again(outcome: Outcome) -> None:
    assert datetime.now(UTC).year > outcome.until.year
    assert logging.getLogger("freqtrade").level != logging.ERROR


def test_ctrl_c_leaves_what_was_traded_until_then(home: FreqtradeHome) -> None:
    def stop(progress: Progress) -> None:
        if progress.now.day == 6:
            raise KeyboardInterrupt

    outcome = run_session(plan_of(home), home.settings, home.database, report=stop)

    assert outcome.interrupted
    assert outcome.until.date().isoformat() == "2024-02-06"


def test_what_is_open_when_ctrl_c_comes_is_worth_its_price_at_that_moment(
    home: FreqtradeHome,
) -> None:
    def stop(progress: Progress) -> None:
        if progress.open:
            raise KeyboardInterrupt

    plan = replace(plan_of(home, strategy="MovingAverageCross"), profile="none")
    outcome = run_session(plan, home.settings, home.database, report=stop)
    agreement = compare_with_backtest(outcome, home.settings, home.database, SystemClock())

    assert outcome.interrupted
    assert {trade.closed_at for trade in outcome.trades} == {outcome.until}
    assert agreement.unexplained == 0


def test_missing_votes_are_counted_and_the_command_is_named(home: FreqtradeHome) -> None:
    plan = plan_of(home, strategy="MovingAverageCross")

    with pytest.raises(DataError, match=r"proratio signals backfill MovingAverageCross"):
        run_session(plan, home.settings, home.database)


def test_missing_candles_name_what_there_is_and_the_command(home: FreqtradeHome) -> None:
    plan = replace(plan_of(home), end=datetime(2024, 6, 1, tzinfo=UTC))

    with pytest.raises(
        DataError, match=r"reach from 2024-01-01 00:00 to 2024-04-02.*data download"
    ):
        run_session(plan, home.settings, home.database)
