"""Lines that break, and tasks that end together."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from proratio_core.clock import FixedClock
from proratio_core.errors import ConfigurationError, DataError, ProratioError, TransientError
from proratio_core.replay import ReplayClock
from proratio_core.streaming.lines import keep_listening, run_together

NOW = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("last", [ConfigurationError("wrong"), DataError("unknown pair")])
def test_a_line_is_opened_again_until_waiting_would_not_help(last: ProratioError) -> None:
    errors = [TransientError("cut"), TransientError("cut"), last]
    lost: list[None] = []

    async def watch() -> None:
        raise errors.pop(0)

    async def listen() -> None:
        await keep_listening(
            watch,
            clock=ReplayClock(NOW, speed=10_000.0),
            lost=lambda: lost.append(None),
        )

    with pytest.raises(type(last), match=str(last)):
        asyncio.run(listen())
    assert len(lost) == 2


def test_a_failure_ends_the_others_and_is_told_as_it_is() -> None:
    ended: list[str] = []

    async def patient() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("patient")

    async def failing() -> None:
        await asyncio.sleep(0)
        raise DataError(f"at {FixedClock(NOW).now():%Y}")

    with pytest.raises(DataError, match="at 2024"):
        asyncio.run(run_together(patient(), failing()))
    assert ended == ["patient"]


def test_the_first_to_end_ends_all() -> None:
    async def short() -> None:
        return

    async def long() -> None:
        await asyncio.sleep(60)

    asyncio.run(asyncio.wait_for(run_together(long(), short()), 5))
