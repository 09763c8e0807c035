"""`proratio dashboard`: the pages one keeps open, and the passwords for them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(
    invoke_without_command=True,
    help="Serve the dashboard: equity, positions, votes, limits and brakes in a browser.",
)


@app.callback()
def dashboard(  # a command's options
    context: typer.Context,
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port to listen on.")] = 8501,
    operator: Annotated[
        bool, typer.Option("--operator", help="Let this machine's users act without a password.")
    ] = False,
    userdir: Annotated[
        Path | None, typer.Option(help="Another user_data than PRORATIO_USER_DATA.")
    ] = None,
    certificate: Annotated[Path | None, typer.Option(help="PEM file, to speak HTTPS.")] = None,
    key: Annotated[Path | None, typer.Option(help="PEM file with the certificate's key.")] = None,
    public_name: Annotated[
        list[str] | None, typer.Option(help="Name browsers know it by, behind a proxy.")
    ] = None,
) -> None:
    """Serve the dashboard until it is interrupted.

    On this machine alone everybody may look; acting takes the operator's password or --operator.
    Any other address takes a password for everything (docs/dashboard.md).

    Example: [bold]proratio dashboard --port 8501[/]
    """
    if context.invoked_subcommand is not None:
        return
    from rich.console import Console

    from proratio_core.clock import SystemClock
    from proratio_core.errors import ConfigurationError
    from proratio_core.logs import configure_logs
    from proratio_core.settings import load_settings, tell_processes
    from proratio_tradehub.dashboard import Listening, serve

    if userdir is not None:
        tell_processes({"PRORATIO_USER_DATA": str(userdir)})
    if (certificate is None) != (key is None):
        raise ConfigurationError("--certificate and --key go together; give both or none")
    settings = load_settings()
    configure_logs(settings)
    names = tuple(public_name or ())
    listening = Listening(host, port, operator, certificate, key, names)
    Console().print(f"Dashboard: {listening.url}", markup=False, highlight=False, soft_wrap=True)
    serve(settings, SystemClock(), listening)


@app.command()
def password(
    role: Annotated[str, typer.Option(help="Who signs in with it: operator or viewer.")] = (
        "operator"
    ),
) -> None:
    """Make the hash of a password, for .env; the password itself is kept nowhere.

    Example: [bold]proratio dashboard password --role viewer[/]
    """
    from proratio_core.errors import ConfigurationError
    from proratio_tradehub.dashboard.access import Role, hash_of

    if role not in tuple(Role):
        raise ConfigurationError(f"--role is {role}; it is operator or viewer")
    chosen = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    typer.echo(f"PRORATIO_DASHBOARD_{role.upper()}_HASH='{hash_of(chosen)}'")
