"""Market data in real time: from an exchange's WebSockets into the database, repaired over REST."""

from proratio_core.streaming.candles import CandleStream
from proratio_core.streaming.health import SeriesFreshness, StreamHealth, stream_health_file
from proratio_core.streaming.interest import InterestStream
from proratio_core.streaming.lines import run_together
from proratio_core.streaming.repair import Repairer
from proratio_core.streaming.tape import TapePlan, TapeStream
from proratio_core.streaming.tape_store import TapeStore

__all__ = [
    "CandleStream",
    "InterestStream",
    "Repairer",
    "SeriesFreshness",
    "StreamHealth",
    "TapePlan",
    "TapeStore",
    "TapeStream",
    "run_together",
    "stream_health_file",
]
