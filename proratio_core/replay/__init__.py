"""A loopback exchange that replays recorded markets to ccxt and Freqtrade, with faults."""

from proratio_core.replay.clock import MovedClock, ReplayClock
from proratio_core.replay.direct import AsyncLine, DirectExchange, Line
from proratio_core.replay.faults import Fault, FaultKind, FaultScript
from proratio_core.replay.loading import load_markets, shift_markets
from proratio_core.replay.market import RecordedMarket
from proratio_core.replay.server import ReplayServer

__all__ = [
    "AsyncLine",
    "DirectExchange",
    "Fault",
    "FaultKind",
    "FaultScript",
    "Line",
    "MovedClock",
    "RecordedMarket",
    "ReplayClock",
    "ReplayServer",
    "load_markets",
    "shift_markets",
]
