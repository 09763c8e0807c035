"""`proratio alerts`: who is told what, whether it gets through, and the process that tells."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from proratio_core.settings import Settings
    from proratio_tradehub.alerts import Channel
    from proratio_tradehub.alerts.trial import Delivery
    from proratio_tradehub.alerts.watch import AlertWatch

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="Messages to a person: Telegram at once, e-mail for the day and the week, Apprise.\n\n"
    "They are only ever sent; Freqtrade's own Telegram bot keeps the commands. Set up with "
    "PRORATIO_TELEGRAM_*, PRORATIO_SMTP_* and PRORATIO_APPRISE_URLS (.env.example explains each).",
)


@app.command()
def show() -> None:
    """Print one message of each kind as it reads, without sending anything.

    Example: [bold]proratio alerts show[/]
    """
    from datetime import UTC, datetime

    from rich.console import Console

    from proratio_tradehub.alerts import message_of
    from proratio_tradehub.alerts.samples import samples

    console = Console(highlight=False, markup=False, emoji=False)
    for number, news in enumerate(samples(datetime(2024, 3, 1, 12, 0, 5, tzinfo=UTC))):
        message = message_of(news)
        if number:
            console.print()
        if message.picture_png is not None:
            console.print("(below a picture)")
        console.print(message.text, soft_wrap=True)


@app.command()
def test() -> None:
    """Send one message of each kind to what is set up; say what arrived and what was refused.

    They are marked SIMULATED. Exits with 0 when everything arrived, with 2 when a person has to
    change something, with 4 when it may pass by itself.

    Example: [bold]proratio alerts test[/]
    """
    from rich.console import Console

    from proratio_core.clock import SystemClock
    from proratio_tradehub.alerts.samples import samples
    from proratio_tradehub.alerts.trial import try_out

    clock, console = SystemClock(), Console(highlight=False)
    failed = []
    for channel in _channels(_settings()):
        try:
            for delivery in try_out(channel, samples(clock.now()), clock=clock):
                _print_delivery(console, delivery)
                failed += [delivery.failure] if delivery.failure is not None else []
        finally:
            channel.close()
    if failed:
        raise typer.Exit(min(error.exit_code for error in failed))


@app.command()
def watch(
    *,
    once: Annotated[bool, typer.Option("--once", help="Tell what there is, then end.")] = False,
    interval: Annotated[
        float, typer.Option(min=0.5, help="Seconds between two looks at what is stored.")
    ] = 5.0,
) -> None:
    """Tell what bots and services store: trades, halts, the day and the week; Ctrl-C stops it.

    Nothing is told twice but what may not have arrived. Halts, entries, exits and a bot that is
    silent are told at once; votes, refusals and incidents summed up, at most once in a quarter of
    an hour; the day and the week when they are over. One process an installation.

    Example: [bold]proratio alerts watch[/]
    """
    import fasteners
    from rich.console import Console

    from proratio_core.errors import ConfigurationError
    from proratio_tradehub.alerts.following import follow_all, follow_once
    from proratio_tradehub.metrics import Role, metrics_served
    from proratio_tradehub.metrics.sending import sent_samples

    settings = _settings()
    channels = _channels(settings)
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    lock = fasteners.InterProcessLock(settings.state_dir / "alerts.lock")
    if not lock.acquire(blocking=False):
        raise ConfigurationError("another `proratio alerts watch` tells this installation's news")
    console = Console(highlight=False)
    watches = [_watch(settings, channel) for channel in channels]
    try:
        if once:
            for watching in watches:
                follow_once(watching, settings)
        else:
            names = ", ".join(channel.name for channel in channels)
            console.print(f"telling {names}; Ctrl-C stops it")
            sources = {"alerts": lambda: sent_samples(watches)}
            with metrics_served(settings, Role.ALERTS, sources):
                follow_all(watches, settings, stop=_stopped_by_signals(), interval_s=interval)
        console.print(f"messages sent: {sum(watching.sent for watching in watches)}")
    finally:
        for channel in channels:
            channel.close()
        lock.release()


def _watch(settings: Settings, channel: Channel) -> AlertWatch:
    from functools import partial

    from proratio_core.clock import SystemClock
    from proratio_signals.profile import load_profile
    from proratio_tradehub.alerts.cursor import CursorFile
    from proratio_tradehub.alerts.watch import AlertWatch
    from proratio_tradehub.desk import read_reports
    from proratio_tradehub.halts import halt_file

    name = "alerts" if channel.name == "Telegram" else f"alerts-{channel.name.lower()}"
    return AlertWatch(
        channel,
        CursorFile(settings.state_dir / f"{name}.json"),
        halt_file=halt_file(settings),
        profile=load_profile(settings.profile, settings.user_data / "profiles"),
        clock=SystemClock(),
        reports=partial(read_reports, settings),
    )


def _settings() -> Settings:
    from proratio_core.logs import configure_logs
    from proratio_core.settings import load_settings

    settings = load_settings()
    configure_logs(settings)
    return settings


def _channels(settings: Settings) -> Sequence[Channel]:
    from proratio_core.errors import ConfigurationError
    from proratio_tradehub.alerts import channels_of

    channels = channels_of(settings)
    if not channels:
        raise ConfigurationError(
            "there is no way to tell anybody; set PRORATIO_TELEGRAM_TOKEN and "
            "PRORATIO_TELEGRAM_CHAT_ID, or PRORATIO_SMTP_HOST, PRORATIO_SMTP_FROM and "
            "PRORATIO_SMTP_TO, or PRORATIO_APPRISE_URLS, then try `proratio alerts test`"
        )
    return channels


def _print_delivery(console: Console, delivery: Delivery) -> None:
    from rich.markup import escape

    failure = delivery.failure
    state = "[green]arrived[/]" if failure is None else "[red]refused[/]"
    console.print(f"{state}  {delivery.channel}  {escape(delivery.subject)}", soft_wrap=True)
    if failure is not None:
        console.print(f"         {escape(str(failure))}", soft_wrap=True)


def _stopped_by_signals() -> threading.Event:
    """Return an event that Ctrl-C or SIGTERM sets; a message under way is finished."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop
