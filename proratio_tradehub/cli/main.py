"""The `proratio` command: one typer application per group, one exit for every error."""

from __future__ import annotations

import sys
from importlib import import_module

import typer
from rich.console import Console

__all__ = ["app", "run"]

_GROUPS = ("data", "signals")
_COMMANDS = ("backtest", "replay")

app = typer.Typer(
    name="proratio",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Freqtrade strategies gated by a weighted consensus of several LLMs.",
)


def _mount() -> None:
    for name in _GROUPS:
        app.add_typer(import_module(f"proratio_tradehub.cli.{name}").app, name=name)
    for name in _COMMANDS:
        app.command(name)(getattr(import_module(f"proratio_tradehub.cli.{name}"), name))


def run() -> None:
    """Run the command line; print an expected error as one line and exit with its code."""
    from proratio_core.errors import ProratioError

    _mount()
    try:
        app()
    except ProratioError as error:
        Console(stderr=True).print(f"[red]error:[/] {error}", highlight=False, soft_wrap=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        Console(stderr=True).print("interrupted; what was finished is kept")
        sys.exit(130)
