"""`make faults`: the whole campaign, or single rounds of it."""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
import time
from pathlib import Path

from proratio_core.database.server import embedded_server
from tests.faults.campaign import run_campaign
from tests.faults.report import Report
from tests.faults.stage import staged

_FAULTS = 4_000


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=20261127)
    parser.add_argument("--faults", type=int, default=_FAULTS, help="stop after so many")
    parser.add_argument("--only", type=int, nargs="*", help="run these rounds alone")
    chosen = parser.parse_args()
    began_s, report = time.monotonic(), Report(chosen.seed)
    try:
        _run(report, only=chosen.only, faults=chosen.faults)
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted; so far:\n")
    sys.stdout.write(f"{report}\n{time.monotonic() - began_s:.0f} s\n")
    has_control = report.entered > 0 or bool(chosen.only)  # a single round may be all outage
    return 0 if report.is_clean and has_control else 1


def _run(report: Report, *, only: list[int] | None, faults: int) -> None:
    with tempfile.TemporaryDirectory(prefix="proratio-faults-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # run as root, the server is another user
        (folder / "stage").mkdir()
        with (
            embedded_server(folder / "postgres") as url,
            staged(folder / "stage", url) as stage,
        ):
            run_campaign(
                stage,
                report,
                only or itertools.count(),
                until=None if only else faults,
                tell=lambda line: sys.stderr.write(f"\r{line:78}"),
            )
    sys.stderr.write("\n")


if __name__ == "__main__":
    sys.exit(main())
