"""Lines that break are opened again; tasks that belong together end together."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final

import structlog

from proratio_core.clock import Clock
from proratio_core.errors import ConfigurationError, DataError, ProratioError
from proratio_core.streaming.backoff import Backoff, pause

__all__ = ["keep_listening", "run_together"]

_log = structlog.get_logger(__name__)

_STEADY_S: Final = 30.0
"""Binance allows 300 connections in five minutes; one that never holds must not use them up."""


def _untold() -> None:
    """Tell nobody."""


async def keep_listening(
    watch: Callable[[], Awaitable[None]],
    *,
    clock: Clock,
    lost: Callable[[], None] = _untold,
) -> None:
    """Call `watch` again whenever its line breaks, after a wait; never returns.

    Parameters
    ----------
    watch
        Ends with an error only.
    clock
        Waits ever longer, and starts over once a line has held for half a minute.
    lost
        Told each time the line broke.

    Raises
    ------
    ConfigurationError, DataError
        Waiting would not help.
    """
    backoff = Backoff(random.Random())  # noqa: S311
    while True:
        opened_s = clock.monotonic()
        try:
            await watch()
        except (ConfigurationError, DataError):
            raise
        except ProratioError as error:
            lost()
            if clock.monotonic() - opened_s >= _STEADY_S:
                backoff.reset()
            wait_s = backoff.wait_s(error)
            _log.warning("line lost", seconds=round(wait_s, 1), reason=str(error))
            await pause(clock, wait_s)


async def run_together(*coroutines: Coroutine[Any, Any, None]) -> None:
    """Run until the first one ends or fails, or the caller is cancelled; then end the others."""
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
