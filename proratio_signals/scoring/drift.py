"""Does a voter answer the frozen probes as it did before; pure.

The last days are compared with the weeks before them, probe by probe, by what was said: action x
confidence. If nothing has changed, the answers to one probe are draws from one distribution,
whenever they were given, so exchanging them between "recent" and "earlier" changes nothing: that is
the test, exact for any model, however often it contradicts itself. The measure of difference is the
energy distance, which is zero only between equal distributions.

Sources: Szekely & Rizzo, "Testing for equal distributions in high dimension", InterStat 5, 2004;
Good, "Permutation, Parametric, and Bootstrap Tests of Hypotheses", 2005, for strata; Phipson &
Smyth, "Permutation p-values should never be zero", Statistical Applications in Genetics and
Molecular Biology 9, 2010.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from proratio_signals.scoring.calls import Floats
from proratio_signals.shown_text import shown

__all__ = [
    "ALARM_P",
    "EARLIER",
    "RECENT",
    "Drift",
    "DriftVerdict",
    "ProbeAnswer",
    "ServedSpan",
    "alert_of",
    "drifts_of",
]

RECENT: Final = timedelta(days=7)
"""What counts as recent, back from the newest answer."""

EARLIER: Final = timedelta(days=60)
"""How far before that the comparison reaches."""

ALARM_P: Final = 0.001
"""Three voters tested every day raise about one false alarm a year at this level."""

_FEWEST: Final = 16
"""Answers on either side, two to each probe, below which nothing is said."""

_SHUFFLES: Final = 4_999
_SEED: Final = 20_190_101


class DriftVerdict(StrEnum):
    """What may be said of a voter's answers to the probes."""

    STEADY = "no change seen"
    CHANGED = "answers have changed"
    TOO_FEW = "too few to say"


class ProbeAnswer(NamedTuple):
    """One opinion on a probe.

    Parameters
    ----------
    voter
        Whose.
    served_model
        What the provider says answered.
    probe
        Hash of what was asked.
    answered_at
        When.
    action
        1, -1 or 0.
    confidence
        0 to 1.
    """

    voter: str
    served_model: str
    probe: str
    answered_at: datetime
    action: int
    confidence: float


@dataclass(frozen=True, slots=True)
class ServedSpan:
    """A model that answered the probes, from when to when."""

    model: str
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Drift:
    """Whether a voter has changed.

    Parameters
    ----------
    voter
        Whose.
    probes, earlier, recent
        How many probes were asked both then and lately, and the answers to them; without such a
        probe, all answers.
    same_before_frac
        Probability that two earlier answers to one probe name the same action; None without pairs.
    same_now_frac
        The same for a recent and an earlier answer; None without both.
    confidence_shift
        Mean confidence, recent minus earlier; None without both.
    p_value
        Probability of so large a difference, or a larger one, when nothing has changed; None when
        there are too few answers.
    served
        Which models answered, the newest last.
    """

    voter: str
    probes: int
    earlier: int
    recent: int
    same_before_frac: float | None
    same_now_frac: float | None
    confidence_shift: float | None
    p_value: float | None
    served: tuple[ServedSpan, ...]

    @property
    def verdict(self) -> DriftVerdict:
        """What the test allows to say."""
        if self.p_value is None:
            return DriftVerdict.TOO_FEW
        return DriftVerdict.CHANGED if self.p_value < ALARM_P else DriftVerdict.STEADY

    @property
    def replaced(self) -> tuple[ServedSpan, ServedSpan] | None:
        """The served model before the newest and the newest, if it took over lately."""
        if len(self.served) < 2:
            return None
        before, newest = self.served[-2:]
        return (before, newest) if newest.last - newest.first <= RECENT else None


def alert_of(drift: Drift) -> str | None:
    """Return one line that warns of a change, for a log or a message; None without one."""
    parts = []
    if drift.replaced is not None:
        before, newest = drift.replaced
        names = f"{shown(newest.model)} answers instead of {shown(before.model)}"
        parts.append(f"{names} since {newest.first:%F}")
    if drift.verdict is DriftVerdict.CHANGED and drift.p_value is not None:
        parts.append(
            f"its answers to the frozen probes have changed (p = {drift.p_value:.4f}, "
            f"{drift.recent} recent against {drift.earlier} earlier)"
        )
    if not parts:
        return None
    return f"{drift.voter}: {'; '.join(parts)}. What it was worth before says little now"


def drifts_of(answers: Iterable[ProbeAnswer], voters: Sequence[str]) -> tuple[Drift, ...]:
    """Return for each of `voters` that answered a probe whether it has changed."""
    by_voter: dict[str, list[ProbeAnswer]] = {}
    for answer in sorted(answers, key=lambda one: one.answered_at):
        by_voter.setdefault(answer.voter, []).append(answer)
    return tuple(_drift(voter, by_voter[voter]) for voter in voters if voter in by_voter)


