"""Many runs with one question: which parameters, and would choosing them have helped."""

from proratio_tradehub.research.sweeper import SweepOutcome, SweepRequest, sweep

__all__ = ["SweepOutcome", "SweepRequest", "sweep"]
