"""Visitors without a browser: each keeps the first page open and lets its parts refresh themselves.

They speak the protocol of Streamlit's browser side, so that what is measured is what the dashboard
does to its machine, not what fifty browsers would do to theirs.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Final

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

__all__ = ["Visitors"]

_RELOAD_S: Final = 60.0
_ARRIVE_S: Final = 0.2
_SETTLE_S: Final = 1.0
_LAST: Final = 19


class Visitors:
    """Some visitors, and the milliseconds until the page followed each of their questions."""

    def __init__(self, url: str, number: int) -> None:
        self._url = url
        self._number = number
        self._stop = Event()
        self._rest = Event()
        self.pages_ms: list[float] = []
        self.parts_ms: list[float] = []

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Have them all stay connected and ask nothing until the block ends."""
        self._rest.set()
        time.sleep(_SETTLE_S)
        try:
            yield
        finally:
            self._rest.clear()

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Have them all arrive, look until the block ends, and go.

        Raises
        ------
        RuntimeError
            One of them did not get a page.
        websockets.exceptions.WebSocketException
            One of them was turned away.
        """
        with ThreadPoolExecutor(max_workers=1) as pool:
            stay = pool.submit(self._look)
            try:
                yield
            finally:
                self._stop.set()
            stay.result()
        if len(self.pages_ms) < self._number:
            raise RuntimeError(f"{len(self.pages_ms)} pages for {self._number} visitors")

    def _look(self) -> None:
        """Do what browsers elsewhere do; on this machine it must not stand in anybody's way."""
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LAST)
        asyncio.run(self._all())

    async def _all(self) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(self._number):
                group.create_task(self._one())
                await asyncio.sleep(_ARRIVE_S)

    async def _one(self) -> None:
        address = f"{self._url.replace('http', 'ws', 1)}/_stcore/stream"
        async with connect(address, origin=self._url, max_size=None) as socket:  # type: ignore[arg-type]
            while not self._stop.is_set():
                await self._one_page(socket)

    async def _one_page(self, socket: ClientConnection) -> None:
        """Load the page, and ask for each part that refreshes itself whenever it is due."""
        due: dict[str, tuple[float, float]] = {}
        self.pages_ms.append(await _ask(socket, due))
        until = time.monotonic() + _RELOAD_S
        while time.monotonic() < until and not self._stop.is_set():
            if self._rest.is_set():
                await asyncio.sleep(0.5)
                due = {part: (at + 0.5, every_s) for part, (at, every_s) in due.items()}
                continue
            part, (at, every_s) = min(due.items(), key=lambda one: one[1][0])
            if at > time.monotonic():
                await asyncio.sleep(min(0.5, at - time.monotonic()))
                continue
            due[part] = (max(at + every_s, time.monotonic()), every_s)
            self.parts_ms.append(await _ask(socket, due, part))


async def _ask(
    socket: ClientConnection, due: dict[str, tuple[float, float]], part: str = ""
) -> float:
    """Have the script or a part of it run, note what refreshes itself, return the milliseconds."""
    question = BackMsg()
    question.rerun_script.fragment_id = part
    question.rerun_script.is_auto_rerun = bool(part)
    question.rerun_script.context_info.timezone = "UTC"
    began = time.monotonic()
    await socket.send(question.SerializeToString())
    while True:
        answer = ForwardMsg()
        answer.ParseFromString(await asyncio.wait_for(socket.recv(decode=False), 30.0))
        kind = answer.WhichOneof("type")
        if kind == "auto_rerun":
            every_s = answer.auto_rerun.interval
            due.setdefault(answer.auto_rerun.fragment_id, (time.monotonic() + every_s, every_s))
        elif kind == "script_finished" and answer.script_finished != 2:
            return (time.monotonic() - began) * 1_000
