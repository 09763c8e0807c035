"""The track record of a panel as values: every voter and the vote, before and after the cutoff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from proratio_signals.scoring.agreement import Agreement
from proratio_signals.scoring.contamination import Cutoff
from proratio_signals.scoring.drift import Drift
from proratio_signals.scoring.figures import Figures
from proratio_signals.scoring.gate import GateRecord
from proratio_signals.scoring.intervals import Estimate
from proratio_signals.scoring.stability import Stability
from proratio_signals.scoring.track import Unresolved
from proratio_signals.scoring.verdict import Verdict, shown_by_memory
from proratio_signals.scoring.weights import Scheme

__all__ = ["DayCost", "Panel", "Premium", "Scorecard", "Seat", "Served", "VoterScore"]


@dataclass(frozen=True, slots=True)
class Seat:
    """Who is judged; the panel's own vote has no provider, model, role and weight."""

    name: str
    provider: str
    model: str
    role: str
    weight: float | None
    is_rules: bool


@dataclass(frozen=True, slots=True)
class VoterScore:
    """One voter's record.

    Parameters
    ----------
    seat
        Whose.
    unresolved
        What is not in it.
    before, after
        Figures on either side of the cutoff; None without a resolved opinion there. Only `after`
        is evidence.
    contamination
        Accuracy before minus after; None unless there is both.
    """

    seat: Seat
    unresolved: Unresolved
    before: Figures | None
    after: Figures | None
    contamination: Estimate | None

    @property
    def is_contaminated(self) -> bool:
        """Whether the voter is provably better where it may remember."""
        return shown_by_memory(self.contamination)

    @property
    def verdict(self) -> Verdict:
        """The headline: from after the cutoff, and from nothing else."""
        return self.after.verdict if self.after is not None else Verdict.TOO_FEW


@dataclass(frozen=True, slots=True)
class Panel:
    """How the voters work together on one side of the cutoff."""

    agreement: Agreement
    schemes: tuple[Scheme, ...]


@dataclass(frozen=True, slots=True)
class Premium:
    """One voter's accuracy open minus blind, on either side of the cutoff."""

    voter: str
    before: Estimate
    after: Estimate


@dataclass(frozen=True, slots=True)
class Served:
    """A model that answered for a voter: first and last judged candle, and how often."""

    voter: str
    model: str
    first: datetime
    last: datetime
    answers: int


@dataclass(frozen=True, slots=True)
class DayCost:
    """What one voter's answers about one day's candles cost."""

    day: date
    voter: str
    usd: float
    calls: int


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A panel's track record.

    Parameters
    ----------
    profile, profile_hash, is_rules
        Whose record.
    pairs, is_simulated
        On which series, and whether no market ever printed them.
    read_for
        The moment it was computed for.
    first, last
        Close times of the first and last judged candle; None without a question.
    questions
        How many were answered.
    cutoff
        Where the record is split.
    voters
        Each voter in the order of the profile, then the vote itself.
    before, after
        The panel as a whole on either side; None without resolved questions there.
    memorisation
        Open against blind; empty unless both were asked.
    stability
        Flip rates; empty unless something was asked more than once.
    served
        Which models answered; more than one for a voter means the provider changed it.
    drift
        Whether voters answer the frozen probes as before; empty unless they were asked.
    gate
        What entries were worth after the cutoff; None without a resolved question there.
    costs
        What was paid, by the day of the judged candle and by voter.
    """

    profile: str
    profile_hash: str
    is_rules: bool
    pairs: tuple[str, ...]
    is_simulated: bool
    read_for: datetime
    first: datetime | None
    last: datetime | None
    questions: int
    cutoff: Cutoff
    voters: tuple[VoterScore, ...]
    before: Panel | None
    after: Panel | None
    memorisation: tuple[Premium, ...]
    stability: tuple[Stability, ...]
    served: tuple[Served, ...]
    drift: tuple[Drift, ...]
    gate: GateRecord | None
    costs: tuple[DayCost, ...]
