"""How an entry is executed: at once, or in slices over time, by volume or by visible size."""

from proratio_tradehub.execution.schedule import first_stake, is_over, next_stake
from proratio_tradehub.execution.style import Execution, Style, parse_execution
from proratio_tradehub.execution.volume_profile import usual_shares

__all__ = [
    "Execution",
    "Style",
    "first_stake",
    "is_over",
    "next_stake",
    "parse_execution",
    "usual_shares",
]
