"""Hold the panel to account: what each voter was worth, beyond chance, memory and plain rules."""

from typing import TYPE_CHECKING, Any

from proratio_signals.scoring.gate import GateRecord
from proratio_signals.scoring.scorecard import Scorecard, VoterScore
from proratio_signals.scoring.verdict import Verdict

if TYPE_CHECKING:
    from proratio_signals.scoring.judging import Judge

__all__ = ["GateRecord", "Judge", "Scorecard", "Verdict", "VoterScore"]


def __getattr__(name: str) -> Any:
    """Import the judge, and with it scipy, when it is asked for."""
    if name == "Judge":
        from proratio_signals.scoring.judging import Judge  # noqa: PLC0415  # scipy

        return Judge
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
