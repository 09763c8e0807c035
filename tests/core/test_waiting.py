"""Coroutines are waited for with and without an event loop around."""

from __future__ import annotations

import asyncio
import threading

import pytest

from proratio_core.waiting import wait_for


async def where() -> int:
    await asyncio.sleep(0)
    return threading.get_ident()


async def refuse() -> None:
    await asyncio.sleep(0)
    raise ValueError("no")


def test_without_a_loop_the_work_is_done_in_this_thread() -> None:
    assert wait_for(where()) == threading.get_ident()


def test_inside_a_running_loop_the_work_is_done_in_another_thread() -> None:
    async def cell() -> int:
        return wait_for(where())

    assert asyncio.run(cell()) != threading.get_ident()


@pytest.mark.parametrize("is_inside", [False, True])
def test_what_the_work_raises_is_raised(is_inside: bool) -> None:
    async def cell() -> None:
        wait_for(refuse())

    with pytest.raises(ValueError, match="no"):
        asyncio.run(cell()) if is_inside else wait_for(refuse())
