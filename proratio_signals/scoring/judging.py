"""From the ledger to the track record of a panel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from proratio_core.candles import CandleStore
from proratio_core.clock import from_ms, to_ms
from proratio_core.database import Database
from proratio_core.values import SeriesKey, Timerange
from proratio_signals.models import Models
from proratio_signals.opinions import MAX_HORIZON_CANDLES
from proratio_signals.profile import RULES, Profile
from proratio_signals.scoring.agreement import agreement_of
from proratio_signals.scoring.calls import Calls
from proratio_signals.scoring.contamination import Cutoff, contamination, cutoff_of
from proratio_signals.scoring.figures import figures_of
from proratio_signals.scoring.gate import GateRecord, RivalGate, gate_excess, gate_record
from proratio_signals.scoring.memorisation import memorisation_premium
from proratio_signals.scoring.probe_record import read_drift
from proratio_signals.scoring.reading import (
    read_costs,
    read_facts,
    read_repeats,
    read_served,
    read_statements,
)
from proratio_signals.scoring.scorecard import (
    DayCost,
    Panel,
    Premium,
    Scorecard,
    Seat,
    Served,
    VoterScore,
)
from proratio_signals.scoring.stability import Stability, flip_rates
from proratio_signals.scoring.statements import THE_VOTE, Statements
from proratio_signals.scoring.track import Track, make_track
from proratio_signals.scoring.weights import compare_weights
from proratio_signals.siblings import read_rivals, read_siblings

__all__ = ["Judge"]


class Judge:
    """Reads the ledger and judges panels by it.

    Parameters
    ----------
    database
        Where the ledger and the candles are.
    models
        What is known of the models, their training cutoffs above all.
    until
        The moment the record is computed for; nothing after it is looked at.
    """

    def __init__(self, database: Database, models: Models, *, until: datetime) -> None:
        self._database = database
        self._models = models
        self._until = until

    def scorecard(
        self,
        profile: Profile,
        keys: Sequence[SeriesKey],
        timerange: Timerange = Timerange(),  # noqa: B008  # frozen
    ) -> Scorecard:
        """Return the track record of `profile` on `keys`.

        Parameters
        ----------
        profile
            The panel.
        keys
            The series it was asked about.
        timerange
            Span of candle close times.

        Raises
        ------
        TransientError
            The database is away.
        """
        siblings = read_siblings(self._database, profile)
        said = self._statements(profile, profile.hash, keys, timerange)
        track = self._track(profile, said)
        cutoff = cutoff_of(profile, self._models)
        clean = cutoff.is_clean(track.statements.times_ms)
        return Scorecard(
            profile=profile.name,
            profile_hash=profile.hash,
            is_rules=profile.is_rules,
            pairs=tuple(str(key.pair) for key in keys),
            is_simulated=any(key.is_simulated for key in keys),
            read_for=self._until,
            first=from_ms(int(said.times_ms[0])) if len(said) else None,
            last=from_ms(int(said.times_ms[-1])) if len(said) else None,
            questions=len(said),
            cutoff=cutoff,
            voters=_voters(profile, track, cutoff),
            before=_panel(profile, track, ~clean),
            after=_panel(profile, track, clean),
            memorisation=self._memorisation(profile, track, siblings.twins, timerange),
            stability=self._stability(siblings.repeats, track, timerange),
            served=self._served(profile, keys, timerange),
            drift=read_drift(self._database, profile, until=self._until),
            gate=self._gate(profile, track, cutoff, timerange),
            costs=self._costs(siblings.repeats, keys, timerange),
        )

    def _statements(
        self, profile: Profile, profile_hash: str, keys: Sequence[SeriesKey], timerange: Timerange
    ) -> Statements:
        return read_statements(
            self._database, profile, profile_hash, keys, timerange=timerange, until=self._until
        )

    def _track(self, profile: Profile, said: Statements) -> Track:
        """Return statements with their outcomes, from no more candles than it takes."""
        store = CandleStore(self._database)
        frames = {}
        for key in said.keys:
            span = Timerange()
            if len(said):
                step = timedelta(milliseconds=key.timeframe.ms)
                first, last = (from_ms(int(said.times_ms[end])) for end in (0, -1))
                span = Timerange(first - step, last + step * (MAX_HORIZON_CANDLES + 1))
            frames[key] = store.read(key, span)
        facts = read_facts(self._database, said.snapshots.tolist())
        return make_track(said, frames, facts, profile=profile, until_ms=to_ms(self._until))

    def _memorisation(
        self, profile: Profile, track: Track, twins: Sequence[str], timerange: Timerange
    ) -> tuple[Premium, ...]:
        """Compare with the twin that answered most of the same questions."""
        keys = track.statements.keys
        said = [self._statements(profile, twin, keys, timerange) for twin in twins]
        if not any(len(one) for one in said):
            return ()
        twin = self._track(profile, max(said, key=len))
        asked = (twin, track) if profile.blinding else (track, twin)
        return _premiums(profile, asked, cutoff_of(profile, self._models))

    def _gate(
        self, profile: Profile, track: Track, cutoff: Cutoff, timerange: Timerange
    ) -> GateRecord | None:
        """Judge the entries, and those of every other panel since this one's cutoff."""
        calls = _clean_votes(track, cutoff)
        if not len(calls):
            return None
        rivals = []
        for rival in read_rivals(self._database, profile):
            said = self._statements(rival, rival.hash, track.statements.keys, timerange)
            votes = _clean_votes(self._track(rival, said), cutoff)
            if len(votes):
                rivals.append(RivalGate(rival.name, gate_excess(votes)))
        return gate_record(calls, tuple(rivals))

    def _stability(
        self, repeats: Sequence[str], track: Track, timerange: Timerange
    ) -> tuple[Stability, ...]:
        rows = read_repeats(
            self._database, repeats, track.statements.keys, timerange=timerange, until=self._until
        )
        return flip_rates(rows, reach_ms=track.calls[THE_VOTE].reach_ms)

    def _costs(
        self, hashes: Sequence[str], keys: Sequence[SeriesKey], timerange: Timerange
    ) -> tuple[DayCost, ...]:
        rows = read_costs(self._database, hashes, keys, timerange=timerange, until=self._until)
        return tuple(DayCost(*row) for row in rows)

    def _served(
        self, profile: Profile, keys: Sequence[SeriesKey], timerange: Timerange
    ) -> tuple[Served, ...]:
        rows = read_served(
            self._database, profile.hash, keys, timerange=timerange, until=self._until
        )
        return tuple(Served(*row) for row in rows)


