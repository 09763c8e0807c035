from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_core.values import Timerange
from proratio_signals.ledger import Decision, Ledger, Origin
from proratio_signals.opinions import AbstentionKind, Action, Answer
from proratio_signals.questions import Question
from proratio_signals.records import LedgerVote
from proratio_signals.snapshot import take_snapshot
from proratio_signals.spending import (
    Cost,
    Grouping,
    break_even_edge_frac,
    cost_of_votes_usd,
    costs,
    provider_health,
    run_cost_usd,
)
from proratio_signals.vote import tally
from proratio_signals.wrappers.breaker import COOL_DOWN_S, BreakerState
from tests.signals.samples import (
    BTC,
    HOUR,
    START,
    STRICT,
    ballots,
    candle_frame,
    close_of,
    panel_profile,
    said,
    silent,
)
from tests.signals.test_reservations import Desk, wish
from tests.signals.wrappers.scripted import failed

PROFILE = panel_profile()
OPINION = said(Action.BUY, 0.9)


def record(database: Database, index: int, *answers: Answer) -> LedgerVote:
    """Record a vote on the candle at `index`."""
    frame = candle_frame(320)
    CandleStore(database).write(BTC, frame)
    question = Question(BTC, close_of(index))
    shown = frame[frame["date"] < question.as_of]
    consensus = tally(ballots(*answers), threshold=0.6, quorum=STRICT)
    decision = Decision(
        question,
        take_snapshot(shown, BTC, question.as_of),
        consensus,
        Origin.BACKFILL,
        question.as_of,
    )
    (vote,) = Ledger(database).record((decision,), PROFILE)
    return vote


def test_costs_by_day_and_provider_count_calls_tokens_and_money(database: Database) -> None:
    desk = Desk(database)
    desk.settle(desk.granted(wish("a")), OPINION, 0.02)
    desk.settle(desk.granted(wish("b", provider="gemini")), failed(), 0.0)
    desk.settle(desk.granted(wish("c")), failed(AbstentionKind.SUSPENDED), 0.0)  # never sent
    desk.later(days=1)
    desk.granted(wish("d"))

    assert costs(database, Grouping.DAY, since=START.date()) == (
        Cost("2024-01-01", 2, 1, 10, 5, 0.02, 0.0),
        Cost("2024-01-02", 1, 0, 0, 0, 0.0, 0.10),
    )
    assert costs(database, Grouping.PROVIDER, since=START.date()) == (
        Cost("gemini", 1, 0, 0, 0, 0.0, 0.0),
        Cost("openai", 2, 1, 10, 5, 0.02, 0.10),
    )
    assert len(costs(database, Grouping.DAY, since=date(2024, 1, 2))) == 1


def test_costs_by_pair_are_those_of_the_recorded_votes(database: Database) -> None:
    record(database, 300, OPINION, OPINION, silent())

    (row,) = costs(database, Grouping.PAIR, since=START.date())

    assert row == Cost("BTC/USDT", 3, 2, 20, 10, pytest.approx(0.002), 0.0)
    assert row.call_usd == pytest.approx(0.002 / 3)


def test_a_run_is_charged_the_votes_it_could_read(database: Database) -> None:
    cheap, dear = OPINION, replace(OPINION, cost_usd=0.1)
    record(database, 299, dear, dear, dear)
    record(database, 300, dear, cheap, cheap)
    second = record(database, 300, cheap, cheap, silent())  # a further attempt replaces it
    later = record(database, 301, cheap, cheap, cheap)

    def charged(start: datetime | None, end: datetime | None, newest: int) -> float:
        return run_cost_usd(
            database,
            (BTC,),
            profile_hash=PROFILE.hash,
            timerange=Timerange(start, end),
            newest_vote=newest,
        )

    opened = close_of(300) - HOUR
    assert charged(opened, opened + HOUR, second.id) == pytest.approx(0.002)
    assert charged(opened, None, later.id) == pytest.approx(0.005)
    assert charged(None, None, second.id) == pytest.approx(0.302)
    assert cost_of_votes_usd(database, [second.id, 10**9]) == {second.id: pytest.approx(0.002)}


def test_nothing_recorded_costs_nothing(database: Database) -> None:
    assert costs(database, Grouping.DAY, since=START.date()) == ()
    assert provider_health(database, now=START) == ()
    assert (
        run_cost_usd(database, (BTC,), profile_hash="p", timerange=Timerange(), newest_vote=9)
        == 0.0
    )


@pytest.mark.parametrize(
    ("failures", "age_s", "state"),
    [
        (4, 0, BreakerState.CLOSED),
        (5, 0, BreakerState.OPEN),
        (7, COOL_DOWN_S, BreakerState.HALF_OPEN),
    ],
)
def test_failures_in_a_row_show_what_a_breaker_would_do(
    database: Database, failures: int, age_s: float, state: BreakerState
) -> None:
    desk = Desk(database)
    desk.settle(desk.granted(wish("worked")), OPINION, 0.01)
    for number in range(failures):
        desk.later(seconds=1)
        desk.settle(desk.granted(wish(str(number))), failed(), 0.0)
    last_at = desk.clock.now()

    (health,) = provider_health(database, now=last_at + timedelta(seconds=age_s))

    assert (health.provider, health.state, health.failures) == ("openai", state, failures)
    assert (health.last_outcome, health.last_at) == ("SERVER_ERROR", last_at)


def test_an_answer_ends_a_row_of_failures(database: Database) -> None:
    desk = Desk(database)
    for number in range(9):
        desk.settle(desk.granted(wish(str(number))), failed(), 0.0)
    desk.later(seconds=1)
    desk.settle(desk.granted(wish("worked")), OPINION, 0.01)

    (health,) = provider_health(database, now=desk.clock.now())

    assert (health.failures, health.state) == (0, BreakerState.CLOSED)


def test_the_edge_is_the_cost_over_the_stake() -> None:
    assert break_even_edge_frac(0.02, stake_usd=100) == pytest.approx(0.0002)
