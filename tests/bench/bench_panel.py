"""A vote of three real SDKs against the slowest of them alone: `python -m tests.bench.bench_panel`.

The providers are a loopback server in a process of its own that takes 200 ms an answer. Every
figure is the median of at least five runs after one that warms the connections; only ratios travel
between machines.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from rich.console import Console
from rich.table import Table

from proratio_core.settings import Settings
from proratio_signals.opinions import Ballot, Opinion
from proratio_signals.panel import Panel
from proratio_signals.profile import Profile, load_profile
from proratio_signals.prompts.render import Prompt
from proratio_signals.providers import create_providers
from tests.wire.asking import some_prompt
from tests.wire.fake_providers import FakeProviders

LATENCY_S, RUNS, PAIRS = 0.2, 7, 10
VOTE_GOAL, PAIRS_GOAL = 1.06, 1.30


def serve(channel: Connection) -> None:
    """Run the fake providers until the other side hangs up."""
    with FakeProviders(latency_s=LATENCY_S) as fake:
        channel.send(fake.environment())
        channel.recv()


async def median_s(act: Callable[[], Awaitable[object]]) -> float:
    """Return the median seconds of an action, after one run outside the clock."""
    await act()
    seconds = []
    for _ in range(RUNS):
        started_s = time.perf_counter()
        await act()
        seconds.append(time.perf_counter() - started_s)
    return statistics.median(seconds)


def all_answered(votes: list[tuple[Ballot, ...]]) -> bool:
    return all(isinstance(ballot.answer.result, Opinion) for vote in votes for ballot in vote)


async def alone_s(panel: Panel, profile: Profile, prompt: Prompt) -> dict[str, float]:
    """Return what each provider takes when it is the only one asked."""
    providers = panel._providers  # the same connections as in the vote
    found = {}
    for voter in profile.voters:
        ask = partial(providers[voter.name].ask, prompt, deadline_s=9)
        found[voter.name] = await median_s(ask)
    return found


async def measure(settings: Settings) -> list[tuple[str, float, float, float]]:
    """Return a row a figure: name, seconds, ratio to the slowest alone, goal."""
    profile = load_profile("consensus")
    prompt = some_prompt()
    prompts = {voter.name: prompt for voter in profile.voters}
    async with Panel(profile, create_providers(profile, settings)) as panel:
        votes = [await panel.ask(prompts)]
        alone = await alone_s(panel, profile, prompt)
        one_s = await median_s(lambda: panel.ask(prompts))
        pairs_s = await median_s(
            lambda: asyncio.gather(*(panel.ask(prompts) for _ in range(PAIRS)))
        )
        votes.append(await panel.ask(prompts))
    if not all_answered(votes):
        raise SystemExit(f"not every provider answered: {votes}")
    slowest_s = max(alone.values())
    return [
        *((f"{name} alone", seconds, seconds / slowest_s, 1.0) for name, seconds in alone.items()),
        ("a vote of three", one_s, one_s / slowest_s, VOTE_GOAL),
        (f"{PAIRS} pairs x three at once", pairs_s, pairs_s / slowest_s, PAIRS_GOAL),
    ]


def main() -> None:
    """Measure and print the table."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=serve, args=(theirs,))
    server.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(**{"PRORATIO_USER_DATA": Path(folder), **ours.recv()})
            rows = asyncio.run(measure(settings))
    finally:
        ours.send(None)
        server.join()
    title = f"Panel, {LATENCY_S * 1000:g} ms an answer, medians of {RUNS}"
    table = Table("what", "ms", "x slowest alone", "goal", "", title=title)
    for name, seconds, ratio, goal in rows:
        verdict = "ok" if ratio <= goal else "MISSED"
        table.add_row(name, f"{seconds * 1000:.1f}", f"{ratio:.3f}", f"<= {goal:.2f}", verdict)
    Console().print(table)


if __name__ == "__main__":
    main()
