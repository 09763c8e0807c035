"""What the made-up panel says: drawn from the facts of real candles, with a little luck."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import numpy as np

from proratio_core.candles import CandleStore
from proratio_core.candles.frame import open_times_ms
from proratio_core.clock import to_ms
from proratio_core.database import Database
from proratio_signals.ledger import Decision, Ledger, Origin
from proratio_signals.opinions import (
    Abstention,
    AbstentionKind,
    Action,
    Answer,
    Ballot,
    Opinion,
    Usage,
)
from proratio_signals.profile import Profile, Voter
from proratio_signals.questions import Question
from proratio_signals.snapshot import Snapshot, Windows
from proratio_signals.vote import tally
from tests.world.scene import LAST_CLOSE, SEED, Scale, key_of, pair_names

__all__ = ["record_votes"]

_HORIZON_CANDLES = 12
_ABSTAINS_FRAC = 0.03
_SKILL = {"chatgpt": 0.16, "claude": 0.24, "gemini": 0.05}
"""How much of the next move each of them happens to know."""

_PRICE_USD = {"chatgpt": (1.0, 5.0), "claude": (2.0, 10.0), "gemini": (0.5, 2.5)}
_LATENCY_S = {"chatgpt": 2.1, "claude": 3.4, "gemini": 1.2}
_BATCH = 400
_SURE = {
    (0, LAST_CLOSE - timedelta(hours=16)),
    (2, LAST_CLOSE - timedelta(hours=16)),
    (1, LAST_CLOSE),
}
"""Pairs and moments at which the panel buys, so that the world ends with something held."""


def record_votes(database: Database, profile: Profile, scale: Scale) -> None:
    """Ask the panel every few hours about every pair."""
    ledger = Ledger(database)
    decisions = list(_decisions(database, profile, scale))
    decisions.sort(key=lambda decision: decision.question.as_of)
    for first in range(0, len(decisions), _BATCH):
        ledger.record(decisions[first : first + _BATCH], profile)


def _decisions(database: Database, profile: Profile, scale: Scale) -> Iterator[Decision]:
    store = CandleStore(database)
    for place, base in enumerate(pair_names(scale)):
        key = key_of(base)
        frame = store.read(key)
        random = np.random.default_rng((SEED, place))
        windows, times = Windows(frame, key), open_times_ms(frame)
        closes = frame["close"].to_numpy()
        for as_of in _moments(scale):
            snapshot = windows.at(as_of)
            mood = random.normal(0, 0.5) + (2.2 if (place, as_of) in _SURE else 0.0)
            yield _decision(snapshot, profile, (_move(times, closes, as_of), mood), random)


def _moments(scale: Scale) -> Iterator[datetime]:
    steps = scale.days * 24 // scale.vote_every_candles
    for step in reversed(range(steps)):
        yield LAST_CLOSE - timedelta(hours=step * scale.vote_every_candles)


def _move(times_ms: np.ndarray, closes: np.ndarray, as_of: datetime) -> float:
    """Return where the price goes within the horizon; 0 where the candles end."""
    at = int(np.searchsorted(times_ms, to_ms(as_of))) - 1
    later = at + _HORIZON_CANDLES
    return float(closes[later] / closes[at] - 1) if later < len(closes) else 0.0


def _decision(
    snapshot: Snapshot, profile: Profile, tide: tuple[float, float], random: np.random.Generator
) -> Decision:
    ballots = [
        Ballot(voter, _answer(voter, snapshot, tide, random), f"{voter.name:0<64}")
        for voter in profile.voters
    ]
    consensus = tally(ballots, threshold=profile.threshold, quorum=profile.quorum)
    took_s = max(ballot.answer.latency_s for ballot in ballots)
    available = snapshot.as_of + timedelta(seconds=2 + took_s)
    return Decision(
        Question(snapshot.key, snapshot.as_of), snapshot, consensus, Origin.LIVE, available
    )


def _answer(
    voter: Voter, snapshot: Snapshot, tide: tuple[float, float], random: np.random.Generator
) -> Answer:
    move, mood = tide
    latency_s = float(random.gamma(6, _LATENCY_S[voter.name] / 6))
    if random.random() < _ABSTAINS_FRAC:
        kind = (AbstentionKind.TIMEOUT, AbstentionKind.RATE_LIMITED)[int(random.integers(2))]
        gone = Abstention(kind, "no answer within 20 s" if kind == "TIMEOUT" else "429: slow down")
        return Answer(gone, voter.model, Usage(None, None), 20.0, 0.0)
    facts = snapshot.facts
    trend = facts["ema_20_over_ema_50_frac"] / 0.01
    skill = _SKILL[voter.name]
    lean = 0.5 * trend + mood + skill * np.sign(move) * 1.6 + random.normal(0, 0.9)
    action = Action.BUY if lean > 0.55 else Action.SELL if lean < -0.75 else Action.HOLD
    confidence = float(np.clip(0.52 + 0.16 * abs(lean) + random.normal(0, 0.06), 0.3, 0.97))
    opinion = Opinion(
        action,
        round(confidence, 2),
        round(float(np.clip(lean * 0.008, -0.05, 0.05)), 4),
        _HORIZON_CANDLES,
        _reasoning(voter, facts, action),
        _factors(facts),
        _risks(facts),
    )
    tokens = int(random.normal(1_900, 40)), int(random.normal(240, 30))
    price = _PRICE_USD[voter.name]
    cost = (tokens[0] * price[0] + tokens[1] * price[1]) / 1e6
    return Answer(opinion, voter.model, Usage(*tokens), round(latency_s, 3), cost)


def _reasoning(voter: Voter, facts: Mapping[str, float], action: Action) -> str:
    gap, rsi = facts["ema_20_over_ema_50_frac"], facts["rsi_14"]
    drawdown, volume = facts["drawdown_window_frac"], facts["volume_24_over_window_ratio"]
    verdict = {
        Action.BUY: "I would take the long side here.",
        Action.SELL: "I would stay out, or leave.",
        Action.HOLD: "Neither side has an edge worth its costs.",
    }[action]
    said = {
        "technical": (
            f"The fast mean stands {gap:+.2%} from the slow one and RSI is {rsi:.0f}, so momentum "
            f"is {'behind' if gap > 0 else 'against'} a long. {verdict}"
        ),
        "risk": (
            f"Price is {drawdown:.1%} below the top of the window and a candle moves "
            f"{facts['atr_14_frac']:.2%} on average, which leaves a stop little room. {verdict}"
        ),
        "sentiment": (
            f"Volume of the last day is {volume:.2f} times the window's and "
            f"{facts['rising_volume_24_frac']:.0%} of it rose with price. {verdict}"
        ),
    }
    return said[voter.role]


def _factors(facts: Mapping[str, float]) -> tuple[str, ...]:
    return (
        f"ADX {facts['adx_14']:.0f}: the trend is {'strong' if facts['adx_14'] > 25 else 'weak'}",
        f"72 h return {facts['return_72_frac']:+.2%}",
    )


def _risks(facts: Mapping[str, float]) -> tuple[str, ...]:
    return (
        f"worst hour of the last two days {facts['worst_candle_48_frac']:.2%}",
        "a reversal within the horizon would meet the stop",
    )
