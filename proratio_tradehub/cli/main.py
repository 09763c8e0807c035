"""The `proratio` command: one typer application per group, one exit for every error."""

from __future__ import annotations

import signal
import sys
from importlib import import_module
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from proratio_tradehub.cli.option_lists import spread_lists

__all__ = ["app", "run"]

_COMMANDS = (
    *("demo", "backtest", "compare", "report", "sweep", "walk-forward"),
    *("leak-test", "strategies", "replay", "paper", "doctor", "backup", "restore"),
    *("export", "tax"),
)
_GROUPS = (
    *("data", "signals", "portfolio", "risk", "journal"),
    *("alerts", "dashboard", "metrics", "go-live"),
)
_INTERRUPTED = 130
_TERMINATED = 143

app = typer.Typer(
    name="proratio",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Freqtrade strategies gated by a weighted consensus of several LLMs.\n\n"
    "Start with [bold]proratio demo[/]; [bold]proratio doctor[/] says what is missing. Every "
    "command explains itself with --help. Settings come from the environment and .env "
    "(.env.example explains each).",
    epilog="Exit codes: 0 done, 1 unexpected, 2 wrong arguments or set-up, 3 bad data, "
    "4 something outside failed: try again, 5 budget spent, 6 no usable answer, 7 the future was "
    "seen, 8 refused for risk, 130 interrupted.",
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"proratio {version('proratio')} on freqtrade {version('freqtrade')}")
        raise typer.Exit


@app.callback()
def _root(
    _: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the versions and exit."
        ),
    ] = False,
) -> None:
    """Take the options that stand before any command."""


def _mount() -> None:
    for name in _COMMANDS:
        module = name.replace("-", "_")
        app.command(name)(getattr(import_module(f"proratio_tradehub.cli.{module}"), module))
    for name in _GROUPS:
        module = name.replace("-", "_")
        app.add_typer(import_module(f"proratio_tradehub.cli.{module}").app, name=name)


def _terminate(_signal: int, _frame: object) -> NoReturn:
    """Unwind like Ctrl-C does, so that transactions roll back and servers stop."""
    sys.exit(_TERMINATED)


def run() -> None:
    """Run the command line; print an expected error as one line and exit with its code."""
    from proratio_core.errors import ProratioError

    console = Console(stderr=True)
    signal.signal(signal.SIGTERM, _terminate)
    try:
        _mount()
        app(args=spread_lists(sys.argv[1:]), prog_name="proratio")
    except ProratioError as error:
        line = escape(" ".join(str(error).split()))
        console.print(f"[red]error:[/] {line}", highlight=False, soft_wrap=True)
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, SystemExit) as stop:
        code = stop.code if isinstance(stop, SystemExit) else _INTERRUPTED
        if code == _INTERRUPTED:
            console.print("interrupted; what was finished is kept")
        sys.exit(code)
