"""The `proratio` command as a person types it: in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

_PRORATIO = Path(sys.executable).with_name("proratio")
_PROGRAM = """
import time
import typer
from proratio_core.errors import DataError, RateLimitError
from proratio_tradehub.cli import main

@main.app.command()
def wait():
    print("waiting", flush=True)
    try:
        time.sleep(60)
    finally:
        print("rolled back", flush=True)

@main.app.command()
def reject():
    raise DataError("the file [bold]x[/] is\\nnot a candle file")

@main.app.command()
def throttled():
    raise RateLimitError("asked to wait", retry_after_s=3)

main.run()
"""


def _run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [_PRORATIO, *words],
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "100", **environment},
        check=False,
        timeout=60,
    )


def _program(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_version_names_proratio_and_its_host() -> None:
    done = _run("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("proratio 0.1.0 on freqtrade 2026.9")


def test_help_lists_every_command_and_explains_exit_codes() -> None:
    done = _run("--help")
    assert done.returncode == 0
    for word in ("demo", "backtest", "replay", "doctor", "data", "signals", "Exit codes"):
        assert word in done.stdout


@pytest.mark.parametrize(
    "words",
    [("nonsense",), ("doctor", "--nonsense"), ("doctor", "surplus"), ("data", "nonsense")],
    ids=" ".join,
)
def test_wrong_arguments_exit_with_2_and_say_so(words: tuple[str, ...]) -> None:
    done = _run(*words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert words[-1] in done.stderr


def test_an_expected_error_is_one_line_with_its_own_exit_code() -> None:
    process = _program("reject")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (3, "")
    assert err == "error: the file [bold]x[/] is not a candle file\n"


def test_an_error_deeper_in_the_tree_keeps_its_groups_exit_code() -> None:
    process = _program("throttled")
    process.communicate(timeout=60)
    assert process.returncode == 4


@pytest.mark.parametrize(
    ("number", "code", "message"),
    [(signal.SIGINT, 130, "interrupted; what was finished is kept\n"), (signal.SIGTERM, 143, "")],
    ids=["ctrl-c", "terminate"],
)
def test_a_signal_unwinds_the_command(number: signal.Signals, code: int, message: str) -> None:
    process = _program("wait")
    assert process.stdout is not None
    assert process.stdout.readline() == "waiting\n"
    time.sleep(0.05)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert out == "rolled back\n"
    assert (process.returncode, err) == (code, message)


def test_a_reader_that_leaves_early_is_no_error() -> None:
    done = subprocess.run(
        f"'{_PRORATIO}' --help | head -n 1", shell=True, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_can_be_shown_for_each_shell(shell: str) -> None:
    done = _run("--show-completion", shell, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert done.returncode == 0
    assert "_PRORATIO_COMPLETE" in done.stdout


def test_completion_offers_the_commands() -> None:
    done = _run(_PRORATIO_COMPLETE="complete_bash", COMP_WORDS="proratio do", COMP_CWORD="1")
    assert done.stdout.split() == ["doctor"]


def test_help_does_not_wait_for_anything_heavy() -> None:
    program = (
        "import sys; from proratio_tradehub.cli import main; main._mount(); "
        "heavy = 'alembic ccxt freqtrade numpy openai pandas psycopg2 pyarrow redis sqlalchemy'; "
        "print(*[name for name in heavy.split() if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
