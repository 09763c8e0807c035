"""Jobs and strategies for tests of sweeps; worker processes import them by name."""

from __future__ import annotations

import os
import signal

from proratio_core.errors import TransientError
from proratio_quantlab.laboratory import Laboratory, Site
from proratio_quantlab.specification import Specification
from tests.freqtrade_home import FreqtradeHome

UNSTEADY = """
import os
import signal

from proratio_tradehub.strategies import RuleStrategy
from proratio_tradehub.strategies.rules import EmaCrossRule

class Unsteady(RuleStrategy):
    rule = EmaCrossRule()
    timeframe = "1h"
    stoploss = -0.05
    minimal_roi = {"0": 0.1}

    def populate_exit_trend(self, frame, metadata):
        if self.rule.fast_candles == 13:
            raise OSError("the thirteenth always fails")
        if self.rule.fast_candles == 14:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().populate_exit_trend(frame, metadata)
"""


def site_of(home: FreqtradeHome) -> Site:
    return Site(home.user_data, home.database_url, "binance")


def grid(home: FreqtradeHome, strategy: str, fast: range | tuple[int, ...]) -> list[Specification]:
    base = home.specification(strategy, profile=None)
    return [base.varied({"fast_candles": candles}) for candles in fast]


def square(_: Laboratory, number: int) -> int:
    return number * number


def own_pid(_: Laboratory, __: int) -> int:
    return os.getpid()


def die_on_three(_: Laboratory, number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def refuse(_: Laboratory, __: int) -> int:
    raise TransientError("the disk is full")
