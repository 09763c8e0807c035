"""The worker: what prints does not get between, and it ends with whoever started it."""

from __future__ import annotations

import pickle
import subprocess
import sys
from functools import partial
from time import sleep

from tests.architecture.source_tree import ROOT
from tests.tradehub.dashboard.reading import jobs

COMMAND = [sys.executable, "-m", "proratio_tradehub.dashboard.reading.worker"]


def test_worker_sends_what_the_job_found() -> None:
    job = pickle.dumps(partial(jobs.double, 4))
    with subprocess.Popen(
        COMMAND, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write(job)
        worker.stdin.flush()
        assert pickle.loads(worker.stdout.read()) == 8
        worker.stdin.close()
    assert worker.returncode == 0


def test_worker_whose_dashboard_ended_ends_too() -> None:
    job = pickle.dumps(partial(sleep, 60))
    done = subprocess.run(
        COMMAND, cwd=ROOT, input=job, capture_output=True, timeout=30, check=False
    )
    assert done.returncode == 3
    assert done.stdout == b""
