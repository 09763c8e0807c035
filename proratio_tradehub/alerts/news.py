"""What there is to tell a person: frozen values, each marked with whose money it is about. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from proratio_signals.opinions import Ballot, Opinion
from proratio_tradehub.alerts.period_news import DailySummary, Figures, WeeklyReport
from proratio_tradehub.alerts.urgency import Urgency
from proratio_tradehub.halts.events import Action, HaltEvent, standing_of
from proratio_tradehub.marks import Mark

__all__ = [
    "DailySummary",
    "DegradedVotes",
    "DriftAlarm",
    "Entered",
    "Exited",
    "Failure",
    "Figures",
    "Forecast",
    "Incidents",
    "ManyTrades",
    "News",
    "Orders",
    "Refusals",
    "Silence",
    "Undelivered",
    "Urgency",
    "Voice",
    "WeeklyReport",
]


@dataclass(frozen=True, slots=True)
class Voice:
    """One voter in a message.

    Parameters
    ----------
    voter
        Its name.
    said
        The action, or the kind of abstention.
    confidence_frac
        0 to 1; None when it abstained.
    because
        Its reasoning, or the detail of the abstention. Foreign text.
    """

    voter: str
    said: str
    confidence_frac: float | None
    because: str

    @classmethod
    def of(cls, ballot: Ballot) -> Voice:
        """Return what a ballot says."""
        result = ballot.answer.result
        if isinstance(result, Opinion):
            return cls(ballot.voter.name, result.action, result.confidence, result.reasoning)
        return cls(ballot.voter.name, result.kind, None, result.detail)


@dataclass(frozen=True, slots=True)
class Forecast:
    """A price move as a fraction, and the number of candles it takes."""

    return_frac: float
    horizon_candles: int


@dataclass(frozen=True, slots=True)
class Entered:
    """A position was opened.

    Parameters
    ----------
    mark, at
        Whose money, and when (UTC).
    pair, side, strategy
        What was opened, `long` or `short`, and by which strategy.
    price, stop_price
        In quote currency; no stop is None.
    stake_quote, quote
        How much was put in, and in what currency.
    score, threshold
        Of the vote; None where nobody votes.
    voices
        What each voter said, in the order of the profile.
    forecast
        What the voters expect; None when they do not say.
    """

    mark: Mark
    at: datetime
    pair: str
    side: str
    strategy: str
    price: float
    stop_price: float | None
    stake_quote: float
    quote: str
    score: float | None = None
    threshold: float | None = None
    voices: tuple[Voice, ...] = ()
    forecast: Forecast | None = None

    urgency = Urgency.INFORMATION


@dataclass(frozen=True, slots=True)
class Exited:
    """A position was closed.

    Parameters
    ----------
    mark, at, pair, side, strategy, quote
        As of the entry.
    reason
        Freqtrade's reason for the exit.
    price
        In quote currency.
    profit_quote, profit_frac
        After fees; the fraction is of the stake.
    moved_frac, held
        How far the price moved, as the forecast counts it, and after how long.
    held_candles
        The same time in candles, as the forecast counts it; None where nobody voted.
    forecast
        What had been expected; None when nobody had said.
    """

    mark: Mark
    at: datetime
    pair: str
    side: str
    strategy: str
    quote: str
    reason: str
    price: float
    profit_quote: float
    profit_frac: float
    moved_frac: float
    held: timedelta
    held_candles: int | None = None
    forecast: Forecast | None = None

    urgency = Urgency.INFORMATION


@dataclass(frozen=True, slots=True)
class ManyTrades:
    """Positions of one account that were opened and closed while nothing could be told.

    Parameters
    ----------
    mark, since, at, account
        Whose; the first and the last of them (UTC).
    opened, closed, won
        How many, and how many of those closed gained after fees.
    profit_quote, quote
        Of what was closed, after fees.
    """

    mark: Mark
    since: datetime
    at: datetime
    account: str
    opened: int
    closed: int
    won: int
    profit_quote: float
    quote: str

    urgency = Urgency.INFORMATION


@dataclass(frozen=True, slots=True)
class Orders:
    """Orders about entries: halts and what lifts them, the newest last; at least one."""

    mark: Mark
    events: tuple[HaltEvent, ...]

    @property
    def at(self) -> datetime:
        """When the newest was given."""
        return self.events[-1].at

    @property
    def gravest(self) -> Action:
        """What a person has to know first: a liquidation, else the strictest that still holds."""
        actions = [event.action for event in self.events]
        restraints = standing_of(self.events).restraints
        if Action.LIQUIDATE in actions:
            return Action.LIQUIDATE
        return restraints[0].action if restraints else actions[-1]

    @property
    def urgency(self) -> Urgency:
        """Critical, unless trading goes on."""
        return Urgency.WARNING if self.gravest is Action.RESUME else Urgency.CRITICAL


@dataclass(frozen=True, slots=True)
class DegradedVotes:
    """Live votes in which a voter abstained, and why, together.

    Parameters
    ----------
    mark, since, at
        Whose; the first and the last of them (UTC).
    votes, without_entry
        How many, and how many of them came to no action.
    absences
        Voter, kind of abstention, and how often, the most frequent first.
    example
        The latest detail a provider gave. Foreign text.
    """

    mark: Mark
    since: datetime
    at: datetime
    votes: int
    without_entry: int
    absences: tuple[tuple[str, str, int], ...]
    example: str = ""

    urgency = Urgency.WARNING


@dataclass(frozen=True, slots=True)
class Refusals:
    """Entries of one account that the risk rules refused: the rule and how many, most first."""

    mark: Mark
    since: datetime
    at: datetime
    account: str
    by_rule: tuple[tuple[str, int], ...]
    example: str = ""

    urgency = Urgency.INFORMATION


@dataclass(frozen=True, slots=True)
class Incidents:
    """What went wrong in the trading of one account; the newest, foreign text, a line each."""

    mark: Mark
    since: datetime
    at: datetime
    account: str
    count: int
    newest: tuple[str, ...]

    urgency = Urgency.WARNING


@dataclass(frozen=True, slots=True)
class Silence:
    """A bot that reported no more, or reports again.

    Parameters
    ----------
    mark, at, account
        Whose; when it was noticed (UTC).
    heard_at
        When it reported last.
    positions
        How many positions it held then.
    is_over
        Whether it reports again.
    """

    mark: Mark
    at: datetime
    account: str
    heard_at: datetime
    positions: int
    is_over: bool = False

    @property
    def urgency(self) -> Urgency:
        """Critical while nobody watches over a position."""
        if self.is_over:
            return Urgency.INFORMATION
        return Urgency.CRITICAL if self.positions else Urgency.WARNING


@dataclass(frozen=True, slots=True)
class DriftAlarm:
    """A voter no longer answers as it did; `alarm` is what `scoring.drift.alert_of` returns."""

    mark: Mark
    at: datetime
    voter: str
    alarm: str

    urgency = Urgency.WARNING


@dataclass(frozen=True, slots=True)
class Failure:
    """Something of the program's own went wrong; `what` is foreign text, `remedy` is ours."""

    mark: Mark
    at: datetime
    where: str
    what: str
    remedy: str = ""

    urgency = Urgency.WARNING


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Messages that gave way or could not be sent while nothing went through."""

    mark: Mark
    at: datetime
    count: int

    urgency = Urgency.WARNING


News = (
    Entered
    | Exited
    | ManyTrades
    | Orders
    | DegradedVotes
    | Refusals
    | Incidents
    | Silence
    | DriftAlarm
    | Failure
    | Undelivered
    | DailySummary
    | WeeklyReport
)
