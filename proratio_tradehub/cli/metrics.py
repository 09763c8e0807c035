"""`proratio metrics`: what Prometheus scrapes, where no other process tells it."""

from __future__ import annotations

import signal
import threading
from contextlib import closing
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="Metrics for Prometheus.\n\n"
    "Bots, `data stream`, `signals serve` and `alerts watch` serve their own once "
    "PRORATIO_METRICS_PORT is set; see docs/metrics.md.",
)


@app.command("list")
def list_() -> None:
    """List every metric: its name, kind, labels, who tells it, and what it means.

    Example: [bold]proratio metrics list[/]
    """
    from rich.console import Console

    from proratio_tradehub.metrics import CATALOGUE

    console = Console(highlight=False, markup=False)
    for one in CATALOGUE.values():
        labels = f"{{{', '.join(one.labels)}}}" if one.labels else ""
        told_by = "every process" if len(one.roles) > 2 else ", ".join(one.roles)
        line = f"{one.name}{labels}  {one.kind}, {told_by}: {one.meaning}"
        console.print(line, soft_wrap=True)


@app.command()
def serve(
    *,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65_000, help="Default: four above PRORATIO_METRICS_PORT."),
    ] = None,
) -> None:
    """Serve what no other process tells: database, disk, trades, halts, backups; Ctrl-C stops it.

    It only reads. PostgreSQL may be away; that is a metric too.

    Example: [bold]proratio metrics serve --port 9105[/]
    """
    from rich.console import Console

    from proratio_core.errors import ConfigurationError
    from proratio_core.logs import configure_logs
    from proratio_core.settings import load_settings
    from proratio_tradehub.metrics import Role, metrics_served
    from proratio_tradehub.metrics.installation import InstallationDatabase, installation_sources

    settings = load_settings()
    configure_logs(settings)
    if port is not None:
        base = max(port - Role.INSTALLATION.offset, 0) if port else 0
        settings = settings.model_copy(update={"metrics_port": base})
    if settings.metrics_port is None:
        raise ConfigurationError("give --port, or set PRORATIO_METRICS_PORT: docs/metrics.md")
    stop = _stopped_by_signals()
    with (
        closing(InstallationDatabase(settings)) as database,
        metrics_served(
            settings, Role.INSTALLATION, installation_sources(settings, database)
        ) as endpoint,
    ):
        if endpoint is not None and endpoint.wait_until_bound(5.0):
            where = f"http://{settings.metrics_host}:{endpoint.port}/metrics"
            Console(highlight=False).print(f"serving {where}; Ctrl-C stops it", soft_wrap=True)
        stop.wait()


def _stopped_by_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop
