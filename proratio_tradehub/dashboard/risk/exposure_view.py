"""Draws correlations as a map with numbers, and the tail of a day. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from proratio_tradehub.dashboard.look import Html, card, formats, joined, note, tag, tile, tiles
from proratio_tradehub.dashboard.risk.exposure import FEWEST_DAYS, Exposure

__all__ = ["correlation_card", "tail_card"]

_NAMES = {"historical": "as it was", "filtered": "at today's volatility"}


def correlation_card(exposure: Exposure, limit: float | None) -> Html:
    """Return how every two pairs move together.

    Parameters
    ----------
    exposure
        The past they are judged by.
    limit
        From which correlation on an entry beside a held pair is refused; None: none is.
    """
    names = [pair.split("/")[0] for pair in exposure.pairs]
    head = tag("tr", tag("td"), *(tag("th", name, scope="col") for name in names))
    body = [
        tag("tr", tag("th", _name(exposure, row), scope="row"), *_cells(exposure, row, limit))
        for row in range(len(names))
    ]
    inner = tag("table", tag("caption", _SAYS, class_="p-unseen"), tag("tbody", head, *body))
    place = {"class_": "p-scroll p-corr", "tabindex": "0", "role": "region"}
    drawn = tag("div", inner, aria_label=_SAYS, **place)
    bets = f"worth {exposure.bets:.1f} independent bets of {len(names)}"
    rests = f"{exposure.candles:,} candles of {exposure.timeframe}. ● is held."
    refused = "" if limit is None else f" Framed: {limit:g} or more, refused beside a held pair."
    return card("Correlation", drawn, note(f"{rests}{refused}"), aside=bets)


_SAYS = "Correlation of every two pairs"


def _name(exposure: Exposure, row: int) -> Html:
    name = exposure.pairs[row].split("/")[0]
    return joined(name, tag("i", " ●", title="held") if row < exposure.held else None)


def _cells(exposure: Exposure, row: int, limit: float | None) -> Iterator[Html]:
    for column, value in enumerate(exposure.correlations[row]):
        if column == row:
            yield tag("td", "1", class_="p-self")
            continue
        colour = "108,182,255" if value >= 0 else "255,178,36"
        framed = limit is not None and value >= limit
        yield tag(
            "td",
            formats.plain(value),
            style=f"background:rgba({colour},{abs(value) * 0.5:.2f})",
            class_="p-framed" if framed else None,
        )


def tail_card(exposure: Exposure, equity_quote: float | None, quote: str) -> Html:
    """Return what the account may lose within a day."""
    if exposure.days < FEWEST_DAYS:
        words = f"{exposure.days} days of candles are shared; a tail takes {FEWEST_DAYS}."
        return card("A bad day", note(words))
    if not exposure.tails:
        return card("A bad day", note("Nothing is held, so a bad day of the market costs nothing."))
    shown = []
    for tail in exposure.tails:
        manner = _NAMES.get(tail.method.value, tail.method.value)
        for name, frac in (("VaR", tail.var_frac), ("CVaR", tail.cvar_frac)):
            whole = None if equity_quote is None else frac * equity_quote
            shown.append(
                tile(f"{name} 95%, {manner}", formats.percent(frac), formats.money(whole, quote))
            )
    told = (
        f"By {exposure.days} past days of what is held: one day in twenty costs more than the VaR, "
        "and then the CVaR on average. Stops are not counted."
    )
    return card("A bad day", tiles(*shown), note(told), aside="of equity, next 24 h")
