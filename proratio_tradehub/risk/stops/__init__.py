"""Stops and take-profit, pure: a stop is always there and only ever moves nearer."""

from proratio_tradehub.risk.stops.average_range import atr_stop
from proratio_tradehub.risk.stops.break_even import break_even_stop
from proratio_tradehub.risk.stops.fixed import fixed_stop
from proratio_tradehub.risk.stops.holding import is_overdue
from proratio_tradehub.risk.stops.plan import StopPlan, nearer
from proratio_tradehub.risk.stops.take_profit import TakeProfit, Tier
from proratio_tradehub.risk.stops.trailing import trailing_stop

__all__ = [
    "StopPlan",
    "TakeProfit",
    "Tier",
    "atr_stop",
    "break_even_stop",
    "fixed_stop",
    "is_overdue",
    "nearer",
    "trailing_stop",
]
