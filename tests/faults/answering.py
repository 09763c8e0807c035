"""The signal service in a thread of this process, on an event loop of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager

from proratio_core.clock import SystemClock
from proratio_core.database import open_database
from proratio_core.settings import Settings
from proratio_signals.consult import open_advisor
from proratio_signals.health import Health
from proratio_signals.profile import Profile
from proratio_signals.service import SignalService


@contextmanager
def answering(settings: Settings, profile: Profile, *, at_once: int) -> Iterator[None]:
    """Serve the questions of a profile while the context is open."""
    ready: Future[Callable[[], None]] = Future()
    thread = threading.Thread(
        target=_serve, args=(settings, profile, at_once, ready), name="signals", daemon=True
    )
    thread.start()
    stop = ready.result(timeout=30)
    try:
        yield
    finally:
        stop()
        thread.join(timeout=60)
        assert not thread.is_alive(), "the service did not stop"


def _serve(
    settings: Settings, profile: Profile, at_once: int, ready: Future[Callable[[], None]]
) -> None:
    async def session() -> None:
        loop, clock = asyncio.get_running_loop(), SystemClock()
        stop, hurry = asyncio.Event(), asyncio.Event()
        with open_database(settings) as database:
            async with open_advisor(settings, database, profile, clock=clock) as advisor:
                service = SignalService(
                    database, advisor, clock=clock, report=_unheard, concurrency=at_once
                )
                ready.set_result(lambda: loop.call_soon_threadsafe(stop.set) and None)
                await service.run(stop, hurry)

    try:
        asyncio.run(session())
    except BaseException as error:
        if not ready.done():
            ready.set_exception(error)
        raise


def _unheard(_: Health) -> None:
    """Nobody reads the health file here."""
