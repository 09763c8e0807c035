"""The tables of a track record and what must be known beside them; text only, no colours."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from proratio_signals.scoring import Scorecard, Verdict, VoterScore
from proratio_signals.scoring.drift import Drift, alert_of
from proratio_signals.scoring.figures import Figures
from proratio_signals.scoring.intervals import Estimate
from proratio_signals.scoring.scorecard import Panel
from proratio_signals.scoring.stability import Stability
from proratio_signals.shown_text import shown
from proratio_tradehub.track_record.gate_evidence import evidence_of

__all__ = ["Sheet", "caveats_of", "drift_sheet", "sheets_of", "spelled", "stability_sheet"]

_NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: what it shows, its columns, and its rows as text."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def sheets_of(scorecard: Scorecard, *, trials: int = 1) -> tuple[Sheet, ...]:
    """Return the tables of a record, the headline first; those without rows are left out.

    Parameters
    ----------
    scorecard
        The record.
    trials
        Panels tried in all, where that is more than the ledger knows.
    """
    sheets = chain(
        (_headline(scorecard), _gate(scorecard, trials), _sides(scorecard)),
        (_forecasts(scorecard), _calibration(scorecard)),
        _panels(scorecard),
        (_parts(scorecard), _memorisation(scorecard), stability_sheet(scorecard.stability)),
        (drift_sheet(scorecard.drift), _served(scorecard)),
    )
    return tuple(sheet for sheet in sheets if sheet.rows)


def caveats_of(scorecard: Scorecard) -> tuple[str, ...]:
    """Return what a reader has to know before believing any figure."""
    return tuple(_caveats(scorecard))


def spelled(estimate: Estimate | None, *, scale: float = 100.0, signed: bool = False) -> str:
    """Return a figure with its interval, multiplied by `scale`: '59.6 [57.8, 61.4]'.

    Parameters
    ----------
    estimate
        The figure; None, or one that could not be computed, is a dash.
    scale
        100 for percent, 1 for scores.
    signed
        Whether a plus is written.
    """
    if estimate is None or not math.isfinite(estimate.value):
        return _NOTHING
    digits = 1 if scale > 1 else 3
    form = f"{{:{'+' if signed else ''}.{digits}f}}"
    value = form.format(estimate.value * scale)
    if estimate.low is None or estimate.high is None:
        return f"{value} [n too small]"
    low, high = (form.format(end * scale) for end in (estimate.low, estimate.high))
    return f"{value} [{low}, {high}]"


def _caveats(scorecard: Scorecard) -> Iterator[str]:
    if scorecard.is_simulated:
        yield "SIMULATED: a random generator made these candles; no market ever printed them."
    if scorecard.is_rules:
        yield "These voters are rules over prices; no language model takes part."
    else:
        clean = scorecard.cutoff.clean_from
        since = "never" if clean is None else f"{clean:%Y-%m-%d}"
        yield f"Evidence counts from: {since} ({scorecard.cutoff.reason})."
    for voter in scorecard.voters:
        if voter.is_contaminated:
            yield f"{voter.seat.name} is contaminated: better where it may remember than after."
        left = voter.unresolved
        if left.abstained or left.missing:
            yield (
                f"{voter.seat.name}: {left.abstained} abstentions, {left.missing} opinions without "
                "an outcome because candles are missing."
            )
    yield from filter(None, map(alert_of, scorecard.drift))
    yield (
        "Right means the price moved as called, before fees and cost. Intervals are 95%: of twenty "
        "figures that mean nothing, one lies outside by chance."
    )


def _headline(scorecard: Scorecard) -> Sheet:
    columns = ("Voter", "Calls", "Right, %", "Over a coin", "Over its shuffle", "Over rules")
    rows = [
        (
            voter.seat.name,
            str(voter.after.calls) if voter.after else "0",
            spelled(voter.after.accuracy) if voter.after else _NOTHING,
            *(_excess(voter.after, name) for name in ("random", "shuffled", "rules")),
            str(voter.verdict),
        )
        for voter in scorecard.voters
        if scorecard.questions
    ]
    title = "Evidence" if scorecard.is_rules else "Evidence: after the training cutoff"
    return Sheet(title, (*columns, "Verdict"), tuple(rows))


def _gate(scorecard: Scorecard, trials: int) -> Sheet:
    title = "The gate, against one that lets in as many at random"
    columns = (
        *("Entries", "Questions", "Excess a question, bp", "Stretches", "Sharpe of one"),
        *("Above zero, %", "Panels tried", "Above their luck, %", "Stretches needed"),
    )
    record = scorecard.gate
    if record is None:
        return Sheet(title, columns, ())
    found = evidence_of(record, declared_trials=trials)
    row = (
        str(record.entries),
        str(record.questions),
        spelled(record.mean_excess_frac, scale=10_000, signed=True),
        str(found.stretches),
        _NOTHING if found.sharpe is None else f"{found.sharpe:+.3f}",
        _share(found.probabilistic),
        str(found.trials),
        _share(found.deflated),
        _NOTHING if found.needed is None else f"{math.ceil(found.needed):,}",
    )
    return Sheet(title, columns, (row,))


def _share(probability: float | None) -> str:
    return _NOTHING if probability is None else f"{probability * 100:.1f}"


def _excess(figures: Figures | None, name: str) -> str:
    found = [p.excess for p in figures.placebos if p.name == name] if figures else []
    return spelled(found[0], signed=True) if found else _NOTHING


def _sides(scorecard: Scorecard) -> Sheet:
    rows = [
        (
            voter.seat.name,
            str(voter.before.calls),
            spelled(voter.before.accuracy),
            spelled(voter.after.accuracy) if voter.after else _NOTHING,
            spelled(voter.contamination, signed=True),
            _remembered(voter),
        )
        for voter in scorecard.voters
        if voter.before is not None
    ]
    columns = ("Voter", "Calls before", "Right before, %", "Right after, %", "Before - after")
    return Sheet("No evidence: before the training cutoff", (*columns, "Shows"), tuple(rows))


def _remembered(voter: VoterScore) -> str:
    if voter.contamination is None or voter.contamination.low is None:
        return str(Verdict.TOO_FEW)
    return "contaminated" if voter.is_contaminated else "no memory seen"


def _forecasts(scorecard: Scorecard) -> Sheet:
    rows = [
        (
            voter.seat.name,
            str(figures.opinions),
            spelled(figures.mean_call_return_frac, scale=10_000, signed=True),
            spelled(figures.return_error_frac, scale=10_000),
            spelled(figures.naive_return_error_frac, scale=10_000),
            spelled(figures.brier, scale=1),
            spelled(figures.log_loss, scale=1),
        )
        for voter, figures in _clean(scorecard)
    ]
    columns = ("Voter", "Opinions", "Move per call, bp", "Forecast error, bp", "Of no forecast, bp")
    return Sheet("Forecasts and confidence", (*columns, "Brier", "Log loss"), tuple(rows))


def _calibration(scorecard: Scorecard) -> Sheet:
    rows = [
        (
            voter.seat.name,
            str(found.n),
            spelled(found.raw, scale=1),
            spelled(found.isotonic, scale=1),
            spelled(found.platt, scale=1),
            spelled(found.platt_gain, scale=1, signed=True),
        )
        for voter, figures in _clean(scorecard)
        if (found := figures.calibration) is not None
    ]
    columns = ("Voter", "Calls", "Brier as stated", "Isotonic", "Platt", "Gain by Platt")
    return Sheet("Calibration, learned from the past only", columns, tuple(rows))


def _panels(scorecard: Scorecard) -> Iterator[Sheet]:
    for panel, when in ((scorecard.after, "after"), (scorecard.before, "before")):
        if panel is not None:
            side = "" if scorecard.is_rules else f", {when} the cutoff"
            yield _schemes(panel, side)
            yield _agreement(panel, side)


def _schemes(panel: Panel, side: str) -> Sheet:
    rows = [
        (
            scheme.name,
            " / ".join(f"{weight:.2f}" for weight in scheme.weights),
            str(scheme.accuracy.n),
            spelled(scheme.accuracy),
            spelled(scheme.over_configured, signed=True),
            spelled(scheme.mean_return_frac, scale=10_000, signed=True),
        )
        for scheme in panel.schemes
    ]
    columns = ("Weights", "", "Calls", "Right, %", "Over configured", "Move per call, bp")
    return Sheet(f"Do the weights earn their place{side}", columns, tuple(rows))


def _agreement(panel: Panel, side: str) -> Sheet:
    found = panel.agreement
    effective = _NOTHING if found.effective_voters is None else f"{found.effective_voters:.2f}"
    rows = [
        (
            voter,
            *(
                f"{same * 100:.0f} ({_NOTHING if alike is None else f'{alike:+.2f}'})"
                for same, alike in zip(found.same_frac[row], found.correlation[row], strict=True)
            ),
        )
        for row, voter in enumerate(found.voters)
    ]
    title = (
        f"Same action, % (and correlation){side}: {len(found.voters)} voters are worth {effective} "
        f"independent ones, n = {found.n}"
    )
    return Sheet(title, ("", *found.voters), tuple(rows) if found.n else ())


def _parts(scorecard: Scorecard) -> Sheet:
    judged = list(_clean(scorecard))
    cells = {
        (part.name, voter.seat.name): f"{spelled(part.accuracy)} of {part.accuracy.n}"
        for voter, figures in judged
        for part in (*figures.by_pair, *figures.by_regime)
    }
    voters = tuple(voter.seat.name for voter, _ in judged)
    places = dict.fromkeys(place for place, _ in cells)
    rows = tuple(
        (place, *(cells.get((place, voter), _NOTHING) for voter in voters)) for place in places
    )
    return Sheet("Right by pair and regime, %", ("", *voters), rows)


def _memorisation(scorecard: Scorecard) -> Sheet:
    rows = [
        (
            premium.voter,
            str(premium.before.n),
            spelled(premium.before, signed=True),
            str(premium.after.n),
            spelled(premium.after, signed=True),
        )
        for premium in scorecard.memorisation
    ]
    columns = ("Voter", "Calls before", "Before, points", "Calls after", "After, points")
    return Sheet("Memorisation premium: right open minus right blind", columns, tuple(rows))


def stability_sheet(found: Sequence[Stability]) -> Sheet:
    """Return how steady each voter and the vote are."""
    rows = [
        (
            steady.voter,
            str(steady.flip_frac.n),
            str(steady.answers),
            spelled(steady.flip_frac),
            spelled(steady.call_flip_frac),
        )
        for steady in found
    ]
    columns = ("Voter", "Questions", "Answers", "Another action, %", "A call not given again, %")
    return Sheet("Stability: the same question asked again", columns, tuple(rows))


def drift_sheet(found: Sequence[Drift]) -> Sheet:
    """Return whether each voter answers the frozen probes as it did before."""
    rows = [
        (
            drift.voter,
            str(drift.earlier),
            str(drift.recent),
            _percent(drift.same_before_frac),
            _percent(drift.same_now_frac),
            _NOTHING if drift.confidence_shift is None else f"{drift.confidence_shift:+.3f}",
            _NOTHING if drift.p_value is None else f"{drift.p_value:.4f}",
            str(drift.verdict),
        )
        for drift in found
    ]
    columns = (
        "Voter",
        "Earlier",
        "Last 7 days",
        "Same before, %",
        "Same lately, %",
    )
    title = "Drift: the frozen probes, the last days against those before"
    return Sheet(title, (*columns, "Confidence", "p", "Shows"), tuple(rows))


def _percent(share: float | None) -> str:
    return _NOTHING if share is None else f"{share * 100:.0f}"


def _served(scorecard: Scorecard) -> Sheet:
    rows = [
        (
            one.voter,
            shown(one.model),
            f"{one.first:%Y-%m-%d}",
            f"{one.last:%Y-%m-%d}",
            str(one.answers),
        )
        for one in scorecard.served
    ]
    return Sheet("Models that answered", ("Voter", "Model", "From", "To", "Answers"), tuple(rows))


def _clean(scorecard: Scorecard) -> Iterator[tuple[VoterScore, Figures]]:
    for voter in scorecard.voters:
        if voter.after is not None:
            yield voter, voter.after
