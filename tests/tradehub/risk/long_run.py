"""The state machine for longer than a test may take: `python -m tests.tradehub.risk.long_run`.

Stops at the first sequence that passes a limit and prints the shortest one that does. At the end it
prints what happened how often, so that a run in which nothing was ever entered cannot pass for one
in which nothing went wrong.
"""

from __future__ import annotations

import sys
import time

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from rich.console import Console

from tests.tradehub.risk.any_sequence import AnySequence

SEQUENCES, STEPS_EACH, LEAST_STEPS, LEAST_ENTRIES = 600, 60, 10_000, 500


def main() -> None:
    """Run, count and print."""
    started_s = time.monotonic()
    run_state_machine_as_test(
        AnySequence,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS_EACH,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
    seen = AnySequence.seen
    console = Console(highlight=False)
    console.print(
        f"{seen['steps']:,} steps in {time.monotonic() - started_s:.0f} s; no limit was passed"
    )
    for what, times in seen.most_common():
        console.print(f"{times:>8,}  {what}")
    if seen["steps"] < LEAST_STEPS or seen["entry"] < LEAST_ENTRIES:
        sys.exit(f"too little happened: {LEAST_STEPS} steps, {LEAST_ENTRIES} entries are the least")


if __name__ == "__main__":
    main()
