"""What the page Now says, as values; it reads and draws nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from proratio_tradehub.dashboard.look import Tone
from proratio_tradehub.desk import RiskReport
from proratio_tradehub.halts import Standing

__all__ = [
    "Answer",
    "Holding",
    "Incident",
    "LastVote",
    "Light",
    "answer_of",
    "newest_first",
    "used_frac",
]


@dataclass(frozen=True, slots=True)
class Holding:
    """A position.

    Parameters
    ----------
    symbol, side
        What is held, `long` or `short`.
    opened_at
        When it was first filled.
    amount, open_rate
        How much of the base currency, and its mean price.
    price
        The newest candle's close; None where no candle is stored.
    stop_price
        Where its stop stands; None without one.
    leverage
        Notional value over own money.
    """

    symbol: str
    side: str
    opened_at: datetime
    amount: float
    open_rate: float
    price: float | None
    stop_price: float | None
    leverage: float = 1.0

    @property
    def value_quote(self) -> float:
        """What it is worth at the newest price, else at its own."""
        return self.amount * (self.open_rate if self.price is None else self.price)

    @property
    def profit_quote(self) -> float | None:
        """Gain or loss at the newest price, before the fee of leaving."""
        if self.price is None:
            return None
        return self._sign * self.amount * (self.price - self.open_rate)

    @property
    def profit_frac(self) -> float | None:
        """The same, as a fraction of the own money in it."""
        if self.profit_quote is None or not self.open_rate * self.amount:
            return None
        return self.profit_quote * self.leverage / (self.open_rate * self.amount)

    @property
    def stop_distance_frac(self) -> float | None:
        """How far the price may go against it until the stop; negative when it is beyond it."""
        if self.stop_price is None or not self.price:
            return None
        return self._sign * (self.price - self.stop_price) / self.price

    @property
    def _sign(self) -> int:
        return -1 if self.side == "short" else 1


@dataclass(frozen=True, slots=True)
class LastVote:
    """The newest vote on a pair: what it came to, how it was reached, when the candle closed."""

    vote_id: int
    symbol: str
    timeframe: str
    profile: str
    as_of: datetime
    action: int
    score: float
    dissent_frac: float
    degraded: bool


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that went wrong, or an order that was given: when, what kind, in words."""

    at: datetime
    kind: str
    text: str


class Light(StrEnum):
    """How a process is; its word stands beside its colour."""

    RUNNING = "running"
    LIMITED = "limited"
    SILENT = "silent"
    ABSENT = "not started"
    NOTED = "noted"
    """What it left behind is known, not whether it runs."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to "is it well?": a word, why, and how urgent it is."""

    word: str
    why: str
    tone: Tone


def answer_of(
    standing: Standing | None, report: RiskReport | None, *, now: datetime, problem: str = ""
) -> Answer:
    """Return whether it is well, the gravest first.

    Parameters
    ----------
    standing
        Where the orders leave trading; None when nobody knows.
    report
        What the bot of the account reported last; None when it never did.
    now
        The time it is.
    problem
        Why figures are not today's; empty when they are.
    """
    return _grave(standing) or _of_bot(report, now, problem)


def _grave(standing: Standing | None) -> Answer | None:
    """Return what the orders say; None where they hold nothing back."""
    if standing is None:
        return Answer("Not known", "the halts are not known for certain", Tone.BAD)
    if standing.unknown:
        return Answer("Not known", standing.unknown, Tone.BAD)
    if standing.restraints:
        return Answer(standing.mode.value.capitalize(), standing.why, Tone.BAD)
    return None


def _of_bot(report: RiskReport | None, now: datetime, problem: str) -> Answer:
    """Return what the bot's report says."""
    if report is None:
        return Answer("No bot", "no bot has reported for this account", Tone.WARN)
    if not report.is_fresh(now):
        return Answer("Silent", "the bot has not reported for more than 30 s", Tone.BAD)
    if report.held_back:
        return Answer("No entries", report.held_back, Tone.WARN)
    if problem:
        return Answer("Partly known", problem, Tone.WARN)
    near = [line.limit for line in report.headroom if used_frac(line.used, line.allowed) >= 0.7]
    if near:
        return Answer("Near a limit", f"much used of: {', '.join(near)}", Tone.WARN)
    return Answer("Well", _calm(report.positions), Tone.GOOD)


def used_frac(used: float, allowed: float) -> float:
    """Return how much of a limit is used; all of it where nothing is allowed."""
    return used / allowed if allowed > 0 else 1.0


def _calm(positions: Sequence[object]) -> str:
    held = len(positions)
    what = {0: "nothing is held", 1: "one position is held"}.get(held, f"{held} positions are held")
    return f"entries are allowed, {what}, no limit is near"


def newest_first(incidents: Iterable[Incident], most: int) -> tuple[Incident, ...]:
    """Return the last of them."""
    return tuple(sorted(incidents, key=lambda one: one.at, reverse=True)[:most])
