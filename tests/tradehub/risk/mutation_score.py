"""How many mutants of the risk package the tests killed: `make mutation` runs it at its end.

Fails below the goal. What survived is listed; `.venv/bin/mutmut show NAME` shows the change.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from rich.console import Console

GOAL_FRAC = 0.90
_STATISTICS = Path("mutants", "mutmut-cicd-stats.json")


def main() -> None:
    """Print the score and the survivors."""
    console = Console(highlight=False)
    counts = json.loads(_STATISTICS.read_text())
    killed, total = counts["killed"] + counts["timeout"], counts["total"]
    mutmut = Path(sys.executable).with_name("mutmut")
    listed = subprocess.run([mutmut, "results"], capture_output=True, text=True, check=True).stdout
    for line in listed.splitlines():
        console.print(line.strip(), markup=False, soft_wrap=True)
    console.print(f"{killed:,} of {total:,} mutants killed: {killed / total:.1%}")
    if total == 0 or killed / total < GOAL_FRAC:
        sys.exit(f"below the goal of {GOAL_FRAC:.0%}: add tests for the survivors above")


if __name__ == "__main__":
    main()