def _clean_votes(track: Track, cutoff: Cutoff) -> Calls:
    votes = track.calls[THE_VOTE]
    return votes.where(cutoff.is_clean(votes.times_ms))


def _voters(profile: Profile, track: Track, cutoff: Cutoff) -> tuple[VoterScore, ...]:
    seats = [
        Seat(v.name, v.provider, v.model, v.role, v.weight, is_rules=v.provider == RULES)
        for v in profile.voters
    ]
    seats.append(Seat(THE_VOTE, "", "", "", None, is_rules=profile.is_rules))
    return tuple(_voter(seat, track, cutoff) for seat in seats)


def _voter(seat: Seat, track: Track, cutoff: Cutoff) -> VoterScore:
    calls = track.calls[seat.name]
    names = tuple(str(key.pair) for key in track.statements.keys)
    clean = cutoff.is_clean(calls.times_ms)
    halves = calls.where(~clean), calls.where(clean)
    before, after = (
        figures_of(half, series_names=names, is_rules=seat.is_rules) if len(half) else None
        for half in halves
    )
    both = before is not None and after is not None
    gap = contamination(*halves) if both else None
    return VoterScore(seat, track.unresolved[seat.name], before, after, gap)


def _panel(profile: Profile, track: Track, side: npt.NDArray[np.bool_]) -> Panel | None:
    if not side.any():
        return None
    said = track.statements.where(side)
    schemes = compare_weights(
        tuple(voter.weight for voter in profile.voters),
        np.nan_to_num(said.action * said.confidence),
        track.returns[side],
        times_ms=said.times_ms,
        resolved_ms=track.resolved_ms[side],
    )
    return Panel(agreement_of(said.voters, said.action, said.confidence), schemes)


def _premiums(profile: Profile, asked: tuple[Track, Track], cutoff: Cutoff) -> tuple[Premium, ...]:
    """Return open minus blind; `asked` holds the record of either, in this order."""
    found = []
    for voter in profile.voters:
        openly, blindly = (track.calls[voter.name] for track in asked)
        clean = cutoff.is_clean(openly.times_ms)
        before, after = (
            memorisation_premium(openly.where(side), blindly) for side in (~clean, clean)
        )
        found.append(Premium(voter.name, before, after))
    return tuple(found)
