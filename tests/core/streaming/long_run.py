"""An hour of a virtual market with 50 cut lines, twice: `python -m tests.core.streaming.long_run`.

The second hour also breaks a quarter of the REST answers. Exits with 1 when a stored candle differs
from the market's, one is missing, or a ban was not honoured.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from proratio_core.database import open_database
from proratio_core.logs import configure_logs
from proratio_core.replay import FaultScript
from proratio_core.settings import Settings
from tests.core.streaming.cut_lines import run_hour

CUTS, MINUTES, SPEED = 50, 60, 60.0


def main() -> None:
    """Run both hours and print what came of them."""
    console, failed = Console(highlight=False, width=120), False
    for fault_frac in (0.0, 0.25):
        with tempfile.TemporaryDirectory(prefix="proratio-streams-") as folder:
            Path(folder).chmod(0o755)  # run as root, the server is another user
            settings = Settings(PRORATIO_USER_DATA=Path(folder), PRORATIO_LOG_LEVEL="ERROR")
            configure_logs(settings)
            faults = FaultScript.seeded(4, requests=3_000, fault_frac=fault_frac)
            with open_database(settings) as database:
                outcome = run_hour(database, cuts=CUTS, minutes=MINUTES, speed=SPEED, faults=faults)
        console.print(f"REST faults {fault_frac:.0%}: {asdict(outcome)}")
        sound = outcome.stored == outcome.expected and not outcome.differing
        failed |= not sound or bool(outcome.misaligned or outcome.early_requests)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
