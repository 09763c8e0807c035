"""A TCP proxy in front of a real server that spoils what the server says.

with ToxicProxy(server_port) as proxy:
    proxy.toxic = Toxic.SILENT      # connections stay open, no answer comes through
    proxy.toxic = None              # as if it was not there
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from random import Random

from tests.wire.in_thread import ServedInThread


class Toxic(StrEnum):
    """What happens to an answer."""

    DOWN = "down"
    """Connections are cut as they are made."""
    SILENT = "silent"
    """Nothing of it comes through, and nothing is closed."""
    RESET = "reset"
    """The connection is reset in its place."""
    CUT = "cut"
    """Half of it comes through, then the connection is closed."""
    GARBAGE = "garbage"
    """Random bytes come in its place."""
    LATE = "late"
    """It comes, half a second later."""
    SLICED = "sliced"
    """It comes byte by byte."""


class ToxicProxy(ServedInThread):
    """A listener on a loopback port, in a thread.

    Parameters
    ----------
    target
        The port of the real server.
    seed
        For the garbage.
    """

    def __init__(self, target: int, *, seed: int = 0) -> None:
        super().__init__()
        self.toxic: Toxic | None = None
        self.dealt = 0
        self._target = target
        self._rng = Random(seed)
        self._open: set[asyncio.WriteTransport] = set()
        self._serving: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[int]:
        """Stand between whoever connects and the real server."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        yield server.sockets[0].getsockname()[1]
        server.close()
        for transport in self._open:
            transport.abort()
        if self._serving:
            await asyncio.wait(self._serving, timeout=2)
        await asyncio.sleep(0)  # aborted connections are closed in the next turn of the loop

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = self.loop.create_task(self._connect(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.toxic is Toxic.DOWN:
            self.dealt += 1
            writer.transport.abort()
            return
        try:
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer.transport, up_writer.transport}
        self._open |= ends
        ways = (self._forward(reader, up_writer), self._answer(up_reader, writer))
        tasks = [asyncio.create_task(way) for way in ways]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for transport in ends:
            transport.abort()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._open -= ends

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(65_536):
            writer.write(chunk)
            await writer.drain()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(65_536):
            self.dealt += self.toxic is not None
            if not await self._deal(chunk, writer):
                return

    async def _deal(self, chunk: bytes, writer: asyncio.StreamWriter) -> bool:
        """Send an answer on, spoilt; return whether the connection goes on."""
        match self.toxic:
            case Toxic.SILENT:
                return True
            case Toxic.RESET | Toxic.DOWN:
                writer.transport.abort()
                return False
            case Toxic.CUT:
                chunk = chunk[: len(chunk) // 2]
            case Toxic.GARBAGE:
                chunk = self._rng.randbytes(len(chunk))
            case Toxic.LATE:
                await asyncio.sleep(0.5)
            case Toxic.SLICED:
                for byte in chunk[:-1]:
                    writer.write(bytes([byte]))
                    await writer.drain()
                chunk = chunk[-1:]
        goes_on = self.toxic is not Toxic.CUT
        writer.write(chunk)
        await writer.drain()
        return goes_on
