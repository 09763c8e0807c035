"""A server on an event loop of its own, in a thread, from entering it to leaving it."""

from __future__ import annotations

import asyncio
import threading
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Self

from aiohttp import web

__all__ = ["ServedInThread", "listening"]

_LIMIT_S = 10


class ServedInThread(ABC):
    """What such servers share; `port` is there once it is entered."""

    def __init__(self) -> None:
        self.port = 0
        self.stopping = asyncio.Event()
        self.loop = asyncio.new_event_loop()
        self._ready: Future[int] = Future()
        self._thread = threading.Thread(target=self._run, name=type(self).__name__, daemon=True)

    @abstractmethod
    def serving(self) -> AbstractAsyncContextManager[int]:
        """Serve until the block ends; it is entered and left on the loop and yields the port."""

    def __enter__(self) -> Self:
        self._thread.start()
        self.port = self._ready.result(timeout=_LIMIT_S)
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self.stopping.set)
        self._thread.join(timeout=_LIMIT_S)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_until_complete(self._serve())
        except BaseException as error:
            if self._ready.done():
                raise
            self._ready.set_exception(error)
        finally:
            self.loop.close()

    async def _serve(self) -> None:
        async with self.serving() as port:
            self._ready.set_result(port)
            await self.stopping.wait()


@asynccontextmanager
async def listening(app: web.Application) -> AsyncIterator[int]:
    """Yield the loopback port at which an application answers."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
