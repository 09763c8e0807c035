"""`proratio signals serve`: the process that answers the questions of trading bots."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Annotated

import typer

from proratio_tradehub.cli.session import open_session
from proratio_tradehub.cli.signals_probe import daily_estimate

if TYPE_CHECKING:
    from proratio_signals.health import Health
    from proratio_signals.profile import Profile
    from proratio_tradehub.cli.session import Session

__all__ = ["health", "serve"]

_ProfileName = Annotated[
    str | None, typer.Option("--profile", help="Whose questions; default: PRORATIO_PROFILE.")
]


def serve(
    *,
    profile: _ProfileName = None,
    concurrency: Annotated[int, typer.Option(min=1, help="Questions under way at once.")] = 8,
    probe: Annotated[
        bool, typer.Option(help="Ask the frozen probes once a day; see `signals probe`.")
    ] = True,
) -> None:
    """Answer the questions trading bots ask as their candles close; Ctrl-C stops it.

    The bot and this process meet in the database and nowhere else. Stopped, it finishes what is
    under way, at most the profile's deadline; a second Ctrl-C gives it back at once. Killed, it
    loses nothing: started again, it answers what is still of use.

    Example: [bold]proratio signals serve --profile consensus[/]
    """
    from proratio_signals.profile import load_profile
    from proratio_tradehub.cli.vote_view import profile_label

    with open_session() as session:
        settings = session.settings
        chosen = load_profile(profile or settings.profile, settings.user_data / "profiles")
        session.console.print(
            f"answering for {profile_label(chosen)}; Ctrl-C stops it", highlight=False
        )
        is_watched = probe and not chosen.is_rules  # rules change with the program alone
        if is_watched:
            usd = daily_estimate(session, chosen).expected_usd
            line = f"frozen probes once a day, about {usd:.2f} USD; --no-probe leaves them out"
            session.console.print(line, highlight=False)
        last = asyncio.run(_serve(session, chosen, concurrency, is_watched=is_watched))
        session.console.print(
            f"stopped: {last.answered} answered, {last.failed} failed", highlight=False
        )


def health(profile: _ProfileName = None) -> None:
    """Exit with 0 when the service for a profile is at work and its voters answer, else with 4.

    Example: [bold]proratio signals health --profile consensus[/]
    """
    from proratio_core.clock import SystemClock
    from proratio_core.errors import TransientError
    from proratio_core.settings import load_settings
    from proratio_signals.health import Condition, health_file

    settings = load_settings()
    name = profile or settings.profile
    report = health_file(settings, name).read()
    if report is None or not report.is_fresh(SystemClock().now()):
        raise TransientError(
            f"no service answers for {name}; start one: proratio signals serve --profile {name}"
        )
    if report.condition is not Condition.READY:
        raise TransientError(str(report))
    typer.echo(str(report))


async def _serve(
    session: Session, profile: Profile, concurrency: int, *, is_watched: bool
) -> Health:
    from rich.console import Console

    from proratio_signals.consult import open_advisor
    from proratio_signals.health import health_file
    from proratio_signals.service import SignalService
    from proratio_tradehub.metrics import Role, metrics_served
    from proratio_tradehub.metrics.votes import VoteCounters, service_sources

    file = health_file(session.settings, profile.name)
    latest: list[Health | None] = [None]
    counters = VoteCounters(profile)
    sources = service_sources(
        session.settings, session.database, profile, lambda: latest[0], clock=session.clock
    )
    stop, hurry = asyncio.Event(), asyncio.Event()
    _on_signals(stop, hurry)
    async with open_advisor(
        session.settings, session.database, profile, clock=session.clock
    ) as advisor:
        with (
            metrics_served(session.settings, Role.SIGNALS, sources, registry=counters.registry),
            Console(stderr=True).status("starting") as line,
        ):

            def report(current: Health) -> None:
                latest[0] = current
                file.write(current)
                line.update(str(current))

            service = SignalService(
                session.database,
                advisor,
                clock=session.clock,
                report=report,
                concurrency=concurrency,
                on_decision=counters.add,
            )
            watching = asyncio.create_task(_watch(session, profile, stop)) if is_watched else None
            try:
                await service.run(stop, hurry)
            finally:
                file.remove()
                if watching is not None:
                    watching.cancel()
                    await asyncio.wait((watching,))
    return service.health


async def _watch(session: Session, profile: Profile, stop: asyncio.Event) -> None:
    from proratio_signals.sentinel import watch

    await watch(session.settings, session.database, profile, clock=session.clock, stop=stop)


def _on_signals(stop: asyncio.Event, hurry: asyncio.Event) -> None:
    """Let the first Ctrl-C or SIGTERM stop the service and the second one hurry it."""
    loop = asyncio.get_running_loop()

    def asked_to_stop() -> None:
        (hurry if stop.is_set() else stop).set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked_to_stop)
