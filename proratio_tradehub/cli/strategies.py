"""`proratio strategies`: what there is to run, where each trades, and what can be searched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from proratio_tradehub.cli.session import print_json

if TYPE_CHECKING:
    from datetime import timedelta

    from proratio_tradehub.strategies.rules import Card

__all__ = ["strategies"]


def strategies(
    name: Annotated[
        str | None, typer.Argument(help="One strategy, with the parameters of its rule.")
    ] = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")] = False,
) -> None:
    """List the strategies of the library, or show one with its parameters.

    Example: [bold]proratio strategies Momentum[/]
    """
    from proratio_tradehub.strategies.rules import CATALOGUE

    cards = dict(CATALOGUE) if name is None else {name: _card(name)}
    if json:
        print_json({each: _document(card) for each, card in cards.items()})
        return
    console = Console()
    if name is None:
        console.print(_list(cards))
        return
    for line in _description(name, cards[name]):
        console.print(line, markup=False, highlight=False)
    console.print(_parameters(cards[name]))


def _card(name: str) -> Card:
    from proratio_core.errors import ConfigurationError
    from proratio_tradehub.strategies.rules import CATALOGUE

    if name not in CATALOGUE:
        raise ConfigurationError(
            f"strategy {name!r} is not in the library; there are: {', '.join(CATALOGUE)}"
        )
    return CATALOGUE[name]


def _list(cards: dict[str, Card]) -> Table:
    table = Table()
    for heading in ("Strategy", "Market", "Candles", "Holds", "Regimes"):
        table.add_column(heading, no_wrap=heading != "Regimes")
    for name, card in cards.items():
        table.add_row(
            *(name, card.market.value, card.timeframe.value, _length(card.holding)),
            ", ".join(sorted(card.regimes)),
        )
    return table


def _description(name: str, card: Card) -> list[str]:
    return [
        f"{name}: {card.what}",
        f"Fails when {card.fails_when}.",
        f"{card.market} {card.timeframe}, holds about {_length(card.holding)}, "
        f"meant for: {', '.join(sorted(card.regimes))}; needs {card.rule.startup_candles} candles "
        "before the first.",
    ]


def _parameters(card: Card) -> Table:
    from proratio_tradehub.strategies.rules import tunables

    table = Table()
    for heading in ("Parameter", "Default", "Searched from", "to", "Decides"):
        table.add_column(
            heading, justify="left" if heading in ("Parameter", "Decides") else "right"
        )
    for name, span in tunables(card.rule).items():
        default = getattr(card.rule, name)
        decides = "exits" if span.space == "sell" else "entries"
        table.add_row(name, f"{default:g}", f"{span.low:g}", f"{span.high:g}", decides)
    return table


def _document(card: Card) -> dict[str, Any]:
    from proratio_tradehub.strategies.rules import tunables

    return {
        "what": card.what,
        "fails_when": card.fails_when,
        "market": card.market.value,
        "timeframe": card.timeframe.value,
        "regimes": sorted(card.regimes),
        "holding_s": card.holding.total_seconds(),
        "startup_candles": card.rule.startup_candles,
        "adds": card.adds,
        "parameters": {
            name: {"default": getattr(card.rule, name), "low": span.low, "high": span.high}
            for name, span in tunables(card.rule).items()
        },
    }


def _length(span: timedelta) -> str:
    hours = span.total_seconds() / 3_600
    return f"{hours:g} h" if hours < 48 else f"{hours / 24:g} d"
