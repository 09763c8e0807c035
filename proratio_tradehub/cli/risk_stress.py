"""`proratio risk stress`: crashes that happened, shocks that did not, each under the limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from proratio_tradehub.cli.session import open_session, print_json, stage_progress
from proratio_tradehub.cli.signal_options import AsJson, CandleLength, Exchange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from proratio_core.values import Pair
    from proratio_tradehub.cli.session import Session
    from proratio_tradehub.stress import Trial

__all__ = ["stress"]


def stress(
    *,
    crash: Annotated[
        list[str] | None, typer.Option(help="Only these crashes, e.g. 2020-03; 'none' for none.")
    ] = None,
    shock: Annotated[
        list[str] | None, typer.Option(help="Only these simulated shocks; 'none' for none.")
    ] = None,
    profile: Annotated[
        list[str] | None, typer.Option(help="Risk profiles. Default: every spot one there is.")
    ] = None,
    pairs: Annotated[
        list[str] | None, typer.Option(help="Pairs. Default: all with candles of that time.")
    ] = None,
    timeframe: CandleLength = "1h",
    exchange: Exchange = "binance",
    seed: Annotated[int, typer.Option(min=0, help="Of the simulated market.")] = 1,
    json: AsJson = False,
) -> None:
    """Replay crashes with a probe that always wants in; show the loss planned and the loss made.

    Real candles of each crash have to be stored; the shocks happen to a SIMULATED market that is
    thrown away afterwards. A price gap can pass a stop: that is the overshoot.

    Example: [bold]proratio risk stress --crash 2022-11 --profile proratio[/]
    """
    from proratio_tradehub.cli.signal_options import pairs_named
    from proratio_tradehub.cli.stress_view import print_trials, trials_document

    crashes, shocks = _chosen(crash, _crash_names()), _chosen(shock, _shock_names())
    with open_session() as session, stage_progress() as progress:
        profiles = profile or _spot_profiles(session)
        rows = list(
            _crashes(
                session,
                crashes,
                profiles,
                skip_missing=crash is None,
                pairs=pairs_named(pairs or ()),
                timeframe=timeframe,
                exchange=exchange,
                progress=progress,
            )
        )
        rows += _shocks(session, shocks, profiles, seed=seed, progress=progress)
    document = trials_document(rows)
    if json:
        print_json(document)
    else:
        print_trials(session.console, document)


def _crashes(
    session: Session,
    names: Sequence[str],
    profiles: Sequence[str],
    *,
    skip_missing: bool,
    pairs: Sequence[Pair],
    timeframe: str,
    exchange: str,
    progress: Callable[[str, float], None],
) -> Iterator[Trial]:
    from proratio_core.errors import DataError
    from proratio_core.values import Timeframe
    from proratio_tradehub.backtesting import Backtester
    from proratio_tradehub.stress import covered_pairs, find_crash, probe_request, trials

    length = Timeframe.parse(timeframe)
    with Backtester(session.settings, session.database, clock=session.clock) as backtester:
        for number, name in enumerate(names):
            progress("Crashes", number / len(names))
            crash = find_crash(name)
            try:
                covered = covered_pairs(
                    session.database, exchange, length, crash.timerange, wanted=pairs
                )
            except DataError as error:
                if not skip_missing:
                    raise
                typer.echo(f"{name} is left out: {error}", err=True)
                continue
            request = probe_request(exchange, covered, length, crash.timerange)
            yield from trials(
                backtester,
                session.database,
                request,
                name=crash.name,
                about=crash.about,
                profiles=profiles,
            )
        progress("Crashes", 1.0)


def _shocks(
    session: Session,
    names: Sequence[str],
    profiles: Sequence[str],
    *,
    seed: int,
    progress: Callable[[str, float], None],
) -> list[Trial]:
    from proratio_core.candles import CandleStore
    from proratio_core.values import SIMULATED, Timeframe
    from proratio_tradehub.backtesting import Backtester
    from proratio_tradehub.isolation import isolated
    from proratio_tradehub.stress import (
        SHOCKED_PAIRS,
        SHOCKS,
        probe_request,
        store_shocked,
        trials,
    )

    if not names:
        return []
    rows: list[Trial] = []
    with (
        isolated(session.settings) as (settings, database),
        Backtester(settings, database, clock=session.clock) as backtester,
    ):
        for number, shock in enumerate(SHOCKS):
            progress("Simulated shocks", number / len(SHOCKS))
            if shock.name in names:
                span = store_shocked(CandleStore(database), shock, seed=seed)
                request = probe_request(SIMULATED, SHOCKED_PAIRS, Timeframe.H1, span)
                rows += trials(
                    backtester,
                    database,
                    request,
                    name=shock.name,
                    about=shock.about,
                    profiles=profiles,
                )
        progress("Simulated shocks", 1.0)
    return rows


def _chosen(asked: Sequence[str] | None, known: Sequence[str]) -> list[str]:
    """Return the names to run, in their own order.

    Raises
    ------
    DataError
        One is unknown.
    """
    from proratio_core.errors import DataError

    if not asked:
        return list(known)
    unknown = [name for name in asked if name not in {*known, "none"}]
    if unknown:
        raise DataError(f"{', '.join(unknown)} is unknown; there are {', '.join(known)}, or none")
    return [name for name in known if name in asked]


def _crash_names() -> list[str]:
    from proratio_tradehub.stress import CRASHES

    return [crash.name for crash in CRASHES]


def _shock_names() -> list[str]:
    from proratio_tradehub.stress import SHOCKS

    return [shock.name for shock in SHOCKS]


def _spot_profiles(session: Session) -> list[str]:
    from proratio_tradehub.risk import load_risk_profile, risk_profile_names

    folder = session.settings.user_data / "risk"
    names = risk_profile_names(folder)
    return [name for name in names if "spot" in load_risk_profile(name, folder).markets]
