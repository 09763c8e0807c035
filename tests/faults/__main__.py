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
from tests.faults.stage import staged

_FAULTS = 4_000


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=20261127)
    parser.add_argument("--faults", type=int, default=_FAULTS, help="stop after so many")
    parser.add_argument("--only", type=int, nargs="*", help="run these rounds alone")
    chosen = parser.parse_args()
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="proratio-faults-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # run as root, the server is another user
        (folder / "stage").mkdir()
        with (
            embedded_server(folder / "postgres") as url,
            staged(folder / "stage", url) as stage,
        ):
            numbers = chosen.only or itertools.count()
            until = None if chosen.only else chosen.faults
            report = run_campaign(stage, chosen.seed, numbers, until=until)
    sys.stdout.write(f"{report}\n{time.monotonic() - began_s:.0f} s\n")
    return 0 if report.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
