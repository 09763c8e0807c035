"""What the page Consensus shows, as values. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from proratio_signals.opinions import Action, Ballot, Opinion

__all__ = ["Bench", "Line", "Sheet", "shares_of"]


@dataclass(frozen=True, slots=True)
class Bench:
    """A panel on one series: who was asked about what.

    Parameters
    ----------
    series_id, profile_id
        Their numbers in the database.
    symbol, timeframe, profile
        For people.
    threshold
        The score an action has to exceed.
    newest_id
        Its newest vote.
    """

    series_id: int
    profile_id: int
    symbol: str
    timeframe: str
    profile: str
    threshold: float
    newest_id: int

    @property
    def title(self) -> str:
        """Its name for people."""
        return f"{self.symbol} {self.timeframe} · {self.profile}"


@dataclass(frozen=True, slots=True)
class Line:
    """A vote in a list."""

    vote_id: int
    as_of: datetime
    action: Action
    score: float
    dissent_frac: float
    participation_frac: float
    degraded: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A vote with all that was said.

    Parameters
    ----------
    line
        What it came to.
    available_at
        When it could first be used.
    origin
        `live` or `backfill`.
    ballots
        What each voter answered, in the order of their weights.
    """

    line: Line
    available_at: datetime
    origin: str
    ballots: tuple[Ballot, ...]

    @property
    def took_s(self) -> float:
        """How long after the close of its candle it was there."""
        return (self.available_at - self.line.as_of).total_seconds()

    @property
    def cost_usd(self) -> float | None:
        """What its calls cost; None where no money was asked for."""
        known = [ballot.answer.cost_usd for ballot in self.ballots]
        paid = [cost for cost in known if cost is not None]
        return sum(paid) if paid else None


def shares_of(sheet: Sheet) -> tuple[tuple[Action, str, float], ...]:
    """Return what each voter added to its action's score: weight times confidence, 0 to 1.

    The actions come in their own order, the voters of each as they stand in the sheet; who
    abstained added nothing and is left out.
    """
    said = [
        (ballot.answer.result.action, ballot.voter.name, _share(ballot, ballot.answer.result))
        for ballot in sheet.ballots
        if isinstance(ballot.answer.result, Opinion)
    ]
    return tuple(sorted(said, key=lambda share: -share[0].code))


def _share(ballot: Ballot, opinion: Opinion) -> float:
    return ballot.voter.weight * opinion.confidence
