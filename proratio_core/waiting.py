"""Waiting for a coroutine from ordinary code, also inside an event loop, as in a notebook."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

__all__ = ["wait_for"]

Result = TypeVar("Result")


def wait_for(work: Coroutine[Any, Any, Result]) -> Result:
    """Return what `work` comes to; what it raises is raised here.

    A notebook's cell is run by an event loop, and `asyncio.run` refuses to start a second one in
    the same thread; the work then has a loop in a thread of its own.
    """
    if not _is_in_loop():
        return asyncio.run(work)
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, work).result()


def _is_in_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:  # how asyncio says that there is none in this thread
        return False
    return True
