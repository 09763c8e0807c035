"""A track record as plain values, for programs."""

from __future__ import annotations

import math
from dataclasses import asdict
from datetime import date
from typing import Any

from proratio_signals.scoring import Scorecard
from proratio_tradehub.track_record.gate_evidence import evidence_of

__all__ = ["plain", "scorecard_document"]


def scorecard_document(scorecard: Scorecard, *, trials: int = 1) -> dict[str, Any]:
    """Return a track record for JSON: fractions as fractions, what is not known as null."""
    document: dict[str, Any] = plain(asdict(scorecard))
    if scorecard.gate is not None:
        document["gate"] |= asdict(evidence_of(scorecard.gate, declared_trials=trials))
    for voter, entry in zip(scorecard.voters, document["voters"], strict=True):
        entry["verdict"] = str(voter.verdict)
        entry["is_contaminated"] = voter.is_contaminated
    return document


def plain(value: Any) -> Any:
    """Return a value made of what JSON knows; a number that is none becomes null."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
