"""From paper to real money: a checklist computed from evidence, and the steps it allows."""

from proratio_tradehub.going_live.advance import Standing, advance, retreat, standing_of
from proratio_tradehub.going_live.checklist import Checklist, Line, checklist_of
from proratio_tradehub.going_live.evidence import Evidence
from proratio_tradehub.going_live.evidence_reading import read_evidence

__all__ = [
    "Checklist",
    "Evidence",
    "Line",
    "Standing",
    "advance",
    "checklist_of",
    "read_evidence",
    "retreat",
    "standing_of",
]
