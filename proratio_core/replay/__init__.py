"""A loopback exchange that replays recorded markets to ccxt and Freqtrade, with faults."""

from proratio_core.replay.clock import ReplayClock
from proratio_core.replay.faults import Fault, FaultKind, FaultScript
from proratio_core.replay.loading import load_markets, shift_markets
from proratio_core.replay.market import RecordedMarket
from proratio_core.replay.server import ReplayServer

__all__ = [
    "Fault",
    "FaultKind",
    "FaultScript",
    "RecordedMarket",
    "ReplayClock",
    "ReplayServer",
    "load_markets",
    "shift_markets",
]