def _drift(voter: str, answers: Sequence[ProbeAnswer]) -> Drift:
    since = answers[-1].answered_at - RECENT
    recent = [answer for answer in answers if answer.answered_at > since]
    earlier = [answer for answer in answers if since - EARLIER < answer.answered_at <= since]
    shared = {one.probe for one in recent} & {one.probe for one in earlier}
    if shared:  # else the numbers say how much there is on either side
        recent, earlier = (
            [answer for answer in side if answer.probe in shared] for side in (recent, earlier)
        )
    strata = [_Stratum.of(probe, earlier, recent) for probe in sorted(shared)]
    enough = bool(shared) and min(len(recent), len(earlier)) >= _FEWEST
    shift = None
    if shared:
        before, now = ([answer.confidence for answer in side] for side in (earlier, recent))
        shift = float(np.mean(now) - np.mean(before))
    return Drift(
        voter,
        len(shared),
        earlier=len(earlier),
        recent=len(recent),
        same_before_frac=_mean_frac([stratum.same_before for stratum in strata]),
        same_now_frac=_mean_frac([stratum.same_now for stratum in strata]),
        confidence_shift=shift,
        p_value=_p_value(strata) if enough else None,
        served=_served(answers),
    )


@dataclass(frozen=True, eq=False)
class _Stratum:
    """The answers to one probe: actions, action x confidence, and which are recent; shape (n,)."""

    actions: npt.NDArray[np.int64]
    said: Floats
    is_recent: npt.NDArray[np.bool_]

    @classmethod
    def of(
        cls, probe: str, earlier: Sequence[ProbeAnswer], recent: Sequence[ProbeAnswer]
    ) -> _Stratum:
        sides = [[one for one in side if one.probe == probe] for side in (earlier, recent)]
        rows = [(one.action, one.confidence) for side in sides for one in side]
        table = np.array(rows, np.float64)
        is_recent = np.arange(len(rows)) >= len(sides[0])
        return cls(table[:, 0].astype(np.int64), table[:, 0] * table[:, 1], is_recent)

    @property
    def same_before(self) -> float | None:
        counts = np.unique(self.actions[~self.is_recent], return_counts=True)[1]
        n = counts.sum()
        return float((counts * (counts - 1)).sum() / (n * (n - 1))) if n > 1 else None

    @property
    def same_now(self) -> float:
        before, now = self.actions[~self.is_recent], self.actions[self.is_recent]
        return float((before[:, None] == now[None, :]).mean())

    def distances(self, labels: npt.NDArray[np.bool_]) -> Floats:
        """Return the energy distance for each row of `labels`, shape (draws, n), True is recent."""
        apart = np.abs(self.said[:, None] - self.said[None, :])
        now, before = labels.astype(np.float64), (~labels).astype(np.float64)
        n_now, n_before = self.is_recent.sum(), (~self.is_recent).sum()
        cross = ((now @ apart) * before).sum(1) / (n_now * n_before)
        within_now = ((now @ apart) * now).sum(1) / n_now**2
        within_before = ((before @ apart) * before).sum(1) / n_before**2
        distances: Floats = 2 * cross - within_now - within_before
        return distances


def _p_value(strata: Sequence[_Stratum]) -> float:
    """Return how often exchanged answers differ by as much, the observed ones counted in."""
    generator = np.random.default_rng(_SEED)
    drawn, seen = np.zeros(_SHUFFLES), 0.0
    for stratum in strata:
        labels = np.tile(stratum.is_recent, (_SHUFFLES, 1))
        drawn += stratum.distances(generator.permuted(labels, axis=1))
        seen += float(stratum.distances(stratum.is_recent[None, :])[0])
    as_large = int((drawn >= seen - 1e-12).sum())
    return (1 + as_large) / (1 + _SHUFFLES)


def _mean_frac(parts: Iterable[float | None]) -> float | None:
    known = [part for part in parts if part is not None]
    return float(np.mean(known)) if known else None


def _served(answers: Sequence[ProbeAnswer]) -> tuple[ServedSpan, ...]:
    """Return each model that answered, in the order of its first answer."""
    spans: dict[str, ServedSpan] = {}
    for answer in answers:
        first = spans[answer.served_model].first if answer.served_model in spans else None
        spans[answer.served_model] = ServedSpan(
            answer.served_model, first or answer.answered_at, answer.answered_at
        )
    return tuple(sorted(spans.values(), key=lambda span: (span.last, span.first)))
