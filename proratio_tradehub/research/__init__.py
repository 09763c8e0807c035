"""Many runs with one question: which parameters, and would choosing them have helped."""

from proratio_tradehub.research.sweeper import SweepOutcome, SweepRequest, sweep
from proratio_tradehub.research.walker import Arm, WalkOutcome, WalkRequest, walk_forward

__all__ = [
    "Arm",
    "SweepOutcome",
    "SweepRequest",
    "WalkOutcome",
    "WalkRequest",
    "sweep",
    "walk_forward",
]
