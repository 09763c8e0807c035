"""What is stored of a perpetual reaches the panels that are shown it, and no other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from proratio_core.candles import CandleStore
from proratio_core.candles.frame import make_frame
from proratio_core.clock import from_ms, to_ms
from proratio_core.database import Database
from proratio_core.derivatives import OpenInterest, OpenInterestStore
from proratio_core.values import Pair, SeriesKey, SeriesKind, Timeframe, Timerange
from proratio_signals.causality import unfounded_votes
from proratio_signals.consult import span_of
from proratio_signals.ledger import Decision, Ledger, Origin
from proratio_signals.opinions import Action
from proratio_signals.profile import load_profile
from proratio_signals.prompts import render
from proratio_signals.questions import Question
from proratio_signals.queue import Inquiry, QuestionQueue
from proratio_signals.snapshot import Snapshot, take_snapshot
from proratio_signals.surroundings import read_derivatives
from proratio_signals.vote import tally
from tests.signals.samples import HOUR, ROLES, START, STRICT, ballots, candle_frame, said

KEY = SeriesKey("binance", Pair.parse("BTC/USDT:USDT"), Timeframe.H1)
AGENT, PLAIN = load_profile("perpetuals-agent"), load_profile("consensus")
NOW = START + 300 * HOUR


@pytest.fixture
def store(database: Database) -> CandleStore:
    store = CandleStore(database)
    store.write(KEY, candle_frame(320))
    settled = to_ms(START) + np.arange(40, dtype=np.int64) * 8 * 3_600_000
    rates = make_frame(settled, {"funding_rate": np.linspace(1e-5, 4e-4, 40)})
    store.write(replace(KEY, kind=SeriesKind.FUNDING), rates)
    minutes = to_ms(NOW) + np.arange(-1_500, 1_500, dtype=np.int64) * 60_000
    figures = [OpenInterest(KEY.pair, int(ms), 80_000.0 + int(ms) % 977) for ms in minutes]
    OpenInterestStore(database).add("binance", figures)
    return store


def snapshot(store: CandleStore, key: SeriesKey = KEY, hours: int = 0) -> Snapshot:
    """Return what the agent's panel would be shown."""
    question = Question(key, NOW + hours * HOUR)
    span = span_of(question, question)
    derivatives = read_derivatives(store, key, AGENT, span)
    return take_snapshot(store.read(key, span), key, question.as_of, derivatives=derivatives)


def test_only_prompts_for_perpetuals_are_shown_them_and_other_hashes_stay(
    store: CandleStore,
) -> None:
    span = Timerange(NOW, None)
    assert read_derivatives(store, KEY, PLAIN, span) is None
    spot = replace(KEY, pair=Pair.parse("BTC/USDT"))
    assert read_derivatives(store, spot, AGENT, span) is None
    shown = snapshot(store)
    plain = take_snapshot(candle_frame(320), KEY, NOW)
    assert shown.hash != plain.hash
    assert replace(shown, derivatives=None).hash == plain.hash
    assert len(shown.facts) == len(plain.facts) + 5


@pytest.mark.parametrize("role", ROLES)
def test_the_prompt_names_every_figure_and_says_when_there_is_none(
    store: CandleStore, role: str
) -> None:
    shown = snapshot(store)
    assert shown.derivatives is not None
    prompt = render(role, "v2", shown).user
    for name, value in shown.derivatives.facts.items():
        digits = np.format_float_positional(value, trim="-")
        assert f": {digits}\n" in prompt, name
    without = render(role, "v2", replace(shown, derivatives=None)).user
    assert "nothing is known about funding and open interest" in without
    assert "funding at the last settlement" not in without


def test_it_travels_with_the_question(database: Database, store: CandleStore) -> None:
    queue, shown = QuestionQueue(database, AGENT), snapshot(store)
    queue.submit(Inquiry(shown, NOW + HOUR))
    (claim,) = queue.claim(7, limit=9, now=NOW)
    assert claim.snapshot() == shown
    assert claim.snapshot().derivatives == shown.derivatives


def record(database: Database, *snapshots: Snapshot, as_of: int) -> None:
    """Keep votes of the agent's panel that claim to judge `as_of`, ms."""
    consensus = tally(ballots(*[said(Action.SELL, 0.9)] * 3), threshold=0.6, quorum=STRICT)
    moment = from_ms(as_of)
    decisions = [
        Decision(Question(KEY, moment), one, consensus, Origin.BACKFILL, moment)
        for one in snapshots
    ]
    Ledger(database).record(decisions, AGENT)


def found(database: Database, store: CandleStore) -> int:
    return len(unfounded_votes(Ledger(database), store, KEY, profile_hash=AGENT.hash))


def test_a_vote_that_was_shown_what_was_known_is_founded(
    database: Database, store: CandleStore
) -> None:
    record(database, snapshot(store), as_of=to_ms(NOW))
    assert found(database, store) == 0


@pytest.mark.parametrize("hours", [1, 9])
def test_a_vote_that_was_shown_open_interest_or_funding_of_later_is_caught(
    database: Database, store: CandleStore, hours: int
) -> None:
    honest, later = snapshot(store), snapshot(store, hours=hours)
    record(database, replace(honest, derivatives=later.derivatives), as_of=to_ms(NOW))
    assert found(database, store) == 1


def test_a_figure_that_nobody_stored_is_caught(database: Database, store: CandleStore) -> None:
    honest = snapshot(store)
    assert honest.derivatives is not None
    invented = replace(honest.derivatives, open_interest_base=1.0)
    record(database, replace(honest, derivatives=invented), as_of=to_ms(NOW))
    assert found(database, store) == 1


def test_candles_alone_are_founded_for_this_panel_too(
    database: Database, store: CandleStore
) -> None:
    record(database, replace(snapshot(store), derivatives=None), as_of=to_ms(NOW))
    assert found(database, store) == 0
