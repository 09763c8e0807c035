"""Command lines in this process, where a process of its own would show no more.

What a process adds, signals and an empty memory, tests/tradehub/cli/test_main.py and the README's
own example look at; here its seconds of imports are saved.
"""

from __future__ import annotations

import gc
import io
import logging
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from proratio_tradehub.cli import main


def run_here(*words: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `proratio WORDS` in `folder`; return what a process would have left.

    Parameters
    ----------
    words
        The arguments.
    folder
        The working directory.
    environment
        Variables besides this process's.
    """
    out, err = io.StringIO(), io.StringIO()
    with _surroundings(folder, environment), redirect_stdout(out), redirect_stderr(err):
        code = _exit_code(words)
    return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())


def freqtrade_here(
    *words: str, folder: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `freqtrade WORDS` as `run_here` does; its log is the standard error."""
    from freqtrade.commands import Arguments  # noqa: PLC0415  # seconds

    out, logged = io.StringIO(), io.StringIO()
    with (
        _surroundings(folder, environment),
        redirect_stdout(out),
        warnings.catch_warnings(action="ignore"),
    ):
        logging.getLogger().addHandler(logging.StreamHandler(logged))
        asked = Arguments(list(words)).get_parsed_arg()
        try:
            code = asked["func"](asked) or 0
        finally:
            gc.collect()  # the exchange's connections end here and not in another test
    return subprocess.CompletedProcess(words, code, out.getvalue(), logged.getvalue())


def _exit_code(words: tuple[str, ...]) -> int:
    if not main.app.registered_groups:
        main._mount()
    alone = patch.object(main, "_mount", lambda: None)  # once is enough for a process
    with alone, patch.object(sys, "argv", ["proratio", *words]):
        try:
            main.run()
        except SystemExit as stop:
            return int(stop.code or 0)
    return 0


@contextmanager
def _surroundings(folder: Path, environment: dict[str, str]) -> Iterator[None]:
    """Stand in `folder`, and leave logs and signals as they were."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    terminate = signal.getsignal(signal.SIGTERM)
    try:
        with chdir(folder), patch.dict(os.environ, {"COLUMNS": "100", **environment}):
            yield
    finally:
        signal.signal(signal.SIGTERM, terminate)
        root.handlers[:], root.level = handlers, level
