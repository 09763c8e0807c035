"""The bot's process: a real Freqtrade in live mode, in the time that the director's clock shows.

After each loop it says so and waits for the director's word: go on, die at a point, or stop.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import time_machine

from proratio_core.clock import SystemClock
from proratio_core.replay import RecordedMarket
from proratio_core.values import Pair
from tests.live_session import LiveSession
from tests.soak.clock import Hand, SharedClock
from tests.soak.dying import AT_START, arm, arm_start

STEP_S = 600
_AFTER_THE_CLOSE_S = 2


def main(folder: Path) -> None:
    """Trade until told to stop."""
    given = json.loads((folder / "session.json").read_text())
    said = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever else prints goes to the log
    clock = SharedClock(folder / "clock")
    with time_machine.travel(clock.now(), tick=False) as traveller:
        hand = Hand(traveller, clock)
        with (
            mock.patch.object(time, "sleep", _sleeping(hand)),
            mock.patch.object(asyncio, "sleep", _pausing()),
            mock.patch.object(SystemClock, "monotonic", _virtual_s),
        ):
            _trade(_session(folder, given, hand), hand, said, first=given["first"])


def _session(folder: Path, given: dict[str, Any], hand: Hand) -> LiveSession:
    markets = [RecordedMarket(Pair.parse(name), None, {}) for name in given["pairs"]]  # type: ignore[arg-type]
    server, options = SimpleNamespace(port=given["port"]), given["options"]
    return LiveSession(folder, server, None, hand, markets, options)  # type: ignore[arg-type]


def _trade(session: LiveSession, hand: Hand, said: Any, *, first: str) -> None:
    if first == AT_START:
        arm_start()
    session.start()
    while True:
        session.loop(every_s=0.0)
        print("looped", file=said, flush=True)
        word = sys.stdin.readline().strip()
        hand.take_over()
        if word in {"", "stop"}:
            break
        if word != "go":
            arm(word, session.bot)
        session.advance(STEP_S - (session.now() % STEP_S) + _AFTER_THE_CLOSE_S)
    session.stop()


def _virtual_s(_: SystemClock) -> float:
    return time.time()


def _sleeping(hand: Hand) -> Callable[[float], None]:
    """Return what makes the trading thread's waits pass at once; the others really wait."""
    sleep, trading = time.sleep, threading.main_thread()

    def slept(seconds: float) -> None:
        if threading.current_thread() is trading:
            hand.shift(timedelta(seconds=seconds))
        else:
            sleep(seconds)

    return slept


def _pausing() -> Callable[..., Awaitable[None]]:
    """Return what lets requests for candles be repeated at once: their pauses run side by side."""
    sleep = asyncio.sleep

    async def paused(*_: object) -> None:
        await sleep(0)

    return paused
