"""A part of the command line, typed in a folder of the test's own; in this process."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from proratio_tradehub.cli.option_lists import spread_lists

__all__ = ["Invoke", "invoker"]


class Invoke(Protocol):
    """Runs a command; it has to end well, or with an error of the kind that is expected."""

    def __call__(self, *words: str, expect: type[Exception] | None = None) -> Result: ...


def invoker(
    app: typer.Typer,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    first: Sequence[str] = (),
    last: Sequence[str] = (),
    **environment: str,
) -> Invoke:
    """Return what runs the commands of `app` in `folder`, between the words `first` and `last`."""
    monkeypatch.chdir(folder)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def run(*words: str, expect: type[Exception] | None = None) -> Result:
        result = CliRunner().invoke(app, spread_lists([*first, *words, *last]))
        if expect is None:
            assert result.exit_code == 0, result.output
        else:
            assert isinstance(result.exception, expect), result.output
        return result

    return run
