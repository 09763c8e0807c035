"""What the limits make of crashes that happened and of shocks that have not yet."""

from proratio_tradehub.stress.crashes import CRASHES, Crash, deepest_fall_frac, find_crash
from proratio_tradehub.stress.shocked import SHOCKED_PAIRS, store_shocked
from proratio_tradehub.stress.shocks import SHOCKS, Shock
from proratio_tradehub.stress.trial import Trial, covered_pairs, probe_request, trials

__all__ = [
    "CRASHES",
    "SHOCKED_PAIRS",
    "SHOCKS",
    "Crash",
    "Shock",
    "Trial",
    "covered_pairs",
    "deepest_fall_frac",
    "find_crash",
    "probe_request",
    "store_shocked",
    "trials",
]
