"""What the commands that search parameters have in common: their options, and what those name."""

from __future__ import annotations

import tomllib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from proratio_quantlab.objectives import Objective
    from proratio_quantlab.search_space import SearchSpace
    from proratio_quantlab.workforce import Workforce

__all__ = [
    "AsJson",
    "CandleLength",
    "DrawdownLimit",
    "Exchange",
    "Gate",
    "Impact",
    "ObjectiveName",
    "Pairs",
    "Param",
    "Ray",
    "Report",
    "Seed",
    "SpaceFile",
    "Span",
    "Strategy",
    "Workers",
    "objective_named",
    "plain",
    "search_space",
    "workforce",
]

Strategy = Annotated[str, typer.Argument(help="Class in user_data/strategies.")]
Param = Annotated[
    list[str] | None,
    typer.Option(help="name=a,b,c or name=first:last:step; once for each parameter."),
]
SpaceFile = Annotated[
    Path | None,
    typer.Option(help='A TOML file of the same: name = [a, b] or name = "1:9:2".'),
]
Pairs = Annotated[
    list[str] | None, typer.Option(help="Pairs, one or more. Default: BTC/USDT ETH/USDT.")
]
CandleLength = Annotated[str, typer.Option(help="Length of a candle.")]
Span = Annotated[str | None, typer.Option(help="Candles from-to. Default: all that is stored.")]
Exchange = Annotated[str, typer.Option(help="Exchange of the candles, or 'simulated'.")]
Gate = Annotated[str | None, typer.Option(help="Who gates the entries; 'none' is nobody.")]
ObjectiveName = Annotated[
    str, typer.Option(help="What is looked for: sharpe, deflated, constrained or profit.")
]
DrawdownLimit = Annotated[
    float, typer.Option(min=0.0, max=1.0, help="Fraction that 'constrained' allows.")
]
Seed = Annotated[int, typer.Option(help="Of the search and of the strategy.")]
Impact = Annotated[
    float, typer.Option(min=0.0, help="Y of the square-root law of slippage; of order 1.")
]
Workers = Annotated[
    int | None, typer.Option(min=1, help="Processes of this machine. Default: its processors.")
]
Ray = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Run on this Ray cluster: host:port, auto or local."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")]
Report = Annotated[
    Path | None, typer.Option(help="Write an HTML page with the pictures to this file.")
]


def plain(lines: Iterable[str]) -> list[str]:
    """Return lines without their markup and bullets."""
    from rich.text import Text

    return [Text.from_markup(line).plain.removeprefix("• ") for line in lines]


def search_space(param: list[str] | None, file: Path | None) -> SearchSpace:
    """Return the space that these options of a command state.

    Raises
    ------
    DataError
        One of them is not understood, or the file is not readable TOML.
    """
    from proratio_core.errors import DataError
    from proratio_quantlab.search_space import SearchSpace

    texts = list(param or ())
    if file is not None:
        try:
            stated = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DataError(f"{file} is not readable TOML: {error}") from error
        for name, values in stated.items():
            listed = values if isinstance(values, list) else [values]
            texts.append(f"{name}={','.join(_word(value) for value in listed)}")
    return SearchSpace.parse(texts)


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def objective_named(text: str) -> Objective:
    """Return the objective that `--objective` names.

    Raises
    ------
    DataError
        There is none of that name.
    """
    from proratio_core.errors import DataError
    from proratio_quantlab.objectives import Objective

    try:
        return Objective(text)
    except ValueError as error:
        known = ", ".join(Objective)
        raise DataError(f"objective {text!r} is not known; use one of: {known}") from error


@contextmanager
def workforce(workers: int | None, address: str | None) -> Iterator[Workforce]:
    """Yield the processes that do the work: of this machine, or of a Ray cluster.

    Raises
    ------
    ConfigurationError, TransientError
        The cluster is not usable.
    """
    if address is None:
        from proratio_quantlab.workforce import LocalWorkforce, local_workers

        yield LocalWorkforce(workers or local_workers())
        return
    from proratio_quantlab.ray_workforce import ray_workforce

    with ray_workforce(address, workers=workers) as hands:
        yield hands
