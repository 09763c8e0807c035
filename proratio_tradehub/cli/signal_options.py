"""What the commands about votes have in common: their options, and what those name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from proratio_core.values import Pair, SeriesKey, Timerange
    from proratio_signals.profile import Profile
    from proratio_tradehub.cli.session import Session

__all__ = [
    "AsJson",
    "CandleLength",
    "DryRun",
    "Exchange",
    "ProfileName",
    "Span",
    "pairs_named",
    "profile_named",
    "series_judged",
    "series_named",
    "span_named",
]

Exchange = Annotated[str, typer.Option(help="Exchange of the candles, or 'simulated'.")]
CandleLength = Annotated[str, typer.Option(help="Length of a candle.")]
ProfileName = Annotated[
    str | None, typer.Option("--profile", help="Who is asked; default: PRORATIO_PROFILE.")
]
DryRun = Annotated[
    bool, typer.Option(help="Ask nothing: say how many questions, tokens and dollars it is.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")]
Span = Annotated[str | None, typer.Option(help="Candles from-to, e.g. 20240101-20250101.")]


def series_named(exchange: str, pair: str, timeframe: str) -> SeriesKey:
    """Return the series that the options name.

    Raises
    ------
    DataError
        One of them is not understood.
    """
    from proratio_core.values import Pair, SeriesKey, Timeframe

    return SeriesKey(exchange, Pair.parse(pair), Timeframe.parse(timeframe))


def pairs_named(texts: Iterable[str]) -> tuple[Pair, ...]:
    """Return the pairs, each once, in the order given.

    Raises
    ------
    DataError
        One of them is not understood.
    """
    from proratio_core.values import Pair

    return tuple(dict.fromkeys(Pair.parse(text) for text in texts))


def span_named(text: str | None) -> Timerange:
    """Return the span that `--timerange` names; without it, all of time.

    Raises
    ------
    DataError
        It is not understood.
    """
    from proratio_core.values import Timerange

    return Timerange() if text is None else Timerange.parse(text)


def profile_named(session: Session, name: str | None) -> Profile:
    """Return the profile called `name`, or the installation's own.

    Raises
    ------
    ConfigurationError
        There is no such profile, or its file is not a valid one.
    """
    from proratio_signals.profile import load_profile

    settings = session.settings
    return load_profile(name or settings.profile, settings.user_data / "profiles")


def series_judged(
    session: Session,
    profile: Profile,
    pairs: Sequence[str] | None,
    *,
    exchange: str,
    timeframe: str,
) -> tuple[SeriesKey, ...]:
    """Return the named series, or all of this exchange and timeframe the panel was asked about."""
    from proratio_core.values import Timeframe
    from proratio_signals.scoring.reading import judged_series

    if pairs:
        return tuple(series_named(exchange, pair, timeframe) for pair in dict.fromkeys(pairs))
    wanted = (exchange, Timeframe.parse(timeframe))
    judged = judged_series(session.database, profile.hash)
    return tuple(key for key in judged if (key.exchange, key.timeframe) == wanted)
