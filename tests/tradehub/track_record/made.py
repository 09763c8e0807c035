"""A whole track record made by hand: one skilled voter, one that remembers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np

from proratio_signals.scoring import Scorecard, VoterScore
from proratio_signals.scoring.agreement import agreement_of
from proratio_signals.scoring.calls import Calls
from proratio_signals.scoring.contamination import Cutoff, contamination
from proratio_signals.scoring.drift import Drift, ServedSpan
from proratio_signals.scoring.figures import figures_of
from proratio_signals.scoring.gate import GateRecord, RivalGate
from proratio_signals.scoring.intervals import Estimate
from proratio_signals.scoring.scorecard import DayCost, Panel, Premium, Seat, Served
from proratio_signals.scoring.stability import flip_rates
from proratio_signals.scoring.statements import THE_VOTE
from proratio_signals.scoring.track import Unresolved
from proratio_signals.scoring.weights import compare_weights
from tests.signals.scoring.made import HOUR_MS, make_calls

MOMENT = datetime(2025, 1, 1, tzinfo=UTC)
COUNT = 600


def drawn(right: float, seed: int) -> Calls:
    """Return calls that are right that often."""
    generator = np.random.default_rng(seed)
    moved = generator.normal(0, 0.01, COUNT)
    hit = generator.random(COUNT) < right
    return make_calls(
        np.sign(moved) * np.where(hit, 1, -1),
        moved,
        confidence=generator.uniform(0.5, 0.9, COUNT),
        expected_return_frac=np.full(COUNT, 0.01),
        rules_action=generator.choice([-1, 0, 1], COUNT),
    )


@cache
def voter(name: str, before: float, after: float) -> VoterScore:
    """Return the record of a voter that is right that often before and after the cutoff."""
    halves = drawn(before, 1), drawn(after, 2)
    first, second = (figures_of(h, series_names=("BTC/USDT",), is_rules=False) for h in halves)
    seat = Seat(name, "p", "m", "risk", 0.5, is_rules=False)
    return VoterScore(seat, Unresolved(0, 3, 0), first, second, contamination(*halves))


@cache
def panel() -> Panel:
    """Return how two voters work together."""
    calls = [drawn(0.65, 3), drawn(0.5, 3)]
    action = np.column_stack([one.action for one in calls])
    schemes = compare_weights(
        (0.6, 0.4),
        action * 0.7,
        calls[0].return_frac,
        times_ms=calls[0].times_ms,
        resolved_ms=calls[0].resolved_ms,
    )
    return Panel(
        agreement_of(("skilled", "remembering"), action, np.full(action.shape, 0.7)), schemes
    )


def scorecard(**changes: object) -> Scorecard:
    """Return a complete record, changed as told."""
    voters = (
        voter("skilled", 0.5, 0.65),
        voter("remembering", 0.9, 0.5),
        voter(THE_VOTE, 0.6, 0.6),
    )
    assert voters[0].contamination is not None
    premium = Premium("remembering", voters[1].contamination, voters[0].contamination)
    rows = [(hour * HOUR_MS, "skilled", 1, hour % 2, 1 - hour % 2) for hour in range(50)]
    whole = Scorecard(
        profile="made",
        profile_hash="ab" * 32,
        is_rules=False,
        pairs=("BTC/USDT",),
        is_simulated=False,
        read_for=MOMENT,
        first=MOMENT,
        last=MOMENT,
        questions=1_200,
        cutoff=Cutoff(MOMENT, "the latest training cutoff is that of m<1>"),
        voters=voters,
        before=panel(),
        after=panel(),
        memorisation=(premium,),
        stability=flip_rates(rows, reach_ms=HOUR_MS),
        served=(Served("skilled", "m-1", MOMENT, MOMENT, 1_200),),
        drift=(drifted(),),
        gate=gate(),
        costs=tuple(
            DayCost(MOMENT.date() + timedelta(days=day), name, 0.01 * (day % 3 + 1), 4)
            for day in range(10)
            for name in ("skilled", "remembering")
        ),
    )
    return replace(whole, **changes)


def drifted() -> Drift:
    """Return what the probes say of a voter that was replaced."""
    before, now = (
        ServedSpan(model, MOMENT - timedelta(days=first), MOMENT - timedelta(days=last))
        for model, first, last in (("m-1", 60, 8), ("m-2", 6, 0))
    )
    return Drift("skilled", 8, 64, 56, 0.9, 0.4, -0.12, 0.0002, (before, now))


def gate(*, rivals: int = 2, mean: float = 0.001) -> GateRecord:
    """Return a gate whose excess is 0.001 a stretch, give or take 0.01, and worthless rivals."""
    waves = [
        tuple((mean * (not phase) + 0.01 * np.sin(np.arange(400) * 2.4 + phase)).tolist())
        for phase in range(rivals + 1)
    ]
    others = tuple(RivalGate(f"rival-{n}", wave) for n, wave in enumerate(waves[1:], start=1))
    return GateRecord(4_000, 900, Estimate(0.001, 0.0002, 0.0018, 4_000), waves[0], others)


def empty() -> Scorecard:
    """Return the record of a panel that was never asked."""
    none = tuple(
        replace(v, before=None, after=None, contamination=None) for v in scorecard().voters
    )
    return scorecard(
        questions=0,
        first=None,
        last=None,
        voters=none,
        before=None,
        after=None,
        memorisation=(),
        stability=(),
        served=(),
        drift=(),
        gate=None,
        costs=(),
    )
